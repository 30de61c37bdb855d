// Reads a request body by its schema: converts leniently, refuses in Octavia's words, and answers a value of the
// schema's type. Order: unknown attributes first, then attribute by attribute in declaration order.
import { invariant } from '@f5-lbaas/model';
import {
  IsArray,
  IsBoolean,
  IsEnum,
  IsInteger,
  IsNull,
  IsObject,
  IsRecord,
  IsString,
  IsUnion,
  type Static,
  type TObject,
  type TSchema,
} from 'typebox';
import { Compile } from 'typebox/compile';

import { isTooDeep } from '../../shared/json-depth.ts';
import { pythonRepr, pythonStr } from '../../../service/python-text.ts';
import { ConversionError, toBoolean, toInteger, toNumber } from './convert-scalar.ts';
import { FORMATS } from './formats.ts';
import { badRequest, invalidInput, missingArgument } from './request-error.ts';

/** A body `{"<wrapper>": ...}`; `argument` is what Octavia's sentences call the whole. */
export interface BodySpec<Schema extends TSchema> {
  argument: string;
  wrapper: string;
  schema: Schema;
  accepts: (value: unknown) => value is Static<Schema>;
}

export function bodySpec<Schema extends TSchema>(
  argument: string,
  wrapper: string,
  schema: Schema,
): BodySpec<Schema> {
  const compiled = Compile(schema);
  const accepts = (value: unknown): value is Static<Schema> => compiled.Check(value);
  return { argument, wrapper, schema, accepts };
}

/** @throws LbaasError kind `bad_request` with the sentence for the client */
export function parseBody<Schema extends TSchema>(
  spec: BodySpec<Schema>,
  body: string,
): Static<Schema> {
  if (body.trim() === '') throw missingArgument(spec.argument);
  const root = parseJson(body);
  if (!isPlainObject(root)) throw badRequest('Request is not in valid JSON format');
  let value: unknown;
  try {
    value = convertRoot(spec, root);
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    throw invalidInput(spec.argument, pythonRepr(root), error.message);
  }
  invariant(spec.accepts(value), `Body of ${spec.argument} fits its schema.`);
  return value;
}

