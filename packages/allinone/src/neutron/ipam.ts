// Which addresses a port gets. Pure: decides from the network's subnets and the addresses in use.
import { contains, parseAddress, formatAddress, parseCidr, type Cidr } from './address-range.ts';
import { faults } from './faults.ts';
import type { FixedIp, Subnet } from './records.ts';

/** One entry of `fixed_ips` as asked for; empty = any address. */
export interface FixedIpRequest {
  subnet_id?: string;
  ip_address?: string;
}

export interface IpamView {
  networkId: string;
  /** Subnets of the network. */
  subnets: readonly Subnet[];
  /** Addresses in use on the network, subnet by subnet. */
  used: readonly FixedIp[];
}

function cidrOf(subnet: Subnet): Cidr {
  const cidr = parseCidr(subnet.cidr);
  if (cidr === undefined) throw faults.invalidInput(`'${subnet.cidr}' is not a valid IP subnet`);
  return cidr;
}

function usedIn(view: IpamView, subnet: Subnet): Set<string> {
  const used = new Set(
    view.used.filter((ip) => ip.subnet_id === subnet.id).map((ip) => ip.ip_address),
  );
  if (subnet.gateway_ip !== null) used.add(subnet.gateway_ip);
  return used;
}

/** Lowest free address of the allocation pools. */
function nextFree(view: IpamView, subnet: Subnet): string | undefined {
  const used = usedIn(view, subnet);
  for (const pool of subnet.allocation_pools) {
    const end = parseAddress(pool.end);
    const start = parseAddress(pool.start);
    if (start === undefined || end === undefined) continue;
    for (let value = start.value; value <= end.value; value += 1n) {
      const address = formatAddress(subnet.ip_version, value);
      if (!used.has(address)) return address;
    }
  }
  return undefined;
}

function subnetFor(view: IpamView, request: FixedIpRequest, address: string | undefined): Subnet {
  if (request.subnet_id !== undefined) {
    const subnet = view.subnets.find((candidate) => candidate.id === request.subnet_id);
    if (subnet !== undefined) return subnet;
    throw faults.invalidInput(
      `Failed to create port on network ${view.networkId}, because fixed_ips included invalid ` +
        `subnet ${request.subnet_id}`,
    );
  }
  const parsed = parseAddress(address ?? '');
  const subnet = view.subnets.find(
    (candidate) => parsed !== undefined && contains(cidrOf(candidate), parsed),
  );
  if (subnet === undefined) throw faults.invalidIpForNetwork(address ?? '');
  return subnet;
}

function claim(view: IpamView, request: FixedIpRequest): FixedIp {
  if (request.ip_address === undefined) {
    const subnet = subnetFor(view, request, undefined);
    const address = nextFree(view, subnet);
    if (address === undefined) throw faults.noMoreAddresses(view.networkId);
    return { subnet_id: subnet.id, ip_address: address };
  }
  const parsed = parseAddress(request.ip_address);
  if (parsed === undefined) {
    throw faults.invalidInput(`'${request.ip_address}' is not a valid IP address`);
  }
  const subnet = subnetFor(view, request, request.ip_address);
  if (!contains(cidrOf(subnet), parsed)) throw faults.invalidIpForSubnet(request.ip_address);
  const address = formatAddress(parsed.version, parsed.value);
  const taken = view.used.some((ip) => ip.subnet_id === subnet.id && ip.ip_address === address);
  if (taken) throw faults.addressAllocated(address, subnet.id);
  return { subnet_id: subnet.id, ip_address: address };
}

/** Without a request: one address per IP version, from the first subnet that has one left. */
function claimAny(view: IpamView): FixedIp[] {
  return ([4, 6] as const).flatMap((version) => {
    const subnets = view.subnets.filter((subnet) => subnet.ip_version === version);
    if (subnets.length === 0) return [];
    for (const subnet of subnets) {
      const address = nextFree(view, subnet);
      if (address !== undefined) return [{ subnet_id: subnet.id, ip_address: address }];
    }
    throw faults.noMoreAddresses(view.networkId);
  });
}

/**
 * @param requests undefined: any addresses; empty: none
 * @throws ApiFault as Neutron answers: 400 for addresses that do not fit, 409 for those in use
 */
export function allocateFixedIps(
  view: IpamView,
  requests: readonly FixedIpRequest[] | undefined,
): FixedIp[] {
  if (requests === undefined) return claimAny(view);
  const claimed: FixedIp[] = [];
  for (const request of requests) {
    const used = [...view.used, ...claimed];
    const isEmpty = request.subnet_id === undefined && request.ip_address === undefined;
    claimed.push(...(isEmpty ? claimAny({ ...view, used }) : [claim({ ...view, used }, request)]));
  }
  return claimed;
}
