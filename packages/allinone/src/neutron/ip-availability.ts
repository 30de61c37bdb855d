// `network-ip-availabilities`: how many addresses each subnet has, and how many are used.
import { parseAddress } from './address-range.ts';
import type { Network, NeutronStore, Subnet } from './records.ts';

function totalOf(subnet: Subnet): bigint {
  return subnet.allocation_pools.reduce((sum, pool) => {
    const [start, end] = [parseAddress(pool.start), parseAddress(pool.end)];
    return start === undefined || end === undefined ? sum : sum + end.value - start.value + 1n;
  }, 0n);
}

/** Counts beyond 2^53 (IPv6) lose their last digits in JSON, as in Neutron's own clients. */
export function ipAvailability(store: NeutronStore, network: Network): Record<string, unknown> {
  const addresses = store.portsOn(network.id).flatMap((port) => port.fixed_ips);
  const subnets = store.subnetsOf(network.id).map((subnet) => ({
    subnet_id: subnet.id,
    subnet_name: subnet.name,
    cidr: subnet.cidr,
    ip_version: subnet.ip_version,
    total_ips: Number(totalOf(subnet)),
    used_ips: addresses.filter((ip) => ip.subnet_id === subnet.id).length,
  }));
  return {
    network_id: network.id,
    network_name: network.name,
    project_id: network.project_id,
    tenant_id: network.tenant_id,
    total_ips: subnets.reduce((sum, subnet) => sum + subnet.total_ips, 0),
    used_ips: subnets.reduce((sum, subnet) => sum + subnet.used_ips, 0),
    subnet_ip_availability: subnets,
  };
}
