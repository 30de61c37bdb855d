// Which subnets a service needs on the devices, and for whom. Pure: the service definition and the settings decide.
import type {
  NeutronNetwork,
  NeutronSubnet,
  ServiceDefinition,
  ServiceLoadBalancer,
  ServiceMember,
} from '@f5-lbaas/model';
import type { CompileProblem } from '../compile/compiled-service.ts';
import type { NetworkKind } from '../compile/service-networks.ts';
import type { NetworkSettings } from '../config/network-settings.ts';
import type { Owner } from '../object-types/device-object.ts';
import { isInNetwork } from '../object-types/networks.ts';

export interface SubnetNeed {
  subnet: NeutronSubnet;
  network: NeutronNetwork;
  kind: NetworkKind;
  /** In /Common and route domain 0, shared between tenants. */
  isCommon: boolean;
  isForVip: boolean;
  /** Members that stay. */
  members: readonly ServiceMember[];
}

export interface NetworkNeeds {
  subnets: readonly SubnetNeed[];
  /** Subnet of each member that stays and has one. */
  subnetOfMember: ReadonlyMap<string, string>;
  /** Every subnet that the definition names, staying or going. */
  named: readonly string[];
  problems: readonly CompileProblem[];
  /** A subnet that the definition names is, or may be, in /Common. */
  touchesCommon: boolean;
  /** Networks that have no segment yet; asking again may help. */
  unready: readonly NeutronNetwork[];
}

type Placement = Omit<SubnetNeed, 'isForVip' | 'members'> | { reason: string } | 'unready';

function stays({ provisioning_status: status }: { provisioning_status: string }): boolean {
  return status !== 'PENDING_DELETE' && status !== 'DELETED';
}

/** A VIP whose definition names no subnet is where its port is. */
export function vipSubnetId(loadbalancer: ServiceLoadBalancer): string {
  const { vip_subnet_id: id, vip_port: port } = loadbalancer;
  return id === '' ? (port?.fixed_ips[0]?.subnet_id ?? '') : id;
}

/** The subnets in which a load balancer is reached, the VIP's own first. */
function vipSubnets(loadbalancer: ServiceLoadBalancer): string[] {
  const additional = loadbalancer.additional_vips.map(({ subnet_id: id }) => id);
  return [vipSubnetId(loadbalancer), ...additional];
}

/**
 * The addresses at which a load balancer is reached, with their subnets. None for a pool of LBaaS v1 that waits for
 * its vip.
 */
export function vipAddresses(loadbalancer: ServiceLoadBalancer): [subnet: string, ip: string][] {
  const { vip_address: vip, additional_vips: additional } = loadbalancer;
  if (vip === '') return [];
  const others = additional.flatMap(({ subnet_id: subnet, ip_address: ip }): [string, string][] =>
    ip === null ? [] : [[subnet, ip]],
  );
  return [[vipSubnetId(loadbalancer), vip], ...others];
}

/**
 * A member without a subnet belongs to a VIP's when its address lies there, else to none.
 * DIFFERS: F5's agent takes such a member out of the VIP's route domain.
 */
function memberSubnetId(service: ServiceDefinition, member: ServiceMember): string {
  if (member.subnet_id !== null && member.subnet_id !== '') return member.subnet_id;
  const around = vipSubnets(service.loadbalancer).find((id) => {
    const cidr = service.subnets[id]?.cidr;
    return cidr !== undefined && isInNetwork(member.address, cidr);
  });
  return around ?? '';
}

/**
 * DIFFERS: F5's agent keeps a network of another tenant that is not flagged as shared in that tenant's partition,
 * where the device lets nobody else use it; here whatever tenants share is in /Common.
 */
function isCommon(
  network: NeutronNetwork,
  tenantId: string,
  { commonNetworks, commonExternalNetworks, existingVlans }: NetworkSettings,
): boolean {
  const isExternal = network['router:external'] === true && commonExternalNetworks;
  return (
    commonNetworks ||
    network.shared ||
    isExternal ||
    network.id in existingVlans ||
    network.tenant_id.replaceAll('/', '') !== tenantId.replaceAll('/', '')
  );
}

const SEGMENTED = ['vlan', 'vxlan', 'gre', 'opflex'];

