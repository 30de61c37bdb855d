// Reads `transport_url` as OpenStack services write it.
// @see oslo.messaging `oslo_messaging/transport.py` TransportURL
import { LbaasError } from '@f5-lbaas/model';

export interface BrokerAddress {
  /** `<host>:<port>`, several for a cluster; tried in turn. */
  hosts: string[];
  username: string;
  password: string;
  vhost: string;
  isTls: boolean;
}

const TLS_PORT = 5671;

const SCHEMES: Record<string, { isTls: boolean; port: number }> = {
  rabbit: { isTls: false, port: 5672 },
  amqp: { isTls: false, port: 5672 },
  amqps: { isTls: true, port: TLS_PORT },
};

/**
 * @param text `rabbit://user:password@host:5672,user:password@host2:5672/vhost?ssl=1`, or `amqp(s)://` the same;
 * the first host's credentials hold for all
 * @throws LbaasError kind `bad_request`, code ERR_TRANSPORT_URL; the message does not repeat the URL
 */
export function parseTransportUrl(text: string): BrokerAddress {
  const match = /^([a-z]+):\/\/([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(text.trim());
  const [, scheme = '', authorities = '', path = '', query = ''] = match ?? [];
  const defaults = SCHEMES[scheme];
  if (defaults === undefined) throw invalid("it does not start with 'rabbit://' or 'amqp(s)://'");
  const isTls = defaults.isTls || new URLSearchParams(query).get('ssl') === '1';
  const parts = authorities.split(',').filter((part) => part !== '');
  if (parts.length === 0) throw invalid('it names no host');
  return {
    hosts: parts.map((part) => hostOf(part, isTls ? TLS_PORT : defaults.port)),
    ...credentialsOf(parts[0] ?? ''),
    vhost: decoded(path) || '/',
    isTls,
  };
}

/** RabbitMQ's own account where the URL names none. */
function credentialsOf(authority: string): { username: string; password: string } {
  const end = authority.lastIndexOf('@');
  if (end < 0) return { username: 'guest', password: 'guest' };
  const [username = '', ...password] = authority.slice(0, end).split(':');
  return { username: decoded(username), password: decoded(password.join(':')) };
}

function hostOf(authority: string, defaultPort: number): string {
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (host.includes('[') || host.split(':').length > 2) {
    throw invalid('IPv6 addresses are not supported there; use a host name');
  }
  const [name = '', port = String(defaultPort)] = host.split(':');
  if (name === '') throw invalid('a host name is empty');
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw invalid(`'${port}' is not a port`);
  return `${name}:${port}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('a percent sign in it is not followed by two hex digits');
  }
}

function invalid(why: string): LbaasError {
  return new LbaasError(
    'bad_request',
    'ERR_TRANSPORT_URL',
    `transport_url cannot be used: ${why}.`,
  );
}
