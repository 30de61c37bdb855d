// One action of a policy rule, ready to be carried out on a request or a response.
import type { PersistenceConfig } from '../contract.ts';
import type { Headers } from '../http/headers.ts';
import { requestUri } from '../http/request-uri.ts';
import { redirectTo, type Transaction } from '../http/transaction.ts';
import { isSet, numberOf, textOf, UnsupportedPolicyError, type PolicyFields } from './fields.ts';

export interface Action {
  needsResponse: boolean;
  run(transaction: Transaction): void;
}

/** Turns a value of a policy into the text it stands for: `tcl:` expressions are evaluated per request. */
export type TextExpander = (text: string) => (transaction: Transaction) => string;

type Run = Action['run'];
type RunOf = (fields: PolicyFields, expand: TextExpander) => Run;

const ACTIONS: Readonly<Record<string, RunOf>> = {
  forward,
  httpReply,
  shutdown: () => (transaction) => {
    transaction.decision.isReset = true;
  },
  httpHeader,
  httpHost: (fields, expand) => {
    const value = expand(textOf(fields, 'value') ?? '');
    return (transaction) => transaction.request.headers.set('Host', value(transaction));
  },
  httpUri,
  httpCookie,
  persist,
  // Neither changes what is forwarded where.
  log: () => () => undefined,
  disable: () => () => undefined,
};

/** @throws UnsupportedPolicyError */
export function compileAction(fields: PolicyFields, expand: TextExpander): Action {
  const kind = Object.keys(ACTIONS).find((name) => isSet(fields, name));
  const build = kind === undefined ? undefined : ACTIONS[kind];
  if (build === undefined) throw new UnsupportedPolicyError('action of an unknown kind');
  return { needsResponse: isSet(fields, 'response'), run: build(fields, expand) };
}

/** The first matching rule that forwards, answers or refuses decides. */
function isOpen({ decision }: Transaction): boolean {
  return (
    decision.pool === null && decision.node === null && decision.reply === null && !decision.isReset
  );
}

function forward(fields: PolicyFields): Run {
  if (isSet(fields, 'reset'))
    return (transaction) => {
      if (isOpen(transaction)) transaction.decision.isReset = true;
    };
  const pool = textOf(fields, 'pool');
  if (pool !== undefined)
    return (transaction) => {
      if (isOpen(transaction)) transaction.decision.pool = pool;
    };
  const address = textOf(fields, 'node');
  if (address === undefined)
    throw new UnsupportedPolicyError('forward without pool, node or reset');
  const port = numberOf(fields, 'port') ?? 0;
  return (transaction) => {
    if (isOpen(transaction))
      transaction.decision.node = { address, port: port || transaction.client.localPort };
  };
}

function httpReply(fields: PolicyFields, expand: TextExpander): Run {
  const location = textOf(fields, 'location');
  if (!isSet(fields, 'redirect') || location === undefined)
    throw new UnsupportedPolicyError('reply other than a redirect');
  const target = expand(location);
  const status = numberOf(fields, 'statusCode') || numberOf(fields, 'code') || 302;
  return (transaction) => {
    if (isOpen(transaction)) transaction.decision.reply = redirectTo(target(transaction), status);
  };
}

function httpHeader(fields: PolicyFields, expand: TextExpander): Run {
  const name = textOf(fields, 'tmName');
  if (name === undefined) throw new UnsupportedPolicyError('header action without tmName');
  const value = expand(textOf(fields, 'value') ?? '');
  const headersOf = (transaction: Transaction): Headers | undefined =>
    isSet(fields, 'response') ? transaction.response?.headers : transaction.request.headers;
  if (isSet(fields, 'remove')) return (transaction) => headersOf(transaction)?.remove(name);
  if (isSet(fields, 'replace'))
    return (transaction) => headersOf(transaction)?.set(name, value(transaction));
  return (transaction) => headersOf(transaction)?.add(name, value(transaction));
}

function httpUri(fields: PolicyFields, expand: TextExpander): Run {
  const whole = textOf(fields, 'value');
  const path = textOf(fields, 'path');
  const query = textOf(fields, 'queryString');
  const [newWhole, newPath, newQuery] = [whole, path, query].map((text) =>
    text === undefined ? undefined : expand(text),
  );
  return (transaction) => {
    const uri = requestUri(transaction.request);
    const nextPath = newPath?.(transaction) ?? uri.path;
    const nextQuery = newQuery?.(transaction) ?? uri.query;
    transaction.request.target =
      newWhole?.(transaction) ?? (nextQuery === '' ? nextPath : `${nextPath}?${nextQuery}`);
  };
}

function httpCookie(fields: PolicyFields, expand: TextExpander): Run {
  const name = textOf(fields, 'tmName');
  if (name === undefined) throw new UnsupportedPolicyError('cookie action without tmName');
  const value = expand(textOf(fields, 'value') ?? '');
  return (transaction) => {
    const { headers } = transaction.request;
    const kept = headers
      .getAll('cookie')
      .flatMap((field) => field.split(/;\s*/))
      .filter((pair) => pair !== '' && (isSet(fields, 'insert') || !pair.startsWith(`${name}=`)));
    if (!isSet(fields, 'remove')) kept.push(`${name}=${value(transaction)}`);
    if (kept.length === 0) headers.remove('cookie');
    else headers.set('Cookie', kept.join('; '));
  };
}

function persist(fields: PolicyFields): Run {
  const persistence = persistenceOf(fields);
  return (transaction) => {
    transaction.decision.persistence = persistence;
  };
}

const TIMEOUT_SECONDS_DEFAULT = 180;

function persistenceOf(fields: PolicyFields): PersistenceConfig | null {
  if (isSet(fields, 'disable')) return null;
  const timeoutSeconds = numberOf(fields, 'timeout') || TIMEOUT_SECONDS_DEFAULT;
  const mask = textOf(fields, 'netmask') ?? null;
  if (isSet(fields, 'cookieInsert'))
    return {
      type: 'cookie',
      method: 'insert',
      cookieName: textOf(fields, 'tmName') ?? null,
      timeoutSeconds: numberOf(fields, 'expirySecs') ?? 0,
    };
  if (isSet(fields, 'sourceAddress')) return { type: 'source-addr', timeoutSeconds, mask };
  if (isSet(fields, 'destinationAddress')) return { type: 'dest-addr', timeoutSeconds, mask };
  throw new UnsupportedPolicyError('persistence action of an unknown method');
}
