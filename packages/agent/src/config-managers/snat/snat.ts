// Subnet -> SNAT addresses, and the tenant's SNAT pool of all of them.
import type { PlacedSubnet } from '../../compile/service-networks.ts';
import type { DeviceObject } from '../../object-types/device-object.ts';
import { addressIn } from '../../object-types/networks.ts';

export function compileSnatTranslations(
  { network, snat }: PlacedSubnet,
  trafficGroup: string,
): DeviceObject[] {
  return snat.map(({ path, address }) => ({
    type: 'snat-translation',
    path,
    properties: { address: addressIn(address, network.routeDomain?.id ?? 0), trafficGroup },
  }));
}

/** Nothing without addresses: the device takes no empty pool. @param partition the tenant's */
export function compileSnatPool(
  partition: string,
  subnets: readonly PlacedSubnet[],
): DeviceObject[] {
  const members = subnets.flatMap(({ snat }) => snat.map(({ path }) => path)).sort();
  if (members.length === 0) return [];
  return [{ type: 'snatpool', path: `/${partition}/${partition}`, properties: { members } }];
}
