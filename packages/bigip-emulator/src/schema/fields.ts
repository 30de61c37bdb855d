// Builders of scalar fields: the vocabulary of types that the tables are written in.
import { mcpError, validationError, type DeviceError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { Field } from './types.ts';

type Options = Partial<Field>;

/** Longest attribute that mcpd stores (iControl REST 4.3). */
const STRING_SIZE_MAX = 65_520;

export function invalidValue(property: string, value: Json): DeviceError {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return validationError(`invalid property value "${property}":"${text}"`);
}

function tooLong(property: string, size: number): DeviceError {
  return mcpError(
    '01070712:3',
    `Max string size exceeded during update of attribute:${property} type:string ` +
      `max:${STRING_SIZE_MAX} received:${size}`,
  );
}

/** Text of a string or number; refuses everything else. */
export function textOf(property: string, value: Json): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') throw invalidValue(property, value);
  if (value.length > STRING_SIZE_MAX) throw tooLong(property, value.length);
  return value;
}

function isClear(value: Json): boolean {
  return value === '' || value === 'none';
}

/** Free text; `""` and `none` clear it. */
export function text(options: Options = {}): Field {
  return {
    parse: (input, { property }) => {
      const value = textOf(property, input);
      return isClear(value) ? undefined : value;
    },
    ...options,
  };
}

/** Free text that is kept as it is, empty or `none` included. */
export function verbatim(options: Options = {}): Field {
  return { parse: (input, { property }) => textOf(property, input), ...options };
}

/** JSON number; also accepts it as text, and service-like words through `words`. */
export function integer(min: number, max: number, options: Options = {}): Field {
  return {
    parse: (input, { property }) => {
      const value = typeof input === 'string' && /^-?\d+$/.test(input) ? Number(input) : input;
      if (typeof value !== 'number' || !Number.isInteger(value))
        throw invalidValue(property, input);
      if (value < min || value > max) {
        throw validationError(
          `${property}: value ${value} is out of range, must be between ${min} and ${max}`,
        );
      }
      return value;
    },
    ...options,
  };
}

/** Number that the device keeps as text, `"300"`, with words such as `indefinite` (iControl REST 2.3). */
export function numericText(words: readonly string[] = [], options: Options = {}): Field {
  return {
    parse: (input, { property }) => {
      const value = textOf(property, input);
      if (!/^\d+$/.test(value) && !words.includes(value)) throw invalidValue(property, input);
      return value;
    },
    ...options,
  };
}

/** One of a closed set. */
export function choice(values: readonly string[], options: Options = {}): Field {
  return {
    parse: (input, { property }) => {
      const value = typeof input === 'boolean' ? String(input) : textOf(property, input);
      if (values.includes(value)) return value;
      if (isClear(value) && options.default === undefined) return undefined;
      throw validationError(
        `invalid property value "${property}":"${value}", expected one of the following: ` +
          values.join(', '),
      );
    },
    ...options,
  };
}

export function enabledDisabled(initial?: 'enabled' | 'disabled', options: Options = {}): Field {
  const values = ['enabled', 'disabled'];
  return choice(values, initial === undefined ? options : { default: initial, ...options });
}

export function yesNo(initial: 'yes' | 'no', options: Options = {}): Field {
  return choice(['yes', 'no'], { default: initial, ...options });
}

export function trueFalse(initial: 'true' | 'false', options: Options = {}): Field {
  return choice(['true', 'false'], { default: initial, ...options });
}

/** JSON boolean that is shown only when true, outside flag groups. */
export function flag(options: Options = {}): Field {
  return {
    shape: 'flag',
    parse: (input, { property }) => {
      if (input === 'true' || input === true) return true;
      if (input === 'false' || input === false) return undefined;
      throw invalidValue(property, input);
    },
    ...options,
  };
}

/** List of texts; `none` and `[]` clear it, one text is a list of one. */
export function textList(options: Options = {}): Field {
  return {
    shape: 'list',
    parse: (input, { property }) => {
      const items = Array.isArray(input) ? input : isClear(input) ? [] : [input];
      if (items.length === 0) return undefined;
      return items.map((item) => textOf(property, item));
    },
    ...options,
  };
}

/** Shown with a fixed value; ignored when sent. */
export function constant(value: Json): Field {
  return { parse: () => undefined, default: value, access: 'read-only' };
}

/** Computed on every read; ignored when sent. */
export function computed(read: NonNullable<Field['read']>): Field {
  return { parse: () => undefined, access: 'read-only', read };
}

/** Set by rules only; ignored when sent. */
export function internal(options: Options = {}): Field {
  return { parse: (input) => input, access: 'read-only', ...options };
}
