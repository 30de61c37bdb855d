// What config sync leaves to each device of a group, so that it has to be written on every one of them.
// @see F5 K13946: VLANs, non-floating self IPs, route domains, static ARP entries; tunnels while `iptunnel.configsync`
//   is off, which the agent sees to
import { nameOf, type DeviceObject, type ObjectTypeName } from '../object-types/device-object.ts';

const LOCAL_TYPES: readonly ObjectTypeName[] = ['vlan', 'tunnel', 'fdb', 'route-domain', 'arp'];

/** A self IP that belongs to one device, by its name. */
export function isLocalSelfIp({ type, path }: DeviceObject): boolean {
  return type === 'self' && nameOf(path).startsWith('local-');
}

export function mayBeLocal(type: ObjectTypeName): boolean {
  return type === 'self' || LOCAL_TYPES.includes(type);
}

export function isDeviceLocal(object: DeviceObject): boolean {
  return LOCAL_TYPES.includes(object.type) || isLocalSelfIp(object);
}
