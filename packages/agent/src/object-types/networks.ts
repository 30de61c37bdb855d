// Arithmetic on addresses as the device writes them: `10.2.2.100%1/24`, `2001:db8::1%1`. Pure.
import ipaddr from 'ipaddr.js';

/** Address without route domain and length. */
export function bareAddress(address: string): string {
  return address.replace(/%\d+/, '').replace(/\/.*$/, '');
}

/** 0 where none is written. */
export function routeDomainOf(address: string): number {
  return Number(/%(\d+)/.exec(address)?.[1] ?? 0);
}

function lengthOf(address: string): string {
  return /\/(.+)$/.exec(address)?.[1] ?? '';
}

/** `10.2.2.100%1/24` -> `10.2.2.0/24%1`: equal for all addresses of a network in a route domain. */
export function networkOf(address: string): string {
  const cidr = `${bareAddress(address)}/${lengthOf(address)}`;
  const suffix = `%${routeDomainOf(address)}`;
  if (ipaddr.IPv4.isValidCIDR(cidr)) {
    return `${ipaddr.IPv4.networkAddressFromCIDR(cidr).toString()}/${lengthOf(address)}${suffix}`;
  }
  return ipaddr.IPv6.isValidCIDR(cidr)
    ? `${ipaddr.IPv6.networkAddressFromCIDR(cidr).toString()}/${lengthOf(address)}${suffix}`
    : `${cidr}${suffix}`;
}

/** The address is in the network; route domains are the caller's matter. */
export function isInNetwork(address: string, cidr: string): boolean {
  const bare = bareAddress(address);
  if (!ipaddr.isValid(bare) || !ipaddr.isValidCIDR(cidr)) return false;
  const parsed = ipaddr.parse(bare);
  const [network, bits] = ipaddr.parseCIDR(cidr);
  return parsed.kind() === network.kind() && parsed.match([network, bits]);
}

/** Either contains the other. */
export function overlap(a: string, b: string): boolean {
  const [first = '', second = ''] = [a, b].map((cidr) => cidr.replace(/\/.*$/, ''));
  return isInNetwork(first, b) || isInNetwork(second, a);
}

/** `10.2.2.100` in `10.2.2.0/24` and route domain 1 -> `10.2.2.100%1/24`. */
export function addressIn(address: string, routeDomain: number, cidr?: string): string {
  const text = ipaddr.isValid(address) ? ipaddr.parse(address).toString() : address;
  const suffix = routeDomain === 0 ? '' : `%${routeDomain}`;
  return `${text}${suffix}${cidr === undefined ? '' : `/${lengthOf(cidr)}`}`;
}
