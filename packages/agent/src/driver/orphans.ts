// Objects under our names that no service explains.
import { ownerOfName } from '../adapters/names.ts';
import type { Claims, CompiledService } from '../compile/compiled-service.ts';
import {
  keyOf,
  type DeviceObjects,
  type ObjectKey,
  type Owner,
} from '../object-types/device-object.ts';
import { livesByUse } from '../object-types/object-types.ts';
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

/** A service that consists of nothing and claims the orphans: applying it removes them. */
export function removalOf(
  partition: string,
  prefix: string,
  objects: DeviceObjects,
  orphans: readonly Orphan[],
): CompiledService {
  const ids = new Set(orphans.map(({ kind, id }) => `${kind}/${id}`));
  const claims = [...objects.values()].flatMap((object): [ObjectKey, Owner[]][] => {
    const owner = ownerOfName(prefix, object);
    return owner !== undefined && ids.has(`${owner.kind}/${owner.id}`)
      ? [[keyOf(object), [owner]]]
      : [];
  });
  return { partition, objects: [], claims: new Map(claims), problems: [] };
}