function kindOf(
  network: NeutronNetwork,
  settings: NetworkSettings,
): NetworkKind | 'unready' | { reason: string } {
  const type = network['provider:network_type'] ?? 'undefined';
  if (network.id in settings.existingVlans) return 'existing';
  if (type === 'flat') return 'flat';
  if ((network['provider:segmentation_id'] ?? 0) === 0) {
    if (SEGMENTED.includes(type) && settings.segmentPhysicalNetwork !== undefined) return 'unready';
    return { reason: `Network segment ID of network ${network.id} is not defined.` };
  }
  return kindOfSegment(type, network.id, settings);
}

function kindOfSegment(
  type: string,
  id: string,
  settings: NetworkSettings,
): NetworkKind | { reason: string } {
  if (type === 'vlan') return 'vlan';
  if (type === 'vxlan' || type === 'gre') {
    return settings.vtep === undefined
      ? { reason: `Network ${id} is of type ${type}, and f5_vtep_selfip_name is not set.` }
      : type;
  }
  return { reason: `Network ${id} is of type ${type}, which devices cannot join.` };
}

function place(service: ServiceDefinition, id: string, settings: NetworkSettings): Placement {
  const subnet = service.subnets[id];
  if (id === '') return { reason: 'The service definition names no subnet of the VIP.' };
  if (subnet === undefined) return { reason: `Subnet ${id} is not known to Neutron.` };
  const network = service.networks[subnet.network_id];
  if (network === undefined) {
    return { reason: `Network ${subnet.network_id} of subnet ${id} is not known to Neutron.` };
  }
  const kind = kindOf(network, settings);
  if (kind === 'unready') return 'unready';
  if (typeof kind === 'object') return kind;
  const common = isCommon(network, service.loadbalancer.tenant_id, settings);
  return { subnet, network, kind, isCommon: common };
}

/** Members that are nobody's because their pool or load balancer goes, go too. */
function stayingMembers(service: ServiceDefinition): ServiceMember[] {
  if (!stays(service.loadbalancer)) return [];
  const pools = new Set(service.pools.filter(stays).map(({ id }) => id));
  return service.members.filter((member) => stays(member) && pools.has(member.pool_id));
}

export function networkNeeds(service: ServiceDefinition, settings: NetworkSettings): NetworkNeeds {
  const { loadbalancer } = service;
  const vips = vipSubnets(loadbalancer);
  const needed = stays(loadbalancer) && loadbalancer.vip_address !== '' ? vips : [];
  const members = stayingMembers(service);
  const subnetOfMember = new Map(
    members
      .map((member) => [member.id, memberSubnetId(service, member)] as const)
      .filter(([, id]) => id !== ''),
  );
  const subnets: SubnetNeed[] = [];
  const problems: CompileProblem[] = [];
  const unready: NeutronNetwork[] = [];
  for (const id of new Set([...needed, ...subnetOfMember.values()])) {
    const users = members.filter((member) => subnetOfMember.get(member.id) === id);
    const placed = place(service, id, settings);
    if (placed === 'unready') {
      const network = service.networks[service.subnets[id]?.network_id ?? ''];
      if (network !== undefined) unready.push(network);
      continue;
    }
    const reason = 'reason' in placed ? placed.reason : gatewayProblem(placed, users, settings);
    if (reason !== undefined) {
      problems.push(
        ...ownersOf(service, vips.includes(id), users).map((owner) => ({ owner, reason })),
      );
    } else if (!('reason' in placed)) {
      subnets.push({ ...placed, isForVip: vips.includes(id), members: users });
    }
  }
  const everyone = service.members.map((member) => memberSubnetId(service, member));
  const named = [...new Set([...vips, ...everyone])].filter((id) => id !== '');
  const touchesCommon = named.some((id) => {
    const network = service.networks[service.subnets[id]?.network_id ?? ''];
    return network === undefined || isCommon(network, loadbalancer.tenant_id, settings);
  });
  return { subnets, subnetOfMember, named, problems, touchesCommon, unready };
}

function gatewayProblem(
  { subnet }: { subnet: NeutronSubnet },
  members: readonly ServiceMember[],
  { useSnat }: NetworkSettings,
): string | undefined {
  if (useSnat || members.length === 0 || subnet.gateway_ip !== null) return undefined;
  return `Subnet ${subnet.id} has no gateway address to take over. Enable f5_snat_mode.`;
}

/** Who cannot be served without a subnet. */
export function ownersOf(
  service: ServiceDefinition,
  isForVip: boolean,
  members: readonly ServiceMember[],
): Owner[] {
  return isForVip
    ? [{ kind: 'loadbalancers', id: service.loadbalancer.id }]
    : members.map(({ id }): Owner => ({ kind: 'members', id }));
}
