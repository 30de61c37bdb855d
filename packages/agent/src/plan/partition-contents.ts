// Everything that a partition holds, with an index of who refers to whom, so that planning a service looks at what
// the service can affect and not at the whole partition.
// Invariants: the index covers exactly the references of the objects held, also those to objects that are elsewhere
// or missing; `idle` are the held objects that live only by use and that nothing refers to any more.
import type { CompiledService } from '../compile/compiled-service.ts';
import {
  keyOf,
  type DeviceObject,
  type DeviceObjects,
  type ObjectKey,
} from '../object-types/device-object.ts';
import { livesByUse, OBJECT_TYPES } from '../object-types/object-types.ts';
import { referencesOf } from '../object-types/references.ts';
import { mustBeReplaced } from './changes.ts';

const NOBODY: ReadonlySet<ObjectKey> = new Set();

/** Counts for nothing: comes and goes with the others. */
function isDependent(object: DeviceObject): boolean {
  return OBJECT_TYPES[object.type].life === 'container' || livesByUse(object);
}

export class PartitionContents {
  readonly #objects = new Map<ObjectKey, DeviceObject>();
  readonly #referrers = new Map<ObjectKey, Set<ObjectKey>>();
  readonly #idle = new Set<ObjectKey>();

  constructor(objects: Iterable<DeviceObject> = []) {
    for (const object of objects) this.#put(object);
  }

  get objects(): DeviceObjects {
    return this.#objects;
  }

  /**
   * The part of the contents that decides what planning this service gives: planning with it, or with everything,
   * comes to the same steps.
   */
  around(compiled: CompiledService): DeviceObjects {
    const targets = new Map(compiled.objects.map((object) => [keyOf(object), object]));
    const found = new Map<ObjectKey, DeviceObject>();
    const include = (keys: Iterable<ObjectKey>): void => {
      for (const key of keys) {
        const object = this.#objects.get(key);
        if (object !== undefined) found.set(key, object);
      }
    };
    include(compiled.claims.keys());
    include(targets.keys());
    for (const [key, { type }] of [...found]) if (type === 'pool') include(this.#membersOf(key));
    include(this.#affectedBy([...found.values()].filter((object) => willMove(object, targets))));
    include(this.#idle);
    // What is in use by something brings in what that uses in turn, and whoever else keeps it alive.
    const keptAlive = new Set<ObjectKey>();
    for (let before = -1; before !== found.size;) {
      before = found.size;
      include(this.#usedBy([...found.values(), ...targets.values()]));
      for (const [key, object] of [...found]) {
        if (!livesByUse(object) || keptAlive.has(key)) continue;
        keptAlive.add(key);
        include(this.#someone(key, found));
      }
    }
    // A partition with anything in it stays.
    include([keyOf({ type: 'folder', path: `/${compiled.partition}` })]);
    include(this.#anotherThan(found));
    return found;
  }

  /** Notes that `before`, a part of the contents, has become `after`. */
  replace(before: DeviceObjects, after: DeviceObjects): void {
    for (const [key, object] of before) if (!after.has(key)) this.#remove(key, object);
    for (const object of after.values()) this.#put(object);
  }

  #put(object: DeviceObject): void {
    const key = keyOf(object);
    const present = this.#objects.get(key);
    if (present === object) return;
    if (present !== undefined) this.#remove(key, present);
    this.#objects.set(key, object);
    for (const reference of referencesOf(object)) {
      const referrers = this.#referrers.get(reference);
      if (referrers === undefined) this.#referrers.set(reference, new Set([key]));
      else referrers.add(key);
      this.#idle.delete(reference);
    }
    this.#noteIdle(key);
  }

  #remove(key: ObjectKey, object: DeviceObject): void {
    this.#objects.delete(key);
    this.#idle.delete(key);
    for (const reference of referencesOf(object)) {
      const referrers = this.#referrers.get(reference);
      referrers?.delete(key);
      if (referrers?.size === 0) this.#referrers.delete(reference);
      this.#noteIdle(reference);
    }
  }

  #noteIdle(key: ObjectKey): void {
    const object = this.#objects.get(key);
    if (object !== undefined && livesByUse(object) && !this.#referrers.has(key)) {
      this.#idle.add(key);
    }
  }

  #referrersOf(key: ObjectKey): ReadonlySet<ObjectKey> {
    return this.#referrers.get(key) ?? NOBODY;
  }

  #membersOf(pool: ObjectKey): ObjectKey[] {
    return [...this.#referrersOf(pool)].filter(
      (key) => this.#objects.get(key)?.type === 'pool-member',
    );
  }

  /** Whatever refers to the objects, directly or not. */
  #affectedBy(objects: readonly DeviceObject[]): Set<ObjectKey> {
    const affected = new Set<ObjectKey>();
    const visit = (key: ObjectKey): void => {
      for (const referrer of this.#referrersOf(key)) {
        if (affected.has(referrer)) continue;
        affected.add(referrer);
        visit(referrer);
      }
    };
    objects.filter((object) => !isDependent(object)).forEach((object) => visit(keyOf(object)));
    return affected;
  }

  /** What lives only by being used by the objects. */
  #usedBy(objects: readonly DeviceObject[]): ObjectKey[] {
    return objects.flatMap(referencesOf).filter((key) => {
      const used = this.#objects.get(key);
      return used !== undefined && livesByUse(used);
    });
  }

  /** One that refers to the object and is not among the found; it keeps the object alive. */
  #someone(key: ObjectKey, found: ReadonlyMap<ObjectKey, DeviceObject>): ObjectKey[] {
    for (const referrer of this.#referrersOf(key)) if (!found.has(referrer)) return [referrer];
    return [];
  }

  /** Any object that is not among the found. */
  #anotherThan(found: ReadonlyMap<ObjectKey, DeviceObject>): ObjectKey[] {
    for (const [key, object] of this.#objects) {
      if (!found.has(key) && !isDependent(object)) return [key];
    }
    return [];
  }
}

/** Leaves, or is made anew: whoever refers to it is affected. */
function willMove(object: DeviceObject, targets: ReadonlyMap<ObjectKey, DeviceObject>): boolean {
  const target = targets.get(keyOf(object));
  return target === undefined || mustBeReplaced(object, target);
}
