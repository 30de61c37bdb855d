// Names of the network objects on a device and of the Neutron ports behind them. They are those of F5's agent, so
// that a device configured by it is adopted as it is.
// @see f5-openstack-agent lbaasv2/drivers/bigip/{network_service,l2_service,selfips,snats}.py
import { nameOf, type ObjectRef, type ObjectTypeName } from '../object-types/device-object.ts';

export const COMMON = 'Common';

export function vlanName(tag: number): string {
  return `vlan-${tag}`;
}

/** Untagged: one network per interface. */
export function flatName(interfaceName: string): string {
  return `flat-${interfaceName.replaceAll('.', '-')}`;
}

export function tunnelName(type: string, key: number): string {
  return `tunnel-${type}-${key}`;
}

/** The tenant's first route domain is called like its partition. */
export function routeDomainName(partition: string): string {
  return partition;
}

export function auxiliaryRouteDomainName(partition: string, id: number): string {
  return `${partition}_aux_${id}`;
}

/** Self IP of one device in a subnet, and its port. */
export function localSelfIpName(deviceName: string, subnetId: string): string {
  return `local-${deviceName}-${subnetId}`;
}

/** Floating self IP, forwarding virtual server and port, when devices are the subnet's gateway. */
export function gatewayName(subnetId: string): string {
  return `gw-${subnetId}`;
}

/** SNAT address and its port. @param trafficGroup bare name */
export function snatName(trafficGroup: string, subnetId: string, index: number): string {
  return `snat-${trafficGroup}-${subnetId}_${index}`;
}

/** Subnet that a self IP's or SNAT address's name tells of. */
export function subnetOfName(name: string, deviceName: string): string | undefined {
  const local = `local-${deviceName}-`;
  if (name.startsWith(local)) return name.slice(local.length);
  if (name.startsWith('gw-')) return name.slice('gw-'.length);
  return /^snat-(?:traffic-group-local-only|traffic-group-\d+)-(.+)_\d+$/.exec(name)?.[1];
}

/** Port that makes an SDN controller bind a segment to the network. */
export function segmentPortName(networkId: string): string {
  return `bigip-opflex-${networkId}`;
}

const LINK = /^(?:vlan-\d+|flat-.+|tunnel-(?:vxlan|gre)-\d+)$/;
const SELF_IP = /^(?:local|gw)-.+$/;
const SNAT = /^snat-.+_\d+$/;
const WILDCARD = /^(?:0\.0\.0\.0|::)(?:%\d+)?$/;
const MAC = /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i;

const PATTERNS: Partial<Record<ObjectTypeName, RegExp>> = {
  vlan: LINK,
  tunnel: LINK,
  fdb: LINK,
  self: SELF_IP,
  'snat-translation': SNAT,
  'forwarding-virtual': /^gw-/,
  'forwarding-address': WILDCARD,
  arp: MAC,
  ndp: MAC,
};

/** The name is one that the agent gives to network objects of this type. */
export function isNetworkName(ref: ObjectRef, partition: string): boolean {
  const name = nameOf(ref.path);
  if (ref.type === 'snatpool') return name === partition;
  if (ref.type === 'route-domain') {
    return name === partition || name.startsWith(`${partition}_aux_`);
  }
  return PATTERNS[ref.type]?.test(name) === true;
}
