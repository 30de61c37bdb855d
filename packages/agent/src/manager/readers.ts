// Small checked readers for JSON that comes from the other side; errors name the field.
import { LbaasError } from '@f5-lbaas/model';

/** @param path where the value is, e.g. `listeners[0].protocol_port`, for the error */
export type Reader<T> = (value: unknown, path: string) => T;

/** One reader per field of `T`; only those of optional fields may give `undefined`. */
export type Shape<T> = {
  [K in keyof T]-?: Reader<object extends Pick<T, K> ? T[K] | undefined : T[K]>;
};

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function malformed(path: string, expected: string): LbaasError {
  return new LbaasError(
    'bad_request',
    'ERR_SERVICE_DEFINITION',
    `Service definition: '${path}' is not ${expected}.`,
    { context: { field: path } },
  );
}

export const text: Reader<string> = (value, path) => {
  if (typeof value !== 'string') throw malformed(path, 'a string');
  return value;
};

export const integer: Reader<number> = (value, path) => {
  if (!Number.isInteger(value)) throw malformed(path, 'an integer');
  return Number(value);
};

export const flag: Reader<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw malformed(path, 'true or false');
  return value;
};

export function oneOf<const T extends string>(values: readonly T[]): Reader<T> {
  return (value, path) => {
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) throw malformed(path, `one of ${values.join(', ')}`);
    return found;
  };
}

/** Absent or null reads as null. */
export function nullable<T>(read: Reader<T>): Reader<T | null> {
  return (value, path) => (value === undefined || value === null ? null : read(value, path));
}

/** Absent or null reads as the default; F5's Python driver leaves out what Octavia added. */
export function withDefault<T>(read: Reader<T>, fallback: T): Reader<T> {
  return (value, path) => (value === undefined || value === null ? fallback : read(value, path));
}

/** Absent or null stays absent. */
export function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return (value, path) => (value === undefined || value === null ? undefined : read(value, path));
}

/** Absent or null reads as the empty list. */
export function listOf<T>(read: Reader<T>): Reader<T[]> {
  return (value, path) => {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) throw malformed(path, 'a list');
    return value.map((item, index) => read(item, `${path}[${index}]`));
  };
}

/** Absent or null reads as the empty object. */
export function recordOf<T>(read: Reader<T>): Reader<Record<string, T>> {
  return (value, path) => {
    if (value === undefined || value === null) return {};
    if (!isRecord(value)) throw malformed(path, 'an object');
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, read(item, `${path}.${key}`)]),
    );
  };
}

/** What the guard accepts is handed on whole. @param what for the error, e.g. `a network with an id` */
export function guarded<T>(guard: (value: unknown) => value is T, what: string): Reader<T> {
  return (value, path) => {
    if (!guard(value)) throw malformed(path, what);
    return value;
  };
}

/** An object of that shape; unknown keys are dropped, absent optional ones stay absent. */
export function objectOf<T extends object>(shape: Shape<T>): Reader<T> {
  return (value, path) => {
    if (!isRecord(value)) throw malformed(path, 'an object');
    const result: Partial<T> = {};
    for (const key in shape) {
      const field = shape[key](value[key], path === '' ? key : `${path}.${key}`);
      if (field !== undefined) result[key] = field;
    }
    // Every required key has a reader that either gave a value or threw.
    return result as T;
  };
}
