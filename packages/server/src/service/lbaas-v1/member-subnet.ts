// Members of LBaaS v1 name no subnet, and devices need one to reach them through a network of their own. It is looked
// for where F5's v1 driver looked, once, when the member is made. What fits more than once counts as unknown.
import type { NeutronSubnet, Pool } from '@f5-lbaas/model';
import ipaddr from 'ipaddr.js';

import type { ServiceDeps } from '../service-deps.ts';

type Deps = Pick<ServiceDeps, 'neutron' | 'storage'>;

/**
 * The subnet of the pool, of the tenant's port with this address, of the tenant, or a shared one, in this order.
 * Null: none is known to hold the address, so the devices reach it by routing.
 * @throws LbaasError kind `unavailable` when Neutron cannot be asked
 */
export async function memberSubnet(
  deps: Deps,
  pool: Pool,
  address: string,
): Promise<string | null> {
  const { neutron } = deps;
  const tenant_id = pool.project_id;
  const ofPool = await poolSubnetId(deps, pool);
  const candidates = [
    async () =>
      ofPool === null ? [] : holding(await neutron.listSubnets({ id: ofPool }), address),
    () => subnetsOfPorts(deps, tenant_id, address),
    async () => holding(await neutron.listSubnets({ tenant_id }), address),
    async () => holding(await sharedSubnets(deps), address),
  ];
  for (const find of candidates) {
    const [id, ...others] = await find();
    if (id !== undefined && others.length === 0) return id;
  }
  return null;
}

/** A pool that another API made has none of its own; its VIP's is the best guess. */
async function poolSubnetId({ storage: { read } }: Deps, pool: Pool): Promise<string | null> {
  const known = await read.v1Pools.find(pool.id);
  if (known !== undefined) return known.subnet_id;
  const loadbalancer = await read.loadbalancers.find(pool.loadbalancer_id);
  return loadbalancer?.vip_subnet_id ?? null;
}

async function subnetsOfPorts(
  { neutron }: Deps,
  tenant_id: string,
  address: string,
): Promise<string[]> {
  const ports = await neutron.listPorts({ tenant_id, fixed_ips: `ip_address=${address}` });
  const fixed = ports.flatMap((port) => port.fixed_ips);
  const here = fixed.filter((ip) => ip.ip_address === address).map((ip) => ip.subnet_id);
  return [...new Set(here)];
}

async function sharedSubnets({ neutron }: Deps): Promise<NeutronSubnet[]> {
  const networks = await neutron.listNetworks({ shared: 'True' });
  const ids = networks.map(({ id }) => id);
  return ids.length === 0 ? [] : neutron.listSubnets({ network_id: ids });
}

/** Ids of those whose addresses include this one. */
function holding(subnets: readonly NeutronSubnet[], address: string): string[] {
  const parsed = ipaddr.parse(address);
  return subnets
    .filter(({ cidr }) => {
      const [network, bits] = ipaddr.parseCIDR(cidr);
      return network.kind() === parsed.kind() && parsed.match([network, bits]);
    })
    .map(({ id }) => id);
}
