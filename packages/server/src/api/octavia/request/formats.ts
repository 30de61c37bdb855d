// The textual formats of attributes: what is accepted, how it is normalised, what is said otherwise.
import ipaddr from 'ipaddr.js';

export interface Format {
  /** Undefined: not of this format. */
  normalise(value: string): string | undefined;
  sentence: string;
}

const ALPN_PROTOCOLS = ['h2', 'http/1.1', 'http/1.0'];

/** Like Python's `uuid.UUID`: braces, `urn:uuid:`, case and dashes do not matter. */
function uuid(value: string): string | undefined {
  const digits = value
    .replace('urn:', '')
    .replace('uuid:', '')
    .replace(/^[{}]+|[{}]+$/g, '')
    .replaceAll('-', '')
    .toLowerCase();
  const parts = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(digits);
  return parts === null ? undefined : parts.slice(1).join('-');
}

function isIpAddress(value: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(value) || isIpv6(value);
}

/** Zone identifiers are not for stored addresses. */
function isIpv6(value: string): boolean {
  return !value.includes('%') && ipaddr.IPv6.isValid(value);
}

function cidr(value: string): string | undefined {
  const [address = '', prefix, ...rest] = value.split('/');
  if (rest.length > 0 || !isIpAddress(address)) return undefined;
  const parsed = ipaddr.parse(address);
  const bitsMax = parsed.kind() === 'ipv4' ? 32 : 128;
  const bits = prefix === undefined ? bitsMax : /^\d{1,3}$/.test(prefix) ? Number(prefix) : NaN;
  if (!(bits <= bitsMax)) return undefined;
  const network =
    parsed.kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(`${address}/${bits}`)
      : ipaddr.IPv6.networkAddressFromCIDR(`${address}/${bits}`);
  return `${network.toString()}/${bits}`;
}

/** http or https, with a host, without spaces and control characters. */
function isUrl(value: string): boolean {
  if (!/^https?:\/\/[^/?#\s]+[^\x00-\x20\x7f]*$/i.test(value)) return false;
  try {
    return new URL(value).hostname !== '';
  } catch {
    return false;
  }
}

/** Path, maybe with query and fragment. */
function isUrlPath(value: string): boolean {
  return /^\/(?!\/)[^\x00-\x20\x7f"<>\\^`{|}]*$/.test(value);
}

function when(accepts: (value: string) => boolean): Format['normalise'] {
  return (value) => (accepts(value) ? value : undefined);
}

/** Name as in a schema's `format` -> the format. */
export const FORMATS: Readonly<Record<string, Format>> = {
  uuid: { normalise: uuid, sentence: 'Value should be UUID format' },
  ip: { normalise: when(isIpAddress), sentence: 'Value should be IPv4 or IPv6 format' },
  cidr: { normalise: cidr, sentence: 'Value should be IPv4 or IPv6 CIDR format' },
  url: { normalise: when(isUrl), sentence: 'Value must be a valid URL string' },
  'url-path': { normalise: when(isUrlPath), sentence: 'Value must be a valid URL Path string' },
  alpn: {
    normalise: when((value) => ALPN_PROTOCOLS.includes(value)),
    sentence: 'Value should be a valid ALPN protocol ID',
  },
};
