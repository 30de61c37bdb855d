// The object types of one TMOS version: the base table (16.1) with that version's differences applied.
import { Schema } from '../schema/schema.ts';
import type { TmosVersion } from '../schema/tmos-version.ts';
import type { Json } from '../json.ts';
import type { Field, ObjectType } from '../schema/types.ts';
import { BASE_TYPES } from '../tables/tables.ts';
import { DIFFERENCES, type Difference } from './differences.ts';

function applies({ before, since }: Difference, version: TmosVersion): boolean {
  if (before !== undefined && version.atLeast(before)) return false;
  return since === undefined || version.atLeast(since);
}

function changeType(type: ObjectType, difference: Difference): ObjectType {
  const without = new Set(difference.without ?? []);
  const fields = Object.entries({ ...type.fields, ...difference.fields });
  return {
    ...type,
    fields: Object.fromEntries(fields.filter(([name]) => !without.has(name))),
    subcollections: type.subcollections.filter(({ property }) => property !== difference.inline),
  };
}

/** Families whose objects show every attribute from 12.1 on; before, what is not set is absent. */
const SHOWN_WHOLE = new Set(['profile', 'persistence']);

function isUnset(value: Json | undefined): boolean {
  return value === 'none' || (Array.isArray(value) && value.length === 0);
}

function withoutUnset(type: ObjectType): ObjectType {
  if (!SHOWN_WHOLE.has(type.family)) return type;
  const fields = Object.entries(type.fields).map(([name, field]): [string, Field] => {
    if (!isUnset(field.default)) return [name, field];
    return [name, { ...field, show: (value) => (isUnset(value) ? undefined : value) }];
  });
  return { ...type, fields: Object.fromEntries(fields) };
}

/** Applies to the type itself or to a subcollection of it. */
function change(type: ObjectType, difference: Difference): ObjectType {
  if (type.path === difference.type) return changeType(type, difference);
  if (!difference.type.startsWith(`${type.path}/`)) return type;
  return { ...type, subcollections: type.subcollections.map((sub) => change(sub, difference)) };
}

export function buildSchema(version: TmosVersion): Schema {
  let types = [...BASE_TYPES];
  for (const difference of DIFFERENCES) {
    if (!applies(difference, version)) continue;
    types =
      difference.absent === true
        ? types.filter(({ path }) => path !== difference.type)
        : types.map((type) => change(type, difference));
  }
  if (!version.atLeast('12.1')) types = types.map(withoutUnset);
  return new Schema(types);
}
