// Orders objects by their references. Same objects in any order give the same result.
import { keyOf, type DeviceObject, type ObjectKey } from '../object-types/device-object.ts';
import { keysOf, referencesOf } from '../object-types/references.ts';

/** Each object after all those among them that it refers to; otherwise by key. */
export function inReferenceOrder<T extends DeviceObject>(objects: readonly T[]): T[] {
  const open = new Map<ObjectKey, T>(objects.map((object) => [keyOf(object), object]));
  const named = new Map(
    objects.flatMap((object) => keysOf(object).map((key) => [key, keyOf(object)] as const)),
  );
  const ordered: T[] = [];
  const visit = (name: ObjectKey): void => {
    const key = named.get(name) ?? name;
    const object = open.get(key);
    if (object === undefined) return;
    open.delete(key);
    referencesOf(object).sort().forEach(visit);
    ordered.push(object);
  };
  [...open.keys()].sort().forEach(visit);
  return ordered;
}