function parseJson(body: string): unknown {
  const value = parsed(body);
  if (value === undefined || isTooDeep(value)) {
    throw badRequest('Request is not in valid JSON format');
  }
  return value;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function convertRoot(
  spec: Pick<BodySpec<TSchema>, 'argument' | 'wrapper' | 'schema'>,
  root: Record<string, unknown>,
): unknown {
  checkNames(Object.keys(root), [spec.wrapper], spec.argument);
  const inner = root[spec.wrapper];
  if (inner === undefined || inner === null) throw mandatory(spec.wrapper);
  return convert(spec.schema, inner, {
    attribute: spec.wrapper,
    path: `${spec.argument}.${spec.wrapper}`,
  });
}

interface Place {
  attribute: string;
  /** As in `Unknown attribute for argument <path>: ...`. */
  path: string;
}

function convert(schema: TSchema, value: unknown, place: Place): unknown {
  if (IsUnion(schema)) {
    if (value === null) return null;
    const wanted = schema.anyOf.find((option) => !IsNull(option));
    return wanted === undefined ? null : convert(wanted, value, place);
  }
  if (value === null) throw mandatory(place.attribute);
  if (IsObject(schema)) return convertObject(schema, value, place);
  if (IsArray(schema)) {
    if (!Array.isArray(value)) {
      throw new ConversionError(`Value not a valid list: ${pythonStr(value)}`);
    }
    return value.map((item) => convert(schema.items, item, place));
  }
  if (IsRecord(schema)) return convertRecord(value, place);
  return convertScalar(schema, value, place);
}

function convertScalar(schema: TSchema, value: unknown, place: Place): unknown {
  if (IsBoolean(schema)) return toBoolean(value);
  if (IsInteger(schema)) return inRange(schema, toInteger(value), place);
  if (IsEnum(schema)) return convertEnum(schema.enum, value, place);
  invariant(IsString(schema), `Schema of ${place.path} is of a known type.`);
  return convertText(schema, value, place);
}

function convertObject(schema: TObject, value: unknown, place: Place): Record<string, unknown> {
  if (!isPlainObject(value)) {
    throw new ConversionError(`Value not a valid object: ${pythonStr(value)}`);
  }
  checkNames(Object.keys(value), Object.keys(schema.properties), place.path);
  // Left out of the schema when every attribute is optional.
  const required = (schema as { required?: readonly string[] }).required ?? [];
  const converted: Record<string, unknown> = {};
  for (const [attribute, inner] of Object.entries(schema.properties)) {
    const given = Object.hasOwn(value, attribute) ? value[attribute] : undefined;
    if (given === undefined) {
      if (required.includes(attribute)) throw mandatory(attribute);
      continue;
    }
    converted[attribute] = convert(inner, given, { attribute, path: `${place.path}.${attribute}` });
  }
  return converted;
}

/** Texts by name, e.g. `insert_headers`. */
function convertRecord(value: unknown, place: Place): Record<string, string> {
  if (!isPlainObject(value)) {
    throw new ConversionError(`Value not a valid object: ${pythonStr(value)}`);
  }
  const entries = Object.entries(value).map(([name, item]): [string, string] => {
    checkText(name, place);
    return [name, asText(item, place)];
  });
  return Object.fromEntries(entries);
}

function convertEnum(
  allowed: readonly unknown[],
  value: unknown,
  { attribute }: Place,
): string | number {
  const wanted = typeof allowed[0] === 'number' ? toNumber(value) : value;
  const found = allowed.find((option) => option === wanted);
  if (typeof found === 'string' || typeof found === 'number') return found;
  const options = optionTexts(allowed);
  throw invalidInput(attribute, pythonStr(value), `Value should be one of: ${options.join(', ')}`);
}

/** Numbers among which one has a fraction are floats to Python: `1.0, 1.1`. */
function optionTexts(allowed: readonly unknown[]): string[] {
  const floats = allowed.some((option) => typeof option === 'number' && !Number.isInteger(option));
  return allowed.map((option) =>
    typeof option === 'number' && floats && Number.isInteger(option)
      ? option.toFixed(1)
      : String(option),
  );
}

function inRange(
  range: TSchema & { minimum?: number; maximum?: number },
  value: number,
  { attribute }: Place,
): number {
  const { minimum, maximum } = range;
  if (minimum !== undefined && value < minimum) {
    const why = `Value should be greater or equal to ${minimum}`;
    throw invalidInput(attribute, String(value), why);
  }
  if (maximum !== undefined && value > maximum) {
    throw invalidInput(attribute, String(value), `Value should be lower or equal to ${maximum}`);
  }
  return value;
}

type TextRules = TSchema & {
  format?: string;
  pattern?: string | RegExp;
  minLength?: number;
  maxLength?: number;
};

function convertText(rules: TextRules, value: unknown, place: Place): string {
  const format = rules.format === undefined ? undefined : FORMATS[rules.format];
  if (format !== undefined) {
    const normal = typeof value === 'string' ? format.normalise(value) : undefined;
    if (normal === undefined)
      throw invalidInput(place.attribute, pythonStr(value), format.sentence);
    return normal;
  }
  const text = asText(value, place);
  checkLength(rules, text, place);
  if (rules.pattern !== undefined && !new RegExp(rules.pattern, 'u').test(text)) {
    const why = `Value should match the pattern ${rules.pattern.toString()}`;
    throw invalidInput(place.attribute, text, why);
  }
  return text;
}

function asText(value: unknown, { attribute }: Place): string {
  if (typeof value !== 'string') {
    throw invalidInput(attribute, pythonStr(value), 'Value should be string');
  }
  checkText(value, { attribute, path: attribute });
  return value;
}

/** Databases do not take a null character everywhere, nor half a surrogate pair. */
function checkText(value: string, { attribute }: Place): void {
  if (!value.includes('\0') && !/\p{Surrogate}/u.test(value)) return;
  const why = 'Value should not contain null characters or unpaired surrogates';
  throw invalidInput(attribute, '', why);
}

function checkLength(rules: TextRules, text: string, { attribute }: Place): void {
  const length = Array.from(text).length;
  const { minLength, maxLength } = rules;
  if (minLength !== undefined && length < minLength) {
    const why = `Value should have a minimum character requirement of ${minLength}`;
    throw invalidInput(attribute, text, why);
  }
  if (maxLength !== undefined && length > maxLength) {
    const why = `Value should have a maximum character requirement of ${maxLength}`;
    throw invalidInput(attribute, text, why);
  }
}

function checkNames(given: readonly string[], known: readonly string[], path: string): void {
  const unknown = given.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const plural = unknown.length > 1 ? 's' : '';
  throw badRequest(`Unknown attribute${plural} for argument ${path}: ${unknown.join(', ')}`);
}

function mandatory(attribute: string): Error {
  return invalidInput(attribute, 'None', 'Mandatory field missing.');
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
