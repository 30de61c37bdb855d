// From what was allocated to what compiling needs, for one device. Pure.
import type { ServiceDefinition } from '@f5-lbaas/model';
import {
  COMMON,
  flatName,
  localSelfIpName,
  snatName,
  tunnelName,
  vlanName,
} from '../adapters/network-names.ts';
import type {
  PlacedNetwork,
  PlacedRouteDomain,
  PlacedSubnet,
  ServiceNetworks,
} from '../compile/service-networks.ts';
import type { InterfaceMapping, NetworkSettings } from '../config/network-settings.ts';
import { trafficGroupOf } from '../config-managers/vip/traffic-group.ts';
import type { Fields } from '../object-types/device-object.ts';
import { vipSubnetId, type NetworkNeeds, type SubnetNeed } from './needs.ts';
import type { ForwardingNews } from './forwarding-news.ts';
import { neighboursOf, peersOf } from './tunnel-peers.ts';

/** The device as far as networks differ between devices. */
export interface NetworkDevice {
  /** As it is configured. */
  host: string;
  /** As it calls itself. */
  deviceName: string;
  /** Tunnel end point. */
  localAddress: string | undefined;
  isGuest: boolean;
}

export interface Allocation {
  /** By network id; absent: route domain 0. */
  routeDomains: ReadonlyMap<string, PlacedRouteDomain>;
  /** Address by name of self IP or SNAT address. */
  addresses: ReadonlyMap<string, string>;
}

export interface PlacementContext {
  settings: NetworkSettings;
  tenantId: string;
  /** The tenant's. */
  partition: string;
  haType: 'standalone' | 'pair' | 'scalen';
  /** Bare names, sorted. */
  trafficGroups: readonly string[];
  /** What Neutron has said of tunnelled networks meanwhile. */
  news: ForwardingNews;
  /**
   * Host of the device after which links are named and route domains numbered on all devices. Needed where config
   * sync carries references to them; undefined: each device goes by its own.
   */
  likeHost?: string | undefined;
}

/** @throws Error when no mapping covers the network; `default` is required by the configuration */
function interfaceOf(
  mappings: readonly InterfaceMapping[],
  physicalNetwork: string,
  host: string,
): InterfaceMapping {
  const bareHost = host.replace(/:\d+$/, '');
  const isOf = (one: InterfaceMapping): boolean => one.host === host || one.host === bareHost;
  const found =
    mappings.find((one) => one.physicalNetwork === physicalNetwork && isOf(one)) ??
    mappings.find((one) => one.physicalNetwork === physicalNetwork && one.host === undefined) ??
    mappings.find((one) => one.physicalNetwork === 'default' && isOf(one)) ??
    mappings.find((one) => one.physicalNetwork === 'default' && one.host === undefined);
  if (found === undefined) throw new Error(`No interface for ${physicalNetwork} on ${host}.`);
  return found;
}

/** Name of VLAN or tunnel on a device. */
function linkName(need: SubnetNeed, settings: NetworkSettings, host: string): string {
  const { network, kind } = need;
  const segment = network['provider:segmentation_id'] ?? 0;
  if (kind === 'existing') return settings.existingVlans[network.id] ?? '';
  if (kind === 'vxlan' || kind === 'gre') return tunnelName(kind, segment);
  const port = interfaceOf(settings.interfaces, physicalNetworkOf(need), host);
  // DIFFERS: F5's agent takes the text `False` for true and tags every VLAN.
  return kind === 'flat' ? flatName(port.interface) : vlanName(segment);
}

function physicalNetworkOf({ network }: SubnetNeed): string {
  return network['provider:physical_network'] ?? 'default';
}

export function partitionOfNeed({ isCommon }: SubnetNeed, tenantPartition: string): string {
  return isCommon ? COMMON : tenantPartition;
}

export function linkPath(need: SubnetNeed, context: PlacementContext, host: string): string {
  const partition = partitionOfNeed(need, context.partition);
  return `/${partition}/${linkName(need, context.settings, context.likeHost ?? host)}`;
}

/** Bare name. As F5's agent: a pair has one group, whichever the tenant's addresses are in. */
function snatTrafficGroup({ haType, trafficGroups, tenantId }: PlacementContext): string {
  if (haType === 'standalone') return 'traffic-group-local-only';
  const own = haType === 'scalen' ? trafficGroupOf(tenantId, trafficGroups) : undefined;
  return own?.replace('/Common/', '') ?? 'traffic-group-1';
}

