// Turns an entry of a table into an ObjectType: fills in what most types share.
import { appService } from './app-service.ts';
import type { Field, FlagGroup, ObjectType, Seed, TypeRules, UniqueKey } from './types.ts';
import { text } from './fields.ts';

export interface TypeEntry {
  path: string;
  className: string;
  /** @default 'folder' */
  naming?: ObjectType['naming'];
  family?: string;
  usageName?: string;
  referenceName?: string;
  fields?: Record<string, Field>;
  flags?: FlagGroup[];
  subcollections?: SubcollectionEntry[];
  unique?: UniqueKey[];
  rules?: TypeRules;
  inherits?: string;
  leaf?: string;
  generationIsZero?: boolean;
  refuses?: ObjectType['refuses'];
  seeds?: Seed[];
  syncs?: ObjectType['syncs'];
  attaches?: ObjectType['attaches'];
  attachMissing?: ObjectType['attachMissing'];
  usedError?: ObjectType['usedError'];
  usedCountsCommitted?: boolean;
  ignoresReferrer?: ObjectType['ignoresReferrer'];
  keepsSeeds?: boolean;
  /** `description` is a field of nearly every type. @default true */
  description?: boolean;
}

/** Path is relative to the parent: `members`. */
export type SubcollectionEntry = Omit<TypeEntry, 'syncs'>;

function optional(entry: TypeEntry): Partial<ObjectType> {
  const keys = [
    'usageName',
    'referenceName',
    'inherits',
    'leaf',
    'generationIsZero',
    'attaches',
    'attachMissing',
    'usedError',
    'usedCountsCommitted',
    'ignoresReferrer',
    'keepsSeeds',
  ] as const;
  const present = keys.filter((key) => entry[key] !== undefined);
  return Object.fromEntries(present.map((key) => [key, entry[key]]));
}

function nested(parent: TypeEntry, entry: SubcollectionEntry): ObjectType {
  const property = entry.path;
  const inherited = parent.syncs === undefined ? {} : { syncs: parent.syncs };
  return {
    ...defineType({ ...entry, ...inherited, path: `${parent.path}/${property}` }),
    property,
  };
}

/** Objects in folders may belong to an application service. */
function commonFields({ description, naming = 'folder' }: TypeEntry): Record<string, Field> {
  return {
    ...(description === false ? {} : { description: text() }),
    ...(naming === 'folder' ? { appService: appService() } : {}),
  };
}

export function defineType(entry: TypeEntry): ObjectType {
  return {
    path: entry.path,
    property: '',
    naming: entry.naming ?? 'folder',
    className: entry.className,
    family: entry.family ?? entry.path,
    fields: { ...commonFields(entry), ...entry.fields },
    flags: entry.flags ?? [],
    subcollections: (entry.subcollections ?? []).map((sub) => nested(entry, sub)),
    unique: entry.unique ?? [],
    rules: entry.rules ?? {},
    refuses: entry.refuses ?? [],
    seeds: entry.seeds ?? [],
    syncs: entry.syncs ?? 'folder',
    ...optional(entry),
  };
}
