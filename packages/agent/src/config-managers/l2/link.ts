// Neutron network -> VLAN or tunnel.
import { COMMON } from '../../adapters/network-names.ts';
import type { PlacedNetwork } from '../../compile/service-networks.ts';
import { partitionOf, type DeviceObject } from '../../object-types/device-object.ts';
import { compileNeighbour } from './neighbour.ts';

/** Profiles that `prepareTunnels` makes on every device. */
const TUNNEL_PROFILES = {
  vxlan: `/${COMMON}/vxlan_ovs`,
  gre: `/${COMMON}/gre_ovs`,
} as const;

/** Nothing for a VLAN that an operator has made. */
export function compileLink(network: PlacedNetwork): DeviceObject[] {
  switch (network.kind) {
    case 'existing':
      return [];
    case 'vlan':
    case 'flat':
      return [vlan(network)];
    default:
      return tunnel(network, TUNNEL_PROFILES[network.kind]);
  }
}

/** The tag of an untagged VLAN is the device's own choice. */
function vlan(network: PlacedNetwork): DeviceObject {
  const { id, kind, path, segmentationId, isOnGuest, interface: port } = network;
  return {
    type: 'vlan',
    path,
    properties: {
      ...(kind === 'vlan' ? { tag: segmentationId } : {}),
      ...(port === undefined || isOnGuest ? {} : { interfaces: [port] }),
      description: id,
    },
  };
}

function tunnel(network: PlacedNetwork, profile: string): DeviceObject[] {
  const { id, path, segmentationId, localAddress = '', peers, neighbours, routeDomain } = network;
  const partition = partitionOf(path);
  return [
    {
      type: 'tunnel',
      path,
      properties: {
        profile,
        key: segmentationId,
        localAddress,
        remoteAddress: 'any',
        description: id,
      },
    },
    { type: 'fdb', path, properties: { records: peers } },
    ...neighbours.map((one) => compileNeighbour(partition, one, routeDomain?.id ?? 0)),
  ];
}
