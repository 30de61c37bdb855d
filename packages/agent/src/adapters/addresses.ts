// Addresses as the device writes them: lower case, IPv6 compressed, members `address:port` or `address.port`.
import ipaddr from 'ipaddr.js';

/** Canonical text of an address; what is not an address is returned as it is and left to the device. */
export function canonicalAddress(address: string): string {
  const [bare = '', routeDomain] = address.split('%');
  const text = ipaddr.isValid(bare) ? ipaddr.parse(bare).toString() : bare;
  return routeDomain === undefined || routeDomain === '0' ? text : `${text}%${routeDomain}`;
}

function isIpv6(address: string): boolean {
  return address.includes(':');
}

/** `10.0.0.1:80`, `2001:db8::1.80` */
export function memberName(address: string, port: number): string {
  return `${address}${isIpv6(address) ? '.' : ':'}${port}`;
}

export function hostMask(address: string): string {
  return isIpv6(address) ? 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff' : '255.255.255.255';
}

/** `10.1.2.3/8` -> `10.0.0.0/8`; a bare address is a network of its own. */
export function canonicalCidr(cidr: string): string {
  const [address = '', length] = cidr.split('/');
  if (!ipaddr.isValid(address)) return cidr;
  const parsed = ipaddr.parse(address);
  const bits = length === undefined ? parsed.toByteArray().length * 8 : Number(length);
  const bytes = parsed.toByteArray().map((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - index * 8));
    return byte & (0xff << (8 - kept));
  });
  return `${ipaddr.fromByteArray(bytes).toString()}/${bits}`;
}
