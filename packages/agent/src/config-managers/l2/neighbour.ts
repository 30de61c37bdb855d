// Port in a tunnelled network -> static neighbour entry, so that the device need not ask through the tunnel.
// DIFFERS: F5's agent makes ARP entries of IPv6 addresses, too; the device has NDP entries for those.
import type { DeviceObject } from '../../object-types/device-object.ts';
import { addressIn } from '../../object-types/networks.ts';

/** One per MAC address and family. */
export function compileNeighbour(
  partition: string,
  { mac, address }: { mac: string; address: string },
  routeDomain: number,
): DeviceObject {
  return {
    type: address.includes(':') ? 'ndp' : 'arp',
    path: `/${partition}/${mac}`,
    properties: { ipAddress: addressIn(address, routeDomain), macAddress: mac },
  };
}
