// Whom a device reaches through a tunnel: forwarding entries for the load balancer's and its members' peers. Pure.
// @see f5-openstack-agent lbaasv2/drivers/bigip/{l2_service,fdb}.py
import type { NeutronNetwork, ServiceDefinition, ServiceMember } from '@f5-lbaas/model';
import ipaddr from 'ipaddr.js';
import type { TunnelType } from '../config/network-settings.ts';

/** Whom a tunnelled network reaches where, as Neutron tells it. */
export interface ForwardingChange {
  action: 'add' | 'remove';
  networkId: string;
  type: TunnelType;
  /** Segment. */
  key: number;
  peers: readonly { mac: string; address: string; vtep: string }[];
}

/** A device's end of a tunnel. */
export interface TunnelEnd {
  networkId: string;
  type: TunnelType;
  key: number;
  endPoint: string;
}

/** Those who send traffic into tunnels to devices. */
export interface TunnelPeers {
  announce(tunnel: TunnelEnd, signal: AbortSignal): Promise<void>;
  withdraw(tunnel: TunnelEnd, signal: AbortSignal): Promise<void>;
}

type WithVteps = Pick<ServiceMember, 'vxlan_vteps' | 'gre_vteps'>;

function vtepsOf({ vxlan_vteps, gre_vteps }: WithVteps, kind: TunnelType): readonly string[] {
  return (kind === 'vxlan' ? vxlan_vteps : gre_vteps) ?? [];
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0');
}

/**
 * Stands for a peer of which no address in the network is known: `02`, the network's number, the peer's number.
 * DIFFERS: F5's agent writes the first four decimal digits of the segment; those of 10000 and more collide.
 */
function syntheticMac(segmentationId: number, vtep: string): string {
  const bytes = ipaddr.parse(vtep).toByteArray().slice(-3);
  const segment = [(segmentationId >> 8) & 0xff, segmentationId & 0xff];
  return ['02', ...[...segment, ...bytes].map(hex)].join(':');
}

function membersOn(service: ServiceDefinition, network: NeutronNetwork): ServiceMember[] {
  return service.members.filter(
    ({ network_id: id, provisioning_status: status }) =>
      id === network.id && status !== 'PENDING_DELETE' && status !== 'DELETED',
  );
}

/** MAC address -> tunnel end point. @param own the device's end point, which is no peer */
export function peersOf(
  service: ServiceDefinition,
  network: NeutronNetwork,
  kind: TunnelType,
  own: string | undefined,
): Record<string, string> {
  const segment = network['provider:segmentation_id'] ?? 0;
  const { loadbalancer } = service;
  const isVip = loadbalancer.network_id === network.id;
  const general = (isVip ? vtepsOf(loadbalancer, kind) : [])
    .filter((vtep) => ipaddr.isValid(vtep))
    .map((vtep): [string, string] => [syntheticMac(segment, vtep), vtep]);
  const members = membersOn(service, network).flatMap((member): [string, string][] => {
    const mac = member.port?.mac_address.toLowerCase();
    const [vtep] = vtepsOf(member, kind);
    return mac === undefined || vtep === undefined ? [] : [[mac, vtep]];
  });
  return Object.fromEntries(
    [...general, ...members]
      .filter(([, vtep]) => vtep !== own)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Members whose MAC address is known, so that the device need not ask for it through the tunnel. */
export function neighboursOf(
  service: ServiceDefinition,
  network: NeutronNetwork,
  kind: TunnelType,
): { address: string; mac: string }[] {
  return membersOn(service, network).flatMap((member) => {
    const mac = member.port?.mac_address.toLowerCase();
    const hasPeer = vtepsOf(member, kind).length > 0;
    return mac === undefined || !hasPeer ? [] : [{ address: member.address, mac }];
  });
}

/** Somebody in a tunnelled network. */
export interface Peer {
  address: string;
  mac: string;
}

/** Members that go: nothing is sent to them any more unless somebody else names them, too. */
export function leavingPeers(services: readonly ServiceDefinition[]): Peer[] {
  return services.flatMap(({ loadbalancer, members }) =>
    members.flatMap(({ address, port, provisioning_status: status }) => {
      const isGoing = [status, loadbalancer.provisioning_status].includes('PENDING_DELETE');
      return isGoing && port !== undefined
        ? [{ address, mac: port.mac_address.toLowerCase() }]
        : [];
    }),
  );
}
