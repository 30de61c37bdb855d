// Objects under our names that no service explains.
import { ownerOfName } from '../adapters/names.ts';
import type { Claims, CompiledService } from '../compile/compiled-service.ts';
import {
  keyOf,
  type DeviceObject,
  type DeviceObjects,
  type ObjectKey,
  type Owner,
} from '../object-types/device-object.ts';
import { livesByUse } from '../object-types/object-types.ts';
import { referencesOf } from '../object-types/references.ts';
import type { TenantResync } from './agent-driver.ts';

export type Orphan = TenantResync['orphans'][number];

/** Candidates only: whether they may go, the server has to say. */
export function orphansIn(
  host: string,
  prefix: string,
  objects: DeviceObjects,
  claims: Claims,
): Orphan[] {
  return [...objects].flatMap(([key, object]) => {
    // What lives by use is in use, or planning removes it.
    const isExplained = claims.has(key) || livesByUse(object);
    const owner = isExplained ? undefined : ownerOfName(prefix, object);
    return owner === undefined ? [] : [{ ...owner, device: host, fullPath: object.path }];
  });
}

export interface Removal {
  /** A service that consists of nothing and claims the orphans: applying it removes them. */
  compiled: CompiledService;
  /** Full paths of orphans that have to stay. */
  inUse: readonly string[];
}

/** What stays keeps everything that it refers to, and so on: nothing that is no orphan is changed for one. */
function leavingOf(objects: DeviceObjects, isOrphan: (object: DeviceObject) => boolean) {
  const leaving = new Set([...objects.values()].filter(isOrphan).map(keyOf));
  const stays = (object: DeviceObject): boolean =>
    !leaving.has(keyOf(object)) &&
    !(object.parent !== undefined && leaving.has(keyOf({ type: 'pool', path: object.parent })));
  const isUser = (object: DeviceObject): boolean => stays(object) && !livesByUse(object);
  const keep = (): ObjectKey[] =>
    [...objects.values()]
      .filter(isUser)
      .flatMap(referencesOf)
      .filter((key) => leaving.delete(key));
  while (keep().length > 0);
  return leaving;
}

export function removalOf(
  partition: string,
  prefix: string,
  objects: DeviceObjects,
  orphans: readonly Orphan[],
): Removal {
  const ids = new Set(orphans.map(({ kind, id }) => `${kind}/${id}`));
  const isOrphan = (object: DeviceObject): boolean => {
    const owner = ownerOfName(prefix, object);
    return owner !== undefined && ids.has(`${owner.kind}/${owner.id}`);
  };
  const leaving = leavingOf(objects, isOrphan);
  const own = [...objects.values()].filter(isOrphan);
  const claims = own
    .filter((object) => leaving.has(keyOf(object)))
    .flatMap((object): [ObjectKey, Owner[]][] => {
      const owner = ownerOfName(prefix, object);
      return owner === undefined ? [] : [[keyOf(object), [owner]]];
    });
  return {
    compiled: { partition, objects: [], claims: new Map(claims), problems: [] },
    inUse: own.filter((object) => !leaving.has(keyOf(object))).map(({ path }) => path),
  };
}
