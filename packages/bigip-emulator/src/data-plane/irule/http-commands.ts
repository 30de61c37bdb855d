// HTTP commands of iRules. In HTTP_RESPONSE they look at the response where the device does.
import { requestCookie, responseCookie } from '../http/cookies.ts';
import type { Headers } from '../http/headers.ts';
import { requestUri } from '../http/request-uri.ts';
import { redirectTo, type Transaction } from '../http/transaction.ts';
import { lookUp } from './look-up.ts';
import { RuleRuntimeError, type RuleContext } from './rule-context.ts';

type Run = (context: RuleContext, args: string[]) => string;

export const HTTP_COMMANDS: Readonly<Record<string, Run>> = {
  'HTTP::method': (context) => transactionOf(context).request.method,
  'HTTP::version': (context) => transactionOf(context).request.version,
  'HTTP::host': (context, [value]) => {
    const { request } = transactionOf(context);
    if (value !== undefined) request.headers.set('Host', value);
    return request.headers.get('host') ?? '';
  },
  'HTTP::uri': (context, [value]) => {
    const { request } = transactionOf(context);
    if (value !== undefined) request.target = value;
    return request.target;
  },
  'HTTP::path': (context, [value]) => {
    const { request } = transactionOf(context);
    const { path, query } = requestUri(request);
    if (value === undefined) return path;
    request.target = query === '' ? value : `${value}?${query}`;
    return value;
  },
  'HTTP::query': (context) => requestUri(transactionOf(context).request).query,
  'HTTP::status': (context) => String(transactionOf(context).response?.status ?? ''),
  'HTTP::is_redirect': (context) => {
    const response = transactionOf(context).response;
    return response !== null && response.status >= 300 && response.status < 400 ? '1' : '0';
  },
  'HTTP::header': header,
  'HTTP::cookie': cookie,
  'HTTP::redirect': (context, [location = '']) => {
    requestOnly(context).decision.reply = redirectTo(location, 302);
    return '';
  },
  'HTTP::respond': respond,
};

function transactionOf({ transaction, event }: RuleContext): Transaction {
  if (transaction === null) throw new RuleRuntimeError(`HTTP command in ${event}`);
  return transaction;
}

/** EMULATOR: a response of the member cannot be replaced once it has begun. */
function requestOnly(context: RuleContext): Transaction {
  const transaction = transactionOf(context);
  if (transaction.response !== null)
    throw new RuleRuntimeError(`A reply of the rule's own is not supported in ${context.event}`);
  return transaction;
}

function headersOf(context: RuleContext): Headers {
  const { request, response } = transactionOf(context);
  return response === null ? request.headers : response.headers;
}

const HEADER: Readonly<Record<string, (headers: Headers, args: string[]) => string>> = {
  value: (headers, [name = '']) => headers.get(name) ?? '',
  values: (headers, [name = '']) => headers.getAll(name).join(' '),
  exists: (headers, [name = '']) => (headers.has(name) ? '1' : '0'),
  count: (headers, [name]) =>
    String(name === undefined ? headers.count : headers.getAll(name).length),
  insert: (headers, args) => {
    const pairs = args[0] === 'lws' ? args.slice(1) : args;
    for (let i = 0; i < pairs.length; i += 2)
      headers.add((pairs[i] ?? '').replace(/:$/, ''), pairs[i + 1] ?? '');
    return '';
  },
  replace: (headers, [name = '', value = '']) => {
    headers.set(name, value);
    return '';
  },
  remove: (headers, names) => {
    for (const name of names) headers.remove(name);
    return '';
  },
};

function header(context: RuleContext, args: string[]): string {
  const [operation = '', ...rest] = args;
  const run = lookUp(HEADER, operation);
  if (run !== undefined) {
    for (const text of rest)
      if (/[\r\n\0]/.test(text)) throw new RuleRuntimeError('Line end in a header');
    return run(headersOf(context), rest);
  }
  return headersOf(context).get(operation) ?? '';
}

function cookie(context: RuleContext, args: string[]): string {
  const { request, response } = transactionOf(context);
  const [operation = '', name = ''] = args;
  const read = (wanted: string): string | undefined =>
    response === null
      ? requestCookie(request.headers, wanted)
      : responseCookie(response.headers, wanted);
  if (operation === 'exists') return read(name) === undefined ? '0' : '1';
  if (operation === 'value') return read(name) ?? '';
  if (args.length === 1) return read(operation) ?? '';
  throw new RuleRuntimeError(`HTTP::cookie ${operation} is not supported`);
}

/** `HTTP::respond 302 ?content TEXT? ?noserver? Name Value ...` */
function respond(context: RuleContext, [status = '200', ...rest]: string[]): string {
  const headers: [string, string][] = [];
  let body = '';
  while (rest.length > 0) {
    const name = rest.shift() ?? '';
    if (name === 'noserver' || name === '-version') continue;
    const value = rest.shift() ?? '';
    if (name === 'content') body = value;
    else headers.push([name, value]);
  }
  requestOnly(context).decision.reply = { status: Number(status), headers, body };
  return '';
}
