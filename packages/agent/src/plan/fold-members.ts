// Pool members are objects of their own, but cost least when written with their pool: in the POST of a new pool,
// in the PATCH of a pool that changes anyway, in one PATCH for several members. One member alone is one call.
import {
  keyOf,
  type DeviceObject,
  type DeviceObjects,
  type Fields,
  type ObjectKey,
} from '../object-types/device-object.ts';
import type { Changes } from './changes.ts';
import { inlineBody } from './payload.ts';

export interface FoldedMembers {
  /** `members` to send, by key of the pool. */
  lists: ReadonlyMap<ObjectKey, readonly Fields[]>;
  /** Members whose own steps are gone, by key of the pool. */
  folded: ReadonlyMap<ObjectKey, readonly DeviceObject[]>;
  /** Members that need no step: written with, or removed with, their pool. */
  covered: ReadonlySet<ObjectKey>;
}

const isMember = (object: DeviceObject): boolean => object.type === 'pool-member';
const poolKey = (member: DeviceObject): ObjectKey =>
  keyOf({ type: 'pool', path: member.parent ?? '' });

/** All member changes, by pool. */
function changedMembers(changes: Changes): Map<ObjectKey, DeviceObject[]> {
  const byPool = new Map<ObjectKey, DeviceObject[]>();
  const all = [
    ...changes.written.map(({ object }) => object),
    ...changes.removed,
    ...changes.replaced.filter((object) => isMember(object)),
  ];
  for (const member of all.filter(isMember)) {
    byPool.set(poolKey(member), [...(byPool.get(poolKey(member)) ?? []), member]);
  }
  return byPool;
}

export function foldMembers(changes: Changes, desired: DeviceObjects): FoldedMembers {
  const poolsWritten = new Set(changes.written.map(({ object }) => keyOf(object)));
  const poolsRemoved = new Set(changes.removed.map(keyOf));
  const lists = new Map<ObjectKey, Fields[]>();
  const folded = new Map<ObjectKey, DeviceObject[]>();
  const covered = new Set<ObjectKey>();
  for (const [pool, members] of changedMembers(changes)) {
    const isAlone = members.length === 1 && !poolsWritten.has(pool) && !poolsRemoved.has(pool);
    if (isAlone) continue;
    members.forEach((member) => covered.add(keyOf(member)));
    if (poolsRemoved.has(pool)) continue;
    folded.set(pool, members);
    lists.set(pool, []);
  }
  const wanted = [...desired.values()].filter((object) => lists.has(poolKey(object)));
  for (const member of wanted.filter(isMember).sort((a, b) => (a.path < b.path ? -1 : 1))) {
    lists.get(poolKey(member))?.push(inlineBody(member));
  }
  return { lists, folded, covered };
}
