// Addresses as the device writes them: route domains, prefixes, masks. The data plane works on plain addresses,
// route domains only exist in names.
import ipaddr from 'ipaddr.js';

/** `10.0.0.1%5` -> `10.0.0.1`; an IPv4-mapped IPv6 address becomes IPv4. */
export function plainAddress(address: string): string {
  const percent = address.indexOf('%');
  const plain = percent === -1 ? address : address.slice(0, percent);
  return plain.startsWith('::ffff:') && plain.includes('.') ? plain.slice(7) : plain;
}

/** One spelling per address, without route domain: `2001:DB8:0::1%5` -> `2001:db8::1`. Host names stay as they are. */
export function canonicalAddress(address: string): string {
  const plain = plainAddress(address);
  return ipaddr.isValid(plain) ? ipaddr.process(plain).toString() : plain;
}

/** Route domain id of `10.0.0.1%5`; 0 when there is none. */
export function routeDomainOf(address: string): number {
  const match = /%(\d+)/.exec(address);
  return match?.[1] === undefined ? 0 : Number(match[1]);
}

/** `10.0.0.1:80`, `[2001:db8::1]:80` */
export function formatEndpoint(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

export interface Prefix {
  /** Bits of the prefix: the longest matching one wins. */
  length: number;
  matches(address: string): boolean;
}

const NOTHING: Prefix = { length: -1, matches: () => false };

/** Address or CIDR, with or without `%rd`. Text that is neither matches nothing. */
export function parsePrefix(text: string): Prefix {
  const [rawHost = '', rawBits] = text.replace(/%\d+/, '').split('/');
  if (!ipaddr.isValid(rawHost)) return NOTHING;
  const host = ipaddr.process(rawHost);
  const full = host.kind() === 'ipv4' ? 32 : 128;
  const length = prefixLength(rawBits, full);
  if (length === undefined) return NOTHING;
  const isV4 = full === 32;
  if (length === 0) return { length, matches: (address) => isV4 !== address.includes(':') };
  return {
    length,
    matches: (address) => {
      if (isV4 === address.includes(':') || !ipaddr.isValid(address)) return false;
      const candidate = ipaddr.parse(address);
      if (candidate instanceof ipaddr.IPv4 && host instanceof ipaddr.IPv4)
        return candidate.match(host, length);
      return (
        candidate instanceof ipaddr.IPv6 &&
        host instanceof ipaddr.IPv6 &&
        candidate.match(host, length)
      );
    },
  };
}

/** `24`, `255.255.255.0`, `ffff::`; undefined when it is no mask. */
function prefixLength(text: string | undefined, full: number): number | undefined {
  if (text === undefined) return full;
  if (/^\d+$/.test(text)) return Number(text) <= full ? Number(text) : undefined;
  if (!ipaddr.isValid(text)) return undefined;
  return ipaddr.parse(text).prefixLengthFromSubnetMask() ?? undefined;
}

/**
 * Network part of an address, for persistence keys. `none`, null or a mask of the other family keep the whole address;
 * `any` or an all-zero mask maps every client to one key.
 */
export function maskAddress(address: string, mask: string | null): string {
  if (mask === null || mask === 'none') return address;
  if (mask === 'any' || mask === '0.0.0.0' || mask === '::') return '*';
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.parse(address);
  if (!ipaddr.isValid(mask)) return address;
  const maskBytes = ipaddr.parse(mask).toByteArray();
  const bytes = parsed.toByteArray();
  if (maskBytes.length !== bytes.length) return address;
  return ipaddr.fromByteArray(bytes.map((byte, i) => byte & (maskBytes[i] ?? 0))).toString();
}
