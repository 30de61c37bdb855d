// A resource's attributes in the form of Neutron's RESOURCE_ATTRIBUTE_MAP: who may set what, and what it becomes.
import type { Read } from './attribute-types.ts';

export interface Settable<T> {
  readonly settable: true;
  readonly read: Read<T>;
  readonly required: boolean;
  /** May be changed later on. */
  readonly update: boolean;
  /** May be given when the object is created. */
  readonly create: boolean;
  /** Value of a new object when the request does not say. */
  readonly fallback: T;
}
/** Shown, never taken. */
export interface Shown {
  readonly settable: false;
}
export type AttributeMap = Readonly<Record<string, Settable<unknown> | Shown>>;

/** Attributes of a create request, with defaults filled in. */
export type Created<Map> = {
  [K in keyof Map as Map[K] extends Settable<unknown> ? K : never]: Map[K] extends Settable<infer T>
    ? T
    : never;
};
/** Attributes of an update request. */
export type Changed<Map> = Partial<Created<Map>>;

export const CHANGEABLE = { update: true } as const;

export function required<T>(read: Read<T>, { update = false } = {}): Settable<T> {
  // Never read: a create request without the attribute is refused.
  return { settable: true, read, required: true, create: true, update, fallback: undefined as T };
}

export function optional<T>(read: Read<T>, fallback: T, { update = false } = {}): Settable<T> {
  return { settable: true, read, required: false, create: true, update, fallback };
}

/** Without a default: a new object gets it from elsewhere. */
export function unspecified<T>(
  read: Read<T>,
  { update = false, create = true } = {},
): Settable<T | undefined> {
  return { settable: true, read, required: false, create, update, fallback: undefined };
}

export const shown: Shown = { settable: false };