/** Names of the SNAT addresses that a subnet has. */
export function snatNames(subnetId: string, context: PlacementContext): string[] {
  const { useSnat, snatAddressesPerSubnet } = context.settings;
  const group = snatTrafficGroup(context);
  // DIFFERS: F5's agent makes SNAT addresses even when SNAT is off.
  const count = useSnat ? snatAddressesPerSubnet : 0;
  return Array.from({ length: count }, (_, index) => snatName(group, subnetId, index));
}

function placeNetwork(
  need: SubnetNeed,
  service: ServiceDefinition,
  device: NetworkDevice,
  allocation: Allocation,
  context: PlacementContext,
): PlacedNetwork {
  const { network, kind } = need;
  const { settings } = context;
  const port = portOf(need, device, settings);
  const isOnGuest = device.isGuest;
  return {
    id: network.id,
    kind,
    segmentationId: network['provider:segmentation_id'] ?? 0,
    path: linkPath(need, context, device.host),
    routeDomain: allocation.routeDomains.get(network.id),
    ...(port && { interface: port }),
    isOnGuest,
    ...(device.localAddress !== undefined && { localAddress: device.localAddress }),
    ...tunnelFacts(need, service, device, context),
  };
}

function portOf(
  need: SubnetNeed,
  device: NetworkDevice,
  { interfaces }: NetworkSettings,
): PlacedNetwork['interface'] {
  const { kind } = need;
  if (kind !== 'vlan' && kind !== 'flat') return undefined;
  const mapping = interfaceOf(interfaces, physicalNetworkOf(need), device.host);
  return { name: mapping.interface, tagged: kind === 'vlan' && mapping.isTagged };
}

function tunnelFacts(
  { network, kind }: SubnetNeed,
  service: ServiceDefinition,
  device: NetworkDevice,
  { settings: { populateStaticArp }, news }: PlacementContext,
): Pick<PlacedNetwork, 'peers' | 'neighbours'> {
  if (kind !== 'vxlan' && kind !== 'gre') return { peers: {}, neighbours: [] };
  return {
    peers: peersOf(service, network, kind, device.localAddress, news),
    neighbours: populateStaticArp ? neighboursOf(service, network, kind, news) : [],
  };
}

function placeSubnet(
  need: SubnetNeed,
  network: PlacedNetwork,
  device: NetworkDevice,
  { addresses }: Allocation,
  context: PlacementContext,
): PlacedSubnet {
  const { subnet, members } = need;
  const partition = partitionOfNeed(need, context.partition);
  const selfIp = localSelfIpName(device.deviceName, subnet.id);
  return {
    id: subnet.id,
    cidr: subnet.cidr,
    network,
    selfIp: { path: `/${partition}/${selfIp}`, address: addresses.get(selfIp) ?? '' },
    snat: snatNames(subnet.id, context).map((name) => ({
      path: `/${partition}/${name}`,
      address: addresses.get(name) ?? '',
    })),
    gateway:
      context.settings.useSnat || members.length === 0
        ? undefined
        : (subnet.gateway_ip ?? undefined),
  };
}

function translation(partition: string, settings: NetworkSettings): Fields {
  if (!settings.useSnat) return { type: 'none' };
  return settings.snatAddressesPerSubnet === 0
    ? { type: 'automap' }
    : { type: 'snat', pool: `/${partition}/${partition}` };
}

/** @param needs only subnets for which everything was allocated */
export function serviceNetworks(
  service: ServiceDefinition,
  needs: Pick<NetworkNeeds, 'subnets' | 'subnetOfMember'>,
  device: NetworkDevice,
  allocation: Allocation,
  context: PlacementContext,
): ServiceNetworks {
  const { tenantId } = context;
  const networks = new Map<string, PlacedNetwork>();
  const subnets = needs.subnets.map((need) => {
    const network =
      networks.get(need.network.id) ?? placeNetwork(need, service, device, allocation, context);
    networks.set(need.network.id, network);
    return placeSubnet(need, network, device, allocation, context);
  });
  const bySubnet = new Map(subnets.map((subnet) => [subnet.id, subnet]));
  const routeDomain = (id: string): number => bySubnet.get(id)?.network.routeDomain?.id ?? 0;
  const vip = vipSubnetId(service.loadbalancer);
  const byMember = [...needs.subnetOfMember].map(([id, on]) => [id, routeDomain(on)] as const);
  return {
    subnets,
    routeDomainOfVip: routeDomain(vip),
    routeDomainOfMember: new Map(byMember),
    isRouteDomainStrict: context.settings.isRouteDomainStrict,
    trafficGroup: trafficGroupOf(tenantId, context.trafficGroups),
    snatTrafficGroup: `/Common/${snatTrafficGroup(context)}`,
    sourceAddressTranslation: translation(context.partition, context.settings),
    vipLink: bySubnet.get(vip)?.network.path,
  };
}
