// Reads the properties of a request body by the type's fields: what is set, what is cleared, what is refused.
import { configurationError, unknownProperty, validationError } from '../errors.ts';
import { invalidValue } from '../schema/fields.ts';
import { isJsonObject, jsonEqual, type Json, type JsonObject } from '../json.ts';
import type { Field, FlagGroup, InputContext, ObjectType } from '../schema/types.ts';

/** Members of the envelope and links: sent back by clients, never settable. */
const ENVELOPE = new Set([
  'kind',
  'name',
  'partition',
  'subPath',
  'fullPath',
  'generation',
  'selfLink',
]);

export type WriteMode = 'create' | 'patch' | 'put';

export interface ReadRequest {
  type: ObjectType;
  body: JsonObject;
  mode: WriteMode;
  /** Stored properties before the write. */
  current: Readonly<JsonObject>;
  /** Shown values before the write, for create-only fields sent back unchanged. */
  shown: Readonly<JsonObject>;
  context(property: string): InputContext;
}

export interface ReadResult {
  fields: JsonObject;
  /** Inline subcollections by property. */
  children: Map<string, JsonObject[]>;
  /** At least one settable scalar property was sent. */
  hasSettable: boolean;
}

function childBodies(property: string, input: Json): JsonObject[] {
  if (input === null || input === 'none' || input === '') return [];
  const items = Array.isArray(input) ? input : isJsonObject(input) ? inlineItems(input) : [input];
  return items.map((item) => {
    if (typeof item === 'string') return { name: item };
    if (isJsonObject(item)) return item;
    throw invalidValue(property, item);
  });
}

/** `{"items": […]}` as read back with expandSubcollections, or one object. */
function inlineItems(input: JsonObject): Json[] {
  return Array.isArray(input['items']) ? input['items'] : [input];
}

function isEnvelope(property: string): boolean {
  return ENVELOPE.has(property) || property.endsWith('Reference');
}

function applyFlag(group: FlagGroup, property: string, input: Json, fields: JsonObject): boolean {
  if (input !== true && input !== 'true') {
    if (input !== false && input !== 'false' && input !== null) throw invalidValue(property, input);
    if (group.default === undefined) Reflect.deleteProperty(fields, property);
    return false;
  }
  for (const name of group.names) Reflect.deleteProperty(fields, name);
  fields[property] = true;
  return true;
}

function checkExclusive(group: FlagGroup, body: JsonObject): void {
  if (group.exclusive !== true) return;
  const sent = group.names.filter((name) => body[name] === true || body[name] === 'true');
  if (sent.length > 1) {
    throw validationError(`"${sent[0] ?? ''}" may not be specified with "${sent[1] ?? ''}"`);
  }
}

function isIgnored({ access }: Field, mode: WriteMode): boolean {
  return access === 'read-only' || (access === 'create-ignored' && mode !== 'create');
}

/** A fixed property may be sent back as it is. */
function checkUnchanged(property: string, value: Json | undefined, request: ReadRequest): void {
  const { type, body, current, shown } = request;
  if (jsonEqual(value, current[property] ?? type.fields[property]?.default)) return;
  if (jsonEqual(body[property], shown[property])) return;
  throw configurationError(`The property "${property}" cannot be modified after creation.`);
}

function applyField(
  property: string,
  field: Field,
  request: ReadRequest,
  fields: JsonObject,
): boolean {
  if (isIgnored(field, request.mode)) return false;
  const input = request.body[property] ?? null;
  if (input === null && field.isNullable !== true) throw invalidValue(property, input);
  const value = field.parse(input, request.context(property));
  if (field.access === 'create-only' && request.mode !== 'create') {
    checkUnchanged(property, value, request);
    return false;
  }
  if (value === undefined) Reflect.deleteProperty(fields, property);
  else fields[property] = value;
  return true;
}

/** Properties that a PUT resets because the body leaves them out. */
function startingFields({ type, mode, current, body }: ReadRequest): JsonObject {
  if (mode !== 'put') return { ...current };
  const kept = Object.entries(current).filter(([property]) => {
    const field = type.fields[property];
    const access = field?.access ?? 'read-write';
    const isFixed = field?.required === true || access !== 'read-write';
    return isFixed || (field === undefined && !hasGroupMember(type, property, body));
  });
  return Object.fromEntries(kept);
}

function hasGroupMember(type: ObjectType, property: string, body: JsonObject): boolean {
  const group = type.flags.find(({ names }) => names.includes(property));
  return group?.names.some((name) => body[name] !== undefined) ?? false;
}

/** @throws DeviceError for unknown properties and bad values */
export function readFields(request: ReadRequest): ReadResult {
  const { type, body } = request;
  const fields = startingFields(request);
  const children = new Map<string, JsonObject[]>();
  let hasSettable = false;
  for (const group of type.flags) checkExclusive(group, body);
  for (const [property, input] of Object.entries(body)) {
    const field = Object.hasOwn(type.fields, property) ? type.fields[property] : undefined;
    const group = type.flags.find(({ names }) => names.includes(property));
    const sub = type.subcollections.find((candidate) => candidate.property === property);
    if (field !== undefined)
      hasSettable = applyField(property, field, request, fields) || hasSettable;
    else if (group !== undefined) {
      hasSettable = applyFlag(group, property, input, fields) || hasSettable;
    } else if (sub !== undefined) children.set(property, childBodies(property, input));
    else if (!isEnvelope(property)) throw unknownProperty(property);
  }
  return { fields, children, hasSettable };
}

/** @throws DeviceError naming the first required property that is not set */
export function checkRequired(type: ObjectType, fields: JsonObject): void {
  for (const [property, field] of Object.entries(type.fields)) {
    if (field.required === true && fields[property] === undefined) {
      throw validationError(`"${property}" must be specified`);
    }
  }
}
