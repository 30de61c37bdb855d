// The difference between what a partition holds and what it should hold, object by object.
import {
  isSameValue,
  keyOf,
  type DeviceObject,
  type DeviceObjects,
  type ObjectKey,
} from '../object-types/device-object.ts';
import { OBJECT_TYPES } from '../object-types/object-types.ts';
import { referencesOf } from '../object-types/references.ts';

export type Change =
  | { action: 'create'; object: DeviceObject }
  | { action: 'modify'; object: DeviceObject; current: DeviceObject; properties: string[] }
  | { action: 'remove'; object: DeviceObject };

export interface Changes {
  /** Removed to be made anew at once: something immutable differs, or something below is made anew. */
  replaced: DeviceObject[];
  written: Exclude<Change, { action: 'remove' }>[];
  removed: DeviceObject[];
}

/** Names of managed properties that differ. */
function differingProperties(current: DeviceObject, desired: DeviceObject): string[] {
  return Object.keys(desired.properties)
    .filter((name) => !isSameValue(current.properties[name], desired.properties[name]))
    .sort();
}

/** Something that cannot be changed differs. */
export function mustBeReplaced(current: DeviceObject, desired: DeviceObject): boolean {
  const { properties } = OBJECT_TYPES[desired.type];
  return differingProperties(current, desired).some((name) => {
    const immutable = properties[name]?.immutable;
    if (typeof immutable !== 'function') return immutable === true;
    return immutable(current.properties[name] ?? null, desired.properties[name] ?? null);
  });
}

/** Adds everything that refers to a replaced object, directly or not. */
function withReferrers(current: DeviceObjects, seeds: ReadonlySet<ObjectKey>): Set<ObjectKey> {
  const found = new Set(seeds);
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const [key, object] of current) {
      if (referencesOf(object).some((reference) => found.has(reference))) found.add(key);
    }
  }
  return found;
}

export function changesBetween(current: DeviceObjects, desired: DeviceObjects): Changes {
  const seeds = [...desired]
    .filter(([key, object]) => {
      const present = current.get(key);
      return present !== undefined && mustBeReplaced(present, object);
    })
    .map(([key]) => key);
  const replaced = seeds.length === 0 ? new Set<string>() : withReferrers(current, new Set(seeds));
  const written = [...desired.values()].flatMap((object): Changes['written'] => {
    const present = current.get(keyOf(object));
    if (present === undefined || replaced.has(keyOf(object))) return [{ action: 'create', object }];
    const properties = differingProperties(present, object);
    return properties.length === 0
      ? []
      : [{ action: 'modify', object, current: present, properties }];
  });
  const present = [...current.values()];
  return {
    replaced: present.filter((object) => replaced.has(keyOf(object)) && desired.has(keyOf(object))),
    written,
    removed: present.filter((object) => !desired.has(keyOf(object))),
  };
}
