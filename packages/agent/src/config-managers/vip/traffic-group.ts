// Which traffic group carries a tenant's addresses.
import { md5 } from '../../adapters/md5.ts';

/**
 * Tenants are spread over the traffic groups by a hash of their id, as F5's agent does.
 * @param trafficGroups names without path, sorted
 * @returns full path; undefined when no traffic group is known
 */
export function trafficGroupOf(
  tenantId: string,
  trafficGroups: readonly string[],
): string | undefined {
  if (trafficGroups.length === 0) return undefined;
  const index = BigInt(`0x${md5(tenantId)}`) % BigInt(trafficGroups.length);
  return `/Common/${trafficGroups[Number(index)] ?? ''}`;
}
