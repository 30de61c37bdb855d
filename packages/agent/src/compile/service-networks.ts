// What was allocated for one service on one device: everything about networks that a service definition does not
// say by itself. Plain data; compiling needs nothing else.
import type { TunnelType } from '../config/network-settings.ts';
import type { Fields } from '../object-types/device-object.ts';

export type NetworkKind = 'vlan' | 'flat' | 'existing' | TunnelType;

export interface PlacedNetwork {
  id: string;
  kind: NetworkKind;
  /** VLAN tag or tunnel key; 0 where there is none. */
  segmentationId: number;
  /** Full path of the VLAN or tunnel. */
  path: string;
  routeDomain: PlacedRouteDomain | undefined;
  /** VLANs: where it is plugged in; on a vCMP guest that is an interface of its host. */
  interface?: { name: string; tagged: boolean };
  /** The device is a vCMP guest: its VLANs have no interfaces. */
  isOnGuest: boolean;
  /** Tunnels: the device's end point. */
  localAddress?: string;
  /** Tunnels: MAC address -> end point of the load balancer's and its members' peers. */
  peers: Readonly<Record<string, string>>;
  /** Tunnels: static ARP entries. */
  neighbours: readonly { address: string; mac: string }[];
}

/** Undefined in its place: route domain 0. */
export interface PlacedRouteDomain {
  path: string;
  id: number;
}

export interface PlacedSubnet {
  id: string;
  cidr: string;
  network: PlacedNetwork;
  /** Full path of the device's own self IP, and its bare address. */
  selfIp: { path: string; address: string };
  /** SNAT addresses, the same on all devices. */
  snat: readonly { path: string; address: string }[];
  /** Address at which devices are the subnet's gateway. */
  gateway: string | undefined;
}

export interface ServiceNetworks {
  subnets: readonly PlacedSubnet[];
  /** Route domain number of addresses, 0 where none is known. */
  routeDomainOfVip: number;
  routeDomainOfMember: ReadonlyMap<string, number>;
  isRouteDomainStrict: boolean;
  /** Full path; floating addresses of the tenant. */
  trafficGroup: string | undefined;
  /** Full path; SNAT addresses. */
  snatTrafficGroup: string;
  /** As virtual servers want it. */
  sourceAddressTranslation: Fields;
  /** VLAN that the virtual servers listen on; undefined: on all. */
  vipLink: string | undefined;
}
