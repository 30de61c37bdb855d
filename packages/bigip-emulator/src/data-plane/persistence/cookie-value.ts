// The persistence cookie of a BIG-IP: which member it names. Encodes and decodes all three documented forms.
// @see F5 K6917 (cookie persistence encoding)
import ipaddr from 'ipaddr.js';

export interface CookieEndpoint {
  /** Without route domain. */
  address: string;
  routeDomain: number;
  port: number;
}

/** `BIGipServerp1` for `/Common/p1`, `BIGipServer~T1~p1` elsewhere. */
export function persistenceCookieName(poolPath: string): string {
  const common = '/Common/';
  return poolPath.startsWith(common) && !poolPath.slice(common.length).includes('/')
    ? `BIGipServer${poolPath.slice(common.length)}`
    : `BIGipServer${poolPath.replaceAll('/', '~')}`;
}

export function encodeCookie({ address, routeDomain, port }: CookieEndpoint): string {
  const bytes = ipaddr.parse(address).toByteArray();
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (routeDomain !== 0) {
    const mapped = bytes.length === 4 ? `00000000000000000000ffff${hex}` : hex;
    return `rd${routeDomain}o${mapped}o${port}`;
  }
  if (bytes.length === 16) return `vi${hex}.${swapPort(port)}`;
  const littleEndian = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
  return `${littleEndian}.${swapPort(port)}.0000`;
}

/** Undefined when the value is none of the device's forms. */
export function decodeCookie(value: string): CookieEndpoint | undefined {
  return decodeIpv4(value) ?? decodeIpv6(value) ?? decodeRouteDomain(value);
}

function decodeIpv4(value: string): CookieEndpoint | undefined {
  const match = /^(\d{1,10})\.(\d{1,5})\.0000$/.exec(value);
  const number = Number(match?.[1]);
  const port = Number(match?.[2]);
  if (match === null || number > 0xffffffff || port > 0xffff) return undefined;
  const bytes = [0, 8, 16, 24].map((shift) => (number >>> shift) & 0xff);
  return { address: bytes.join('.'), routeDomain: 0, port: swapPort(port) };
}

function decodeIpv6(value: string): CookieEndpoint | undefined {
  const match = /^vi([0-9a-f]{32})\.(\d{1,5})$/i.exec(value);
  if (match?.[1] === undefined || Number(match[2]) > 0xffff) return undefined;
  return { address: hexAddress(match[1]), routeDomain: 0, port: swapPort(Number(match[2])) };
}

function decodeRouteDomain(value: string): CookieEndpoint | undefined {
  const match = /^rd(\d{1,5})o([0-9a-f]{32})o(\d{1,5})$/i.exec(value);
  if (match?.[2] === undefined || Number(match[3]) > 0xffff) return undefined;
  return {
    address: hexAddress(match[2]),
    routeDomain: Number(match[1]),
    port: Number(match[3]),
  };
}

/** The port's two bytes in network order, read as a little-endian number. */
function swapPort(port: number): number {
  return ((port & 0xff) << 8) | (port >> 8);
}

function hexAddress(hex: string): string {
  const bytes = Array.from(Buffer.from(hex, 'hex'));
  const address = ipaddr.fromByteArray(bytes);
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress())
    return address.toIPv4Address().toString();
  return address.toString();
}
