// What a service's networks need of a vCMP host. Pure.
import type { ServiceNetworks } from '../../compile/service-networks.ts';
import {
  keyOf,
  nameOf,
  partitionOf,
  type DeviceObject,
  type DeviceObjects,
} from '../../object-types/device-object.ts';
import type { GuestVlan } from './guest-vlans.ts';

/** @param current what the guest has of the partition's networks */
export function guestVlansOf(
  { networks, partition }: { networks: ServiceNetworks; partition: string },
  current: DeviceObjects,
): GuestVlan[] {
  const byPath = new Map(networks.subnets.map(({ network }) => [network.path, network]));
  return [...byPath.values()].flatMap(({ id, kind, path, segmentationId, interface: port }) => {
    if (port === undefined || partitionOf(path) !== partition) return [];
    const isThere = current.has(keyOf({ type: 'vlan', path }));
    const tag = kind === 'vlan' ? segmentationId : undefined;
    return [{ path, name: nameOf(path), networkId: id, tag, interface: port, isThere }];
  });
}

/** A VLAN binds to that of the host by its tag, be it untagged on the wire. */
export function withTags(
  wanted: readonly DeviceObject[],
  tags: ReadonlyMap<string, number>,
): DeviceObject[] {
  return wanted.map((object) => {
    const tag = object.type === 'vlan' ? tags.get(object.path) : undefined;
    return tag === undefined ? object : { ...object, properties: { ...object.properties, tag } };
  });
}
