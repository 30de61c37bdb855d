// Address arithmetic, IPv4 and IPv6 alike: addresses as numbers within their family. Pure.
import ipaddr from 'ipaddr.js';

export interface Cidr {
  version: 4 | 6;
  first: bigint;
  last: bigint;
  /** Normalised, e.g. `10.0.0.0/24`. */
  text: string;
}

const BITS = { 4: 32, 6: 128 } as const;

function numberOf(address: ipaddr.IPv4 | ipaddr.IPv6): bigint {
  return address.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** Undefined when `text` is no address; IPv4 needs all four parts. */
export function parseAddress(text: string): { version: 4 | 6; value: bigint } | undefined {
  const isV4 = ipaddr.IPv4.isValidFourPartDecimal(text);
  if (!isV4 && !ipaddr.IPv6.isValid(text)) return undefined;
  return { version: isV4 ? 4 : 6, value: numberOf(ipaddr.parse(text)) };
}

/** Shortest usual spelling. */
export function formatAddress(version: 4 | 6, value: bigint): string {
  const length = BITS[version] / 8;
  const bytes = Array.from({ length }, (_, i) =>
    Number((value >> BigInt(8 * (length - 1 - i))) & 255n),
  );
  return ipaddr.fromByteArray(bytes).toString();
}

/** Undefined when `text` is no network in CIDR notation. Host bits are dropped. */
export function parseCidr(text: string): Cidr | undefined {
  const [addressText = '', lengthText = ''] = text.split('/');
  const address = parseAddress(addressText);
  if (address === undefined || !/^\d{1,3}$/.test(lengthText)) return undefined;
  const bits = BITS[address.version];
  const prefixLength = Number(lengthText);
  if (prefixLength > bits) return undefined;
  const size = 1n << BigInt(bits - prefixLength);
  const first = (address.value / size) * size;
  return {
    version: address.version,
    first,
    last: first + size - 1n,
    text: `${formatAddress(address.version, first)}/${prefixLength}`,
  };
}

export function contains(cidr: Cidr, address: { version: 4 | 6; value: bigint }): boolean {
  return (
    cidr.version === address.version && address.value >= cidr.first && address.value <= cidr.last
  );
}

/** Addresses that a host may have: not the network's own, nor IPv4's broadcast (except in /31, /32). */
export function hostRange(cidr: Cidr): { first: bigint; last: bigint } {
  if (cidr.last - cidr.first < 2n) return { first: cidr.first, last: cidr.last };
  return { first: cidr.first + 1n, last: cidr.version === 4 ? cidr.last - 1n : cidr.last };
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.version === b.version && a.first <= b.last && b.first <= a.last;
}
