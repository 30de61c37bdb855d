// How values of attributes are read, and what Neutron's validators and converters say of those they refuse.
// @see neutron-lib `api/validators` and `api/converters.py`
import ipaddr from 'ipaddr.js';

import { pythonList, pythonRepr, pythonStr } from '../../../service/python-text.ts';

/** Refused by a validator: `Invalid input for <attribute>. Reason: <message>.` */
export class InvalidValue extends Error {}
/** Refused by a converter, which does not know the attribute's name. */
export class Inconvertible extends Error {}

/** Answers the value as it is stored. @throws InvalidValue, Inconvertible */
export type Read<T> = (value: unknown) => T;

export const INTEGER_MAX = 2_147_483_647;
const TRUE_WORDS = ['true', '1'];
const FALSE_WORDS = ['false', '0'];
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

const quoted = (value: unknown): string => `'${pythonStr(value)}'`;

function isString(value: unknown): value is string {
  // Databases do not take a null character everywhere, nor half a surrogate pair.
  return typeof value === 'string' && !value.includes('\0') && !/\p{Surrogate}/u.test(value);
}

export function text(lengthMax: number): Read<string> {
  return (value) => {
    if (!isString(value)) throw new InvalidValue(`${quoted(value)} is not a valid string`);
    if (Array.from(value).length > lengthMax) {
      throw new InvalidValue(`'${value}' exceeds maximum length of ${lengthMax}`);
    }
    return value;
  };
}

export function nonBlank(lengthMax: number): Read<string> {
  const read = text(lengthMax);
  return (value) => {
    const given = read(value);
    if (given.trim() === '') throw new InvalidValue(`'${given}' Blank strings are not permitted`);
    return given;
  };
}

export const uuid: Read<string> = (value) => {
  if (typeof value !== 'string' || !UUID.test(value)) {
    throw new InvalidValue(`${quoted(value)} is not a valid UUID`);
  }
  const digits = value.replaceAll('-', '').toLowerCase();
  const parts = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(digits) ?? [];
  return parts.slice(1).join('-');
};

export const ipAddress: Read<string> = (value) => {
  const isAddress =
    typeof value === 'string' &&
    (ipaddr.IPv4.isValidFourPartDecimal(value) ||
      (!value.includes('%') && ipaddr.IPv6.isValid(value)));
  if (!isAddress) throw new InvalidValue(`${quoted(value)} is not a valid IP address`);
  return value;
};

export const boolean: Read<boolean> = (value) => {
  const isScalar = ['boolean', 'number', 'string'].includes(typeof value);
  const word = isScalar ? `${value as boolean | number | string}`.toLowerCase() : undefined;
  if (word !== undefined && TRUE_WORDS.includes(word)) return true;
  if (word !== undefined && FALSE_WORDS.includes(word)) return false;
  throw new Inconvertible(`${quoted(value)} cannot be converted to boolean`);
};

const wholeNumber: Read<number> = (value) => {
  const isText = typeof value === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(value);
  const number = isText ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  throw new Inconvertible(`${quoted(value)} is not an integer`);
};

export function integer(minimum: number, maximum: number): Read<number> {
  return (value) => {
    const number = wholeNumber(value);
    if (number < minimum) {
      throw new InvalidValue(`'${number}' is too small - must be at least '${minimum}'`);
    }
    if (number > maximum) {
      throw new InvalidValue(`'${number}' is too large - must be no larger than '${maximum}'`);
    }
    return number;
  };
}

function inDatabase(number: number): number {
  if (number <= INTEGER_MAX) return number;
  const message = `'${number}' is not a valid value, because it is more than ${INTEGER_MAX}`;
  throw new InvalidValue(message);
}

export const nonNegative: Read<number> = (value) => {
  const number = wholeNumber(value);
  if (number < 0) throw new InvalidValue(`'${number}' should be non-negative`);
  return inDatabase(number);
};

/** -1 = unlimited */
export const connectionLimit: Read<number> = (value) => {
  const number = wholeNumber(value);
  if (number < -1) {
    throw new InvalidValue(`'${number}' is not a valid value, because it cannot be less than -1`);
  }
  return inDatabase(number);
};

export function oneOf<const Values extends readonly string[]>(
  values: Values,
): Read<Values[number]> {
  return (value) => {
    const found = values.find((one) => one === value);
    if (found === undefined) {
      throw new InvalidValue(`${quoted(value)} is not in ${pythonList(values)}`);
    }
    return found;
  };
}

export function matching(pattern: RegExp, lengthMax: number): Read<string> {
  const read = text(lengthMax);
  return (value) => {
    const given = isString(value) ? read(value) : undefined;
    if (given !== undefined && pattern.test(given)) return given;
    throw new InvalidValue(`${quoted(value)} is not a valid input`);
  };
}

export function nullable<T>(read: Read<T>): Read<T | null> {
  return (value) => (value === null ? null : read(value));
}

export function listOf<T>(read: Read<T>): Read<T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new InvalidValue(`'${pythonStr(value)}' is not a list`);
    return value.map(read);
  };
}

export function isDictionary(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const PERSISTENCE_TYPES = ['APP_COOKIE', 'HTTP_COOKIE', 'SOURCE_IP'] as const;

export interface SessionPersistenceInput {
  type: (typeof PERSISTENCE_TYPES)[number];
  cookie_name?: string;
}

/** Null and `{}` both mean none. */
export const sessionPersistence: Read<SessionPersistenceInput | null> = (value) => {
  if (value === null) return null;
  if (!isDictionary(value)) throw new InvalidValue(`${quoted(value)} is not a dictionary`);
  const keys = Object.keys(value);
  if (keys.length === 0) return null;
  if (!keys.includes('type')) {
    const provided = `{${keys.map(pythonRepr).join(', ')}}`;
    throw new InvalidValue(
      "Validation of dictionary's keys failed. " +
        `Expected keys: {'type'} Provided keys: ${provided}`,
    );
  }
  const unknown = keys.filter((key) => key !== 'type' && key !== 'cookie_name');
  if (unknown.length > 0) {
    throw new InvalidValue(`Unexpected keys supplied: ${unknown.join(', ')}`);
  }
  const type = oneOf(PERSISTENCE_TYPES)(value.type);
  const name = value.cookie_name;
  return name === undefined || name === null ? { type } : { type, cookie_name: text(255)(name) };
};
