// What all profile types share: inheritance, system profiles, `none` for what is not set (iControl REST 6.14).
import { notFound } from '../../errors.ts';
import type { Json, JsonObject } from '../../json.ts';
import { appService } from '../../schema/app-service.ts';
import { defineType } from '../../schema/define-type.ts';
import { enabledDisabled, text, verbatim } from '../../schema/fields.ts';
import { reference } from '../../schema/reference-fields.ts';
import type { Field, ObjectType, TypeRules } from '../../schema/types.ts';

export interface ProfileKind {
  kind: string;
  /** As in `The requested X (…) was not found.` */
  className: string;
  /** System profiles; the first is the parent of new ones. */
  system: readonly (string | { name: string; fields: JsonObject })[];
  fields: Record<string, Field>;
  rules?: TypeRules;
}

/** Names of properties that are on or off, with their defaults. */
export function switches(values: Record<string, 'enabled' | 'disabled'>): Record<string, Field> {
  return Object.fromEntries(
    Object.entries(values).map(([name, initial]) => [name, enabledDisabled(initial)]),
  );
}

/** Values kept as they come; a default of the same JSON type is shown. */
export function values(defaults: Record<string, Json>): Record<string, Field> {
  return Object.fromEntries(
    Object.entries(defaults).map(([name, initial]) => [name, valueField(initial)]),
  );
}

function valueField(initial: Json): Field {
  if (typeof initial !== 'number') {
    if (typeof initial === 'string') return verbatim({ default: initial });
    return { parse: (input) => input, default: initial };
  }
  return {
    default: initial,
    parse: (input) => (typeof input === 'string' && /^\d+$/.test(input) ? Number(input) : input),
  };
}

export function profileType({ kind, className, system, fields, rules }: ProfileKind): ObjectType {
  const names = system.map((entry) => (typeof entry === 'string' ? { name: entry } : entry));
  const base = `/Common/${names[0]?.name ?? kind}`;
  return defineType({
    path: `ltm/profile/${kind}`,
    className,
    referenceName: 'profile',
    family: 'profile',
    keepsSeeds: true,
    inherits: 'defaultsFrom',
    description: false,
    fields: {
      appService: appService({ default: 'none' }),
      ...fields,
      description: text({ default: 'none' }),
      defaultsFrom: reference('profile', {
        default: 'none',
        missing: (path) => notFound(className, path),
      }),
    },
    seeds: names.map((entry, index) =>
      index === 0
        ? entry
        : { ...entry, fields: { defaultsFrom: base, ...('fields' in entry ? entry.fields : {}) } },
    ),
    rules: {
      ...rules,
      prepare: (body, context, keys) => {
        const completed = { defaultsFrom: base, ...body };
        return rules?.prepare?.(completed, context, keys) ?? completed;
      },
    },
  });
}
