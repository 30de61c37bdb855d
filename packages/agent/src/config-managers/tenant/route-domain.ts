// Tenant -> route domain: an address space of its own.
import type { PlacedRouteDomain } from '../../compile/service-networks.ts';
import type { DeviceObject } from '../../object-types/device-object.ts';

/** Not strict: lookups fall through to route domain 0, where operators keep routes for all tenants. */
export function compileRouteDomain(
  { path, id }: PlacedRouteDomain,
  isStrict: boolean,
  links: readonly string[],
): DeviceObject {
  const parent = isStrict ? null : '/Common/0';
  const vlans = [...new Set(links)].sort();
  return { type: 'route-domain', path, properties: { id, strict: isStrict, parent, vlans } };
}
