// Whom a device reaches through a tunnel: forwarding entries for the load balancer's and its members' peers. Pure.
// @see f5-openstack-agent lbaasv2/drivers/bigip/{l2_service,fdb}.py
import type { NeutronNetwork, ServiceDefinition, ServiceMember } from '@f5-lbaas/model';
import ipaddr from 'ipaddr.js';
import { canonicalAddress } from '../adapters/addresses.ts';
import type { TunnelType } from '../config/network-settings.ts';
import type { Peer } from './forwarding-change.ts';
import type { ForwardingNews } from './forwarding-news.ts';

/** A device's end of a tunnel. */
export interface TunnelEnd {
  networkId: string;
  type: TunnelType;
  key: number;
  endPoint: string;
}

/** Those who send traffic into tunnels to devices. */
export interface TunnelPeers {
  /** Return at once. */
  announce(tunnel: TunnelEnd): void;
  withdraw(tunnel: TunnelEnd): void;
}

type WithVteps = Pick<ServiceMember, 'vxlan_vteps' | 'gre_vteps'>;

function vtepsOf({ vxlan_vteps, gre_vteps }: WithVteps, kind: TunnelType): readonly string[] {
  return (kind === 'vxlan' ? vxlan_vteps : gre_vteps) ?? [];
}

/** Static neighbour entries name one address of a family per MAC address. */
function perMacAndFamily(neighbours: readonly Peer[]): Peer[] {
  const known = new Map(
    neighbours
      .toReversed()
      .map((one) => [`${one.mac} ${String(one.address.includes(':'))}`, one] as const),
  );
  return [...known.values()].sort((a, b) => (a.mac < b.mac ? -1 : 1));
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

/**
 * MAC address -> tunnel end point, with Neutron's latest news.
 * @param own the device's end point, which is no peer
 */
export function peersOf(
  service: ServiceDefinition,
  network: NeutronNetwork,
  kind: TunnelType,
  own: string | undefined,
  news: ForwardingNews,
): Record<string, string> {
  const segment = network['provider:segmentation_id'] ?? 0;
  const { loadbalancer } = service;
  const isVip = loadbalancer.network_id === network.id;
  const general = (isVip ? vtepsOf(loadbalancer, kind) : [])
    .filter((vtep) => ipaddr.isValid(vtep))
    .map((vtep): [string, string] => [syntheticMac(segment, vtep), canonicalAddress(vtep)]);
  const members = membersOn(service, network).flatMap((member): [string, string][] => {
    const mac = member.port?.mac_address.toLowerCase();
    const [vtep] = vtepsOf(member, kind);
    return mac === undefined || vtep === undefined ? [] : [[mac, canonicalAddress(vtep)]];
  });
  const told = Object.fromEntries([...general, ...members]);
  return Object.fromEntries(
    Object.entries(news.recordsOf(network.id, told))
      .filter(([, vtep]) => vtep !== own)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Members whose MAC address is known, so that the device need not ask for it through the tunnel. */
export function neighboursOf(
  service: ServiceDefinition,
  network: NeutronNetwork,
  kind: TunnelType,
  news: ForwardingNews,
): Peer[] {
  const members = membersOn(service, network).flatMap((member) => {
    const mac = member.port?.mac_address.toLowerCase();
    const hasPeer = vtepsOf(member, kind).length > 0;
    return mac === undefined || !hasPeer ? [] : [{ address: member.address, mac }];
  });
  return perMacAndFamily(members.filter((one) => !news.hasLeft(network.id, one)));
}

/**
 * Members that go: nothing is sent to them any more unless somebody else names them, too. Those of whom Neutron says
 * that they are still in the network stay known.
 */
export function leavingPeers(services: readonly ServiceDefinition[], news: ForwardingNews): Peer[] {
  return services.flatMap(({ loadbalancer, members }) =>
    members.flatMap(({ address, port, network_id, provisioning_status: status }) => {
      const isGoing = [status, loadbalancer.provisioning_status].includes('PENDING_DELETE');
      const mac = port?.mac_address.toLowerCase();
      if (!isGoing || mac === undefined || news.isThere(network_id ?? '', mac)) return [];
      return [{ address, mac }];
    }),
  );
}
