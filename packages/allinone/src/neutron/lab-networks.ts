// The networks that the lab starts with. All lie in 127.0.0.0/8: Linux binds any address there without set-up.
import type { Random } from '@f5-lbaas/platform';
import type { Network, NeutronStore, Subnet } from './records.ts';

export interface LabSubnets {
  /** Subnet ids. */
  vip: string;
  members: string;
}

const VIP = 'vip';
const MEMBERS = 'members';

interface Plan {
  name: string;
  cidr: string;
  pool: { start: string; end: string };
}

/**
 * @param vipOctet second octet of the VIP addresses, 1..255: labs side by side must not share VIPs
 */
function plans(vipOctet: number): Plan[] {
  return [
    {
      name: VIP,
      cidr: `127.${vipOctet}.0.0/16`,
      pool: { start: `127.${vipOctet}.0.10`, end: `127.${vipOctet}.255.250` },
    },
    // Contains 127.0.0.1, where a user's first servers listen; ports get addresses well away from it.
    { name: MEMBERS, cidr: '127.0.0.0/16', pool: { start: '127.0.16.1', end: '127.0.255.250' } },
  ];
}

/** Neither DHCP nor a gateway: the addresses are the machine's own. */
function recordsOf(
  plan: Plan,
  owner: string,
  now: string,
  random: Random,
): { network: Network; subnet: Subnet } {
  const common = (description: string) => ({
    id: random.uuid(),
    name: plan.name,
    description,
    project_id: owner,
    tenant_id: owner,
    tags: [],
    created_at: now,
    updated_at: now,
    revision_number: 1,
  });
  const network: Network = {
    ...common('Shared network of the lab'),
    shared: true,
    admin_state_up: true,
    status: 'ACTIVE',
    mtu: 1500,
    port_security_enabled: true,
    qos_policy_id: null,
    availability_zone_hints: [],
    availability_zones: [],
    ipv4_address_scope: null,
    ipv6_address_scope: null,
    'router:external': false,
    'provider:network_type': 'flat',
    'provider:physical_network': 'lab',
    'provider:segmentation_id': null,
  };
  const subnet: Subnet = {
    ...common('Addresses of the loopback interface'),
    network_id: network.id,
    ip_version: 4,
    cidr: plan.cidr,
    gateway_ip: null,
    allocation_pools: [plan.pool],
    enable_dhcp: false,
    dns_nameservers: [],
    host_routes: [],
    service_types: [],
    dns_publish_fixed_ip: false,
    subnetpool_id: null,
    segment_id: null,
    ipv6_ra_mode: null,
    ipv6_address_mode: null,
  };
  return { network, subnet };
}

/** Makes the networks on the first start; later starts find them. */
export function ensureLabNetworks(
  store: NeutronStore,
  options: { owner: string; vipOctet: number; now: string; random: Random },
): LabSubnets {
  for (const plan of plans(options.vipOctet)) {
    if (store.list('subnets').some((subnet) => subnet.name === plan.name)) continue;
    const existing = store.list('networks').find((network) => network.name === plan.name);
    const made = recordsOf(plan, options.owner, options.now, options.random);
    const network = existing ?? made.network;
    if (existing === undefined) store.put('networks', network);
    store.put('subnets', { ...made.subnet, network_id: network.id });
  }
  const idOf = (name: string): string =>
    store.list('subnets').find((subnet) => subnet.name === name)?.id ?? '';
  return { vip: idOf(VIP), members: idOf(MEMBERS) };
}
