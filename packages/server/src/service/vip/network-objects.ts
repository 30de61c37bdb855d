// Neutron objects that a request names: they must exist and be visible to the caller.
import { LbaasError } from '@f5-lbaas/model';
import { mapLimit } from '@f5-lbaas/platform';

import { refuse } from '../refusals.ts';
import type { Caller, ServiceDeps } from '../service-deps.ts';

/** Look-ups at once, for requests that name many subnets. */
const LOOKUPS_AT_ONCE = 4;

export function isNotFound(error: unknown): boolean {
  return error instanceof LbaasError && error.kind === 'not_found';
}

/** Runs a look-up; an absent object is the caller's mistake (400), not a missing resource of ours. */
export async function mustExist<T>(
  resource: string,
  id: string,
  lookUp: () => Promise<T | undefined>,
): Promise<T> {
  const refusal = (): LbaasError => refuse('ERR_NO_SUCH_NETWORK_OBJECT', { resource, id });
  let found: T | undefined;
  try {
    found = await lookUp();
  } catch (error) {
    if (isNotFound(error)) throw refusal();
    throw error;
  }
  if (found === undefined) throw refusal();
  return found;
}

/** Token for look-ups; undefined = as the service user. */
export function lookUpToken(
  deps: Pick<ServiceDeps, 'settings'>,
  caller: Caller,
): string | undefined {
  return deps.settings.vip.allowInvisibleResourceUsage ? undefined : caller.token;
}

export async function checkSubnets(
  deps: Pick<ServiceDeps, 'neutron' | 'settings'>,
  caller: Caller,
  subnetIds: readonly (string | null | undefined)[],
): Promise<void> {
  const token = lookUpToken(deps, caller);
  const named = subnetIds.filter((id) => id !== null && id !== undefined);
  await mapLimit([...new Set(named)], LOOKUPS_AT_ONCE, async (id) =>
    mustExist('Subnet', id, () => deps.neutron.getSubnet(id, token)),
  );
}
