// Readers for outside data: request bodies and stored records. Each names the field that is wrong.
import { ApiFault } from './api-fault.ts';

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(field: string, expected: string): ApiFault {
  return new ApiFault(400, `Invalid input for ${field}: expected ${expected}.`);
}

/** @throws ApiFault 400 when `value` is no JSON object */
export function objectOf(value: unknown, field: string): JsonObject {
  if (!isObject(value)) throw wrong(field, 'an object');
  return value;
}

/** @throws ApiFault 400 when absent or no string */
export function stringOf(value: unknown, field: string): string {
  if (typeof value !== 'string') throw wrong(field, 'a string');
  return value;
}

/** Undefined when absent. @throws ApiFault 400 when present and no string */
export function optionalString(source: JsonObject, field: string): string | undefined {
  const value = source[field];
  return value === undefined || value === null ? undefined : stringOf(value, field);
}

/** Accepts the spellings that Neutron accepts: true, 'true', 'True', 1, '1' and their opposites. */
export function booleanOf(value: unknown, field: string): boolean {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string') {
    if (/^(true|1)$/i.test(text)) return true;
    if (/^(false|0)$/i.test(text)) return false;
  }
  throw wrong(field, 'a boolean');
}

/** @throws ApiFault 400 when no array */
export function arrayOf(value: unknown, field: string): unknown[] {
  if (!Array.isArray(value)) throw wrong(field, 'a list');
  return value;
}
