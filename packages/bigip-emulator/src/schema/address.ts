// Addresses with route domains: `10.1.2.3%5`, `2001:db8::1%5/64`, destinations `10.1.2.3%5:80` and
// `2001:db8::1.80` (iControl REST 2.1, 6.1). The stored form names every route domain but 0.
import ipaddr from 'ipaddr.js';
import { mcpError, validationError, type DeviceError } from '../errors.ts';
import { serviceNumber } from './services.ts';

export interface Address {
  /** Canonical text without route domain, lower case. */
  ip: string;
  routeDomain: number;
  /** Prefix length, when one was given. */
  prefix?: number;
  family: 'ipv4' | 'ipv6';
}

const SHAPE = /^(?<ip>[0-9A-Fa-f:.]+|any6?)(?:%(?<rd>\d{1,5}))?(?:\/(?<mask>[0-9A-Fa-f:.]+))?$/;

function invalidAddress(text: string): DeviceError {
  return validationError(`"${text}" invalid address`);
}

export function unknownRouteDomain(id: string, address: string): DeviceError {
  return mcpError(
    '01070973:3',
    `The specified route domain (${id}) does not exist for address (${address}).`,
  );
}

function canonicalIp(text: string): { ip: string; family: 'ipv4' | 'ipv6' } | undefined {
  if (text === 'any') return { ip: '0.0.0.0', family: 'ipv4' };
  if (text === 'any6') return { ip: '::', family: 'ipv6' };
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
    return { ip: ipaddr.IPv4.parse(text).toString(), family: 'ipv4' };
  }
  if (text.includes(':') && ipaddr.IPv6.isValid(text)) {
    return { ip: ipaddr.IPv6.parse(text).toString(), family: 'ipv6' };
  }
  return undefined;
}

function prefixLength(mask: string, family: 'ipv4' | 'ipv6'): number | undefined {
  const bits = family === 'ipv4' ? 32 : 128;
  if (/^\d{1,3}$/.test(mask)) return Number(mask) <= bits ? Number(mask) : undefined;
  if (!ipaddr.isValid(mask)) return undefined;
  const parsed = ipaddr.parse(mask);
  return parsed.kind() === family ? (parsed.prefixLengthFromSubnetMask() ?? undefined) : undefined;
}

/** @param defaultRouteDomain applies when the text has no `%id` */
export function tryParseAddress(text: string, defaultRouteDomain: number): Address | undefined {
  const groups = SHAPE.exec(text)?.groups;
  const found = canonicalIp(groups?.['ip']?.toLowerCase() ?? '');
  if (groups === undefined || found === undefined) return undefined;
  const routeDomain = groups['rd'] === undefined ? defaultRouteDomain : Number(groups['rd']);
  if (routeDomain > 65534) return undefined;
  if (groups['mask'] === undefined) return { ...found, routeDomain };
  const prefix = prefixLength(groups['mask'], found.family);
  return prefix === undefined ? undefined : { ...found, routeDomain, prefix };
}

/** @throws DeviceError `"x" invalid address` */
export function parseAddress(text: string, defaultRouteDomain: number): Address {
  const address = tryParseAddress(text, defaultRouteDomain);
  if (address === undefined) throw invalidAddress(text);
  return address;
}

/** Stored form: `10.1.2.3`, `10.1.2.3%5`, with `/len` when there is a prefix. */
export function storedAddress(address: Address): string {
  return formatAddress(address, 0);
}

/** As shown in a partition: `%id` only when it differs from the partition's default route domain. */
export function formatAddress(address: Address, defaultRouteDomain: number): string {
  const suffix = address.routeDomain === defaultRouteDomain ? '' : `%${address.routeDomain}`;
  const prefix = address.prefix === undefined ? '' : `/${address.prefix}`;
  return `${address.ip}${suffix}${prefix}`;
}

/** Stored form to the form shown in a partition. */
export function showAddress(stored: string, defaultRouteDomain: number): string {
  if (defaultRouteDomain === 0) return stored;
  const address = tryParseAddress(stored, 0);
  return address === undefined ? stored : formatAddress(address, defaultRouteDomain);
}

export function routeDomainOf(stored: string): number {
  return Number(/%(\d+)/.exec(stored)?.[1] ?? 0);
}

export function withoutRouteDomain(stored: string): string {
  return stored.replace(/%\d+/, '');
}

/** Network of an address with prefix, as CIDR without route domain. */
export function networkOf(address: Address): string {
  const text = `${address.ip}/${address.prefix ?? (address.family === 'ipv4' ? 32 : 128)}`;
  const network =
    address.family === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(text)
      : ipaddr.IPv6.networkAddressFromCIDR(text);
  return `${network.toString()}/${text.split('/')[1] ?? ''}`;
}

/** True when the address lies in the network of a CIDR (route domains are the caller's matter). */
export function isInNetwork(ip: string, cidr: string): boolean {
  const address = ipaddr.parse(ip);
  const [network, length] = ipaddr.parseCIDR(cidr);
  return address.kind() === network.kind() && address.match([network, length]);
}

/** Dotted or colon mask of a prefix length; host mask when undefined. */
export function maskOf(address: Address): string {
  const length = address.prefix ?? (address.family === 'ipv4' ? 32 : 128);
  return address.family === 'ipv4'
    ? ipaddr.IPv4.subnetMaskFromPrefixLength(length).toString()
    : ipaddr.IPv6.subnetMaskFromPrefixLength(length).toString();
}

/** Splits `name:port`, `10.0.0.1%5:80`, `2001:db8::1.80` at the port. Port 0 = any. */
export function splitPort(text: string): { host: string; port: number } | undefined {
  const colons = text.split(':').length - 1;
  const dotted = colons >= 2 || text.startsWith('any6');
  const at = dotted ? text.lastIndexOf('.') : text.lastIndexOf(':');
  if (at <= 0) return undefined;
  const port = serviceNumber(text.slice(at + 1));
  return port === undefined ? undefined : { host: text.slice(0, at), port };
}

/** `10.0.0.1:80`, `2001:db8::1.80`, `web1:80`. */
export function joinPort(host: string, port: number): string {
  return host.includes(':') ? `${host}.${port}` : `${host}:${port}`;
}
