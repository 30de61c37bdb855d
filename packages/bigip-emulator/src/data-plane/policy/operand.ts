// What a condition looks at: the part of a request, response or connection that its flags select.
import type { Transaction } from '../http/transaction.ts';
import { requestCookie } from '../http/cookies.ts';
import { pathExtension, queryParameter, requestUri } from '../http/request-uri.ts';
import { isSet, numberOf, textOf, UnsupportedPolicyError, type PolicyFields } from './fields.ts';

/** Undefined when the message has no such part. */
export type Operand = (transaction: Transaction) => string | undefined;

type OperandOf = (fields: PolicyFields) => Operand;

const OPERANDS: Readonly<Record<string, OperandOf>> = {
  httpHost: (fields) => {
    if (isSet(fields, 'port'))
      return ({ request }) => portText(requestUri(request).port) ?? undefined;
    if (isSet(fields, 'host')) return ({ request }) => requestUri(request).host;
    return ({ request }) => request.headers.get('host');
  },
  httpUri,
  httpHeader: (fields) => {
    const name = nameOf(fields);
    return isSet(fields, 'response')
      ? ({ response }) => response?.headers.get(name)
      : ({ request }) => request.headers.get(name);
  },
  httpCookie: (fields) => {
    const name = nameOf(fields);
    return ({ request }) => requestCookie(request.headers, name);
  },
  httpMethod:
    () =>
    ({ request }) =>
      request.method,
  httpVersion:
    () =>
    ({ request }) =>
      request.version,
  httpReferer:
    () =>
    ({ request }) =>
      request.headers.get('referer'),
  httpUserAgent:
    () =>
    ({ request }) =>
      request.headers.get('user-agent'),
  httpStatus: (fields) =>
    isSet(fields, 'text')
      ? ({ response }) => response?.reason
      : ({ response }) => (response === null ? undefined : String(response.status)),
  sslExtension:
    () =>
    ({ client }) =>
      client.tls?.serverName ?? undefined,
  clientSsl: (fields) =>
    isSet(fields, 'cipher')
      ? ({ client }) => client.tls?.cipher
      : ({ client }) => client.tls?.protocol,
  sslCert:
    () =>
    ({ client }) =>
      client.tls?.peerCommonName ?? undefined,
  tcp: (fields) => {
    const isLocal = isSet(fields, 'local');
    if (isSet(fields, 'port'))
      return ({ client }) => String(isLocal ? client.localPort : client.remotePort);
    return ({ client }) => (isLocal ? client.localAddress : client.remoteAddress);
  },
};

/** @throws UnsupportedPolicyError when no known operand is selected */
export function operandOf(fields: PolicyFields): Operand {
  const kind = Object.keys(OPERANDS).find((name) => isSet(fields, name));
  const build = kind === undefined ? undefined : OPERANDS[kind];
  if (build === undefined) throw new UnsupportedPolicyError('condition without a known operand');
  return build(fields);
}

function httpUri(fields: PolicyFields): Operand {
  if (isSet(fields, 'path')) return ({ request }) => requestUri(request).path;
  if (isSet(fields, 'extension'))
    return ({ request }) => pathExtension(requestUri(request).path) || undefined;
  if (isSet(fields, 'queryString')) return ({ request }) => requestUri(request).query || undefined;
  if (isSet(fields, 'queryParameter')) {
    const name = nameOf(fields);
    return ({ request }) => queryParameter(requestUri(request).query, name);
  }
  if (isSet(fields, 'pathSegment')) {
    const index = Math.max(numberOf(fields, 'index') ?? 1, 1);
    return ({ request }) => requestUri(request).path.split('/')[index] || undefined;
  }
  if (isSet(fields, 'host')) return ({ request }) => requestUri(request).host;
  if (isSet(fields, 'port'))
    return ({ request, client }) => String(requestUri(request).port ?? client.localPort);
  if (isSet(fields, 'scheme')) return ({ client }) => (client.tls !== null ? 'https' : 'http');
  return ({ request }) => request.target;
}

function nameOf(fields: PolicyFields): string {
  const name = textOf(fields, 'tmName');
  if (name === undefined) throw new UnsupportedPolicyError('condition without tmName');
  return name;
}

function portText(port: number | null): string | null {
  return port === null ? null : String(port);
}
