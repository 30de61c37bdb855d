// Subnet -> self IPs: each device's own, and the floating one of a gateway.
import { gatewayName } from '../../adapters/network-names.ts';
import type { PlacedSubnet } from '../../compile/service-networks.ts';
import { partitionOf, type DeviceObject } from '../../object-types/device-object.ts';
import { addressIn } from '../../object-types/networks.ts';

const LOCAL_TRAFFIC_GROUP = '/Common/traffic-group-local-only';

export function compileSelfIp({ cidr, network, selfIp }: PlacedSubnet): DeviceObject {
  return {
    type: 'self',
    path: selfIp.path,
    properties: {
      address: addressIn(selfIp.address, network.routeDomain?.id ?? 0, cidr),
      vlan: network.path,
      trafficGroup: LOCAL_TRAFFIC_GROUP,
    },
  };
}

/**
 * The subnet's gateway: a floating self IP, and a virtual server that forwards what comes from the subnet.
 * DIFFERS: F5's agent forwards IPv4 only, and listens in route domain 0 whichever the subnet is in.
 */
export function compileGateway(
  { id, cidr, network, gateway, selfIp }: PlacedSubnet,
  trafficGroup: string | undefined,
): DeviceObject[] {
  if (gateway === undefined) return [];
  const partition = partitionOf(selfIp.path);
  const path = `/${partition}/${gatewayName(id)}`;
  const routeDomain = network.routeDomain?.id ?? 0;
  const isIpv6 = gateway.includes(':');
  const any = addressIn(isIpv6 ? '::' : '0.0.0.0', routeDomain);
  const group = trafficGroup === undefined ? {} : { trafficGroup };
  return [
    {
      type: 'self',
      path,
      properties: { address: addressIn(gateway, routeDomain, cidr), vlan: network.path, ...group },
    },
    {
      type: 'forwarding-address',
      path: `/${partition}/${any}`,
      properties: { address: any, mask: 'any', ...group },
    },
    {
      type: 'forwarding-virtual',
      path,
      properties: {
        destination: `/${partition}/${any}${isIpv6 ? '.' : ':'}0`,
        mask: 'any',
        ipProtocol: 'any',
        ipForward: true,
        vlans: { all: false, vlans: [network.path] },
        sourceAddressTranslation: { type: 'automap' },
      },
    },
  ];
}
