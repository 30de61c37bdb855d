// What Neutron knows about the addresses of one load balancer: a handful of batched calls per build,
// each id asked for once, nothing kept between builds, so nothing can be stale or shared.
import {
  LbaasError,
  type LoadBalancerTree,
  type Member,
  type NeutronNetwork,
  type NeutronPort,
  type NeutronSubnet,
} from '@f5-lbaas/model';
import type { Logger } from '@f5-lbaas/platform';
import type { NeutronClient } from '../neutron/neutron-client.ts';

export interface NeutronFacts {
  vipPort: NeutronPort | undefined;
  networks: ReadonlyMap<string, NeutronNetwork>;
  subnets: ReadonlyMap<string, NeutronSubnet>;
  /** Member id -> its port, where exactly one port has the address on the member's subnet. */
  memberPorts: ReadonlyMap<string, NeutronPort>;
  /** Neutron's L2 agents; asked for only when a network is tunnelled. */
  l2Agents: readonly Record<string, unknown>[];
}

export interface FactsDeps {
  neutron: NeutronClient;
  logger: Logger;
}

/** Ids or addresses in one list call, so that the query string stays short. */
const FILTER_VALUES_MAX = 50;
const TUNNEL_TYPES = new Set(['vxlan', 'gre']);

const NO_FACTS: NeutronFacts = {
  vipPort: undefined,
  networks: new Map(),
  subnets: new Map(),
  memberPorts: new Map(),
  l2Agents: [],
};

/**
 * In global routed mode networks play no part: only what the VIP and the members name is looked up, and a
 * Neutron that is away leaves the facts empty. Otherwise the layer 2 data is needed to configure anything.
 * Objects that Neutron does not have are left out: deleting a load balancer must not depend on its network.
 * @throws LbaasError kind `unavailable` when Neutron is away and not in global routed mode
 */
export async function gatherNeutronFacts(
  { neutron, logger }: FactsDeps,
  tree: LoadBalancerTree,
  globalRoutedMode: boolean,
): Promise<NeutronFacts> {
  try {
    return await gather(neutron, tree, globalRoutedMode);
  } catch (error) {
    const away = error instanceof LbaasError && error.kind === 'unavailable';
    if (!away || !globalRoutedMode) throw error;
    logger.warn(
      { loadbalancer_id: tree.loadbalancer.id, error: error.message },
      'service definition built without network data',
    );
    return NO_FACTS;
  }
}

async function gather(
  neutron: NeutronClient,
  tree: LoadBalancerTree,
  globalRoutedMode: boolean,
): Promise<NeutronFacts> {
  const { loadbalancer, members } = tree;
  const [vipPort, subnets] = await Promise.all([
    loadbalancer.vip_port_id === null ? undefined : findPort(neutron, loadbalancer.vip_port_id),
    byId(
      [
        loadbalancer.vip_subnet_id,
        ...[...loadbalancer.additional_vips, ...members].map((one) => one.subnet_id),
      ],
      (id) => neutron.listSubnets({ id }),
    ),
  ]);
  const networks = await byId(
    [
      vipPort?.network_id ?? loadbalancer.vip_network_id,
      ...[...subnets.values()].map((subnet) => subnet.network_id),
    ],
    (id) => neutron.listNetworks({ id }),
  );
  if (globalRoutedMode) return { ...NO_FACTS, vipPort, networks, subnets };
  const tunnelled = [...networks.values()].some((network) =>
    TUNNEL_TYPES.has(network['provider:network_type'] ?? ''),
  );
  const [memberPorts, l2Agents] = await Promise.all([
    findMemberPorts(neutron, members, subnets),
    tunnelled ? neutron.listAgents({}) : [],
  ]);
  return { vipPort, networks, subnets, memberPorts, l2Agents };
}

async function findPort(neutron: NeutronClient, id: string): Promise<NeutronPort | undefined> {
  try {
    return await neutron.getPort(id);
  } catch (error) {
    if (error instanceof LbaasError && error.kind === 'not_found') return undefined;
    throw error;
  }
}

async function byId<Item extends { id: string }>(
  ids: readonly (string | null)[],
  list: (ids: readonly string[]) => Promise<Item[]>,
): Promise<Map<string, Item>> {
  const wanted = [...new Set(ids)].filter((id): id is string => id !== null && id !== '');
  const found = new Map<string, Item>();
  for (const chunk of chunks(wanted)) {
    for (const item of await list(chunk)) found.set(item.id, item);
  }
  return found;
}

async function findMemberPorts(
  neutron: NeutronClient,
  members: readonly Member[],
  subnets: ReadonlyMap<string, NeutronSubnet>,
): Promise<Map<string, NeutronPort>> {
  const placed = members.filter((member) => subnets.has(member.subnet_id ?? ''));
  const networkIds = new Set(placed.map((m) => subnets.get(m.subnet_id ?? '')?.network_id ?? ''));
  const ports: NeutronPort[] = [];
  for (const addresses of chunks([...new Set(placed.map((member) => member.address))])) {
    const fixed_ips = addresses.map((address) => `ip_address=${address}`);
    ports.push(...(await neutron.listPorts({ network_id: [...networkIds], fixed_ips })));
  }
  const found = new Map<string, NeutronPort>();
  for (const member of placed) {
    const matches = ports.filter((port) =>
      port.fixed_ips.some(
        (ip) => ip.ip_address === member.address && ip.subnet_id === member.subnet_id,
      ),
    );
    const [only] = matches;
    if (matches.length === 1 && only !== undefined) found.set(member.id, only);
  }
  return found;
}

function chunks<Item>(items: readonly Item[]): Item[][] {
  const parts: Item[][] = [];
  for (let start = 0; start < items.length; start += FILTER_VALUES_MAX) {
    parts.push(items.slice(start, start + FILTER_VALUES_MAX));
  }
  return parts;
}
