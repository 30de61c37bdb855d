// A client connection with an HTTP profile: every request finds its pool and member, or an answer of its own.
import type { ClientConnection } from '../client/client-connection.ts';
import type { PersistenceConfig } from '../contract.ts';
import { requestCookie } from '../http/cookies.ts';
import type { ClientStream } from '../http/client-stream.ts';
import { forwardedRequest } from '../http/forward-request.ts';
import { Http1Client } from '../http/http1-client.ts';
import { serveHttp2 } from '../http/http2-client.ts';
import { HttpExchange } from '../http/http-exchange.ts';
import type { ResponseHead } from '../http/message-head.ts';
import { rewriteRedirect } from '../http/redirect-rewrite.ts';
import { serverSource, type Binding } from '../http/server-source.ts';
import { newDecision, redirectTo, type Decision, type Transaction } from '../http/transaction.ts';
import type { RuleSession } from '../irule/rule-context.ts';
import { setPersistenceCookie } from '../persistence/persistence-cookie.ts';
import type { PersistenceSubject } from '../persistence/persister.ts';
import type { PolicyRun } from '../policy/policy.ts';
import type { Member } from '../pool/member.ts';
import type { Pool } from '../pool/pool.ts';
import { greeting } from './greeting.ts';
import { sendReply } from './local-reply.ts';
import type { VirtualRuntime } from './virtual-runtime.ts';

/** @param alpn protocol the TLS handshake agreed on; empty on plain connections */
export function serveHttp(
  virtual: VirtualRuntime,
  client: ClientConnection,
  session: RuleSession,
  alpn: string,
): void {
  if (alpn === 'h2') {
    serveHttp2(client, virtual.meter, (stream) => serveRequest(virtual, stream, session, null));
    return;
  }
  const binding: Binding = { pool: null, server: null };
  client.raw.on('close', () => binding.server?.destroy());
  const options = {
    connection: client,
    meter: virtual.meter,
    clock: virtual.services.clock,
    headTimeoutMs: virtual.dial.idleTimeoutMs,
  };
  new Http1Client(options, (stream) => serveRequest(virtual, stream, session, binding));
}

/** What is settled about a request before a member is chosen. */
interface Route {
  transaction: Transaction;
  runs: PolicyRun[];
  pool: Pool;
  order: (PersistenceConfig | null)[];
  subject: PersistenceSubject;
  persisted: Member | undefined;
}

function serveRequest(
  virtual: VirtualRuntime,
  stream: ClientStream,
  session: RuleSession,
  binding: Binding | null,
): void {
  virtual.meter.countRequest();
  const transaction: Transaction = {
    client: stream.connection,
    request: { ...stream.request, headers: stream.request.headers.clone() },
    response: null,
    server: null,
    decision: newDecision(),
  };
  const { isOk, runs } = virtual.program.onRequest(session, transaction);
  const { decision } = transaction;
  if (!isOk || decision.isReset) {
    stream.reset();
    return;
  }
  if (decision.reply !== null) {
    sendReply(stream, decision.reply, virtual.config.http?.serverAgentName ?? null);
    return;
  }
  const pool = poolFor(virtual, decision, session);
  if (pool === undefined) refuse(virtual, stream);
  else
    forward(virtual, stream, session, { binding, route: route(virtual, transaction, runs, pool) });
}

/** Nobody can serve the request: the fallback of the http profile, else a reset. */
function refuse({ config }: VirtualRuntime, stream: ClientStream): void {
  const fallback = config.http?.fallbackHost ?? null;
  if (fallback === null) {
    stream.reset();
    return;
  }
  const location = fallback.includes('://') ? fallback : `http://${fallback}/`;
  sendReply(stream, redirectTo(location, 302), config.http?.serverAgentName ?? null);
}

function poolFor(
  virtual: VirtualRuntime,
  decision: Decision,
  session: RuleSession,
): Pool | undefined {
  if (decision.node !== null) return virtual.nodePool(decision.node);
  const path = decision.pool ?? session.pool ?? virtual.config.pool;
  return path === null ? undefined : virtual.services.pool(path);
}

function route(
  virtual: VirtualRuntime,
  transaction: Transaction,
  runs: PolicyRun[],
  pool: Pool,
): Route {
  const { config, persister } = virtual;
  const { client, request, decision } = transaction;
  const order =
    decision.persistence === undefined
      ? [config.persistence, config.fallbackPersistence]
      : [decision.persistence];
  const subject: PersistenceSubject = {
    clientAddress: client.remoteAddress,
    destinationAddress: client.localAddress,
    cookie: (name) => requestCookie(request.headers, name),
    universal: decision.universal,
  };
  const persisted = persister.find(order, pool, subject);
  return { transaction, runs, pool, order, subject, persisted };
}

function forward(
  virtual: VirtualRuntime,
  stream: ClientStream,
  session: RuleSession,
  { binding, route }: { binding: Binding | null; route: Route },
): void {
  const { config, services, persister } = virtual;
  const { transaction, order, subject } = route;
  new HttpExchange({
    stream,
    meter: virtual.meter,
    request: forwardedRequest(transaction.request, {
      framing: stream.requestFraming,
      profile: config.http,
      clientAddress: transaction.client.remoteAddress,
    }),
    source: serverSource({
      client: stream.connection,
      clock: services.clock,
      pool: route.pool,
      persisted: route.persisted,
      dial: virtual.dial,
      oneConnect: config.oneConnect,
      reuse: virtual.reuse,
      binding,
      greet: () => greeting(virtual, session),
    }),
    onServer: ({ member }) => {
      transaction.server = { address: member.host, port: member.port };
      persister.remember(order, member, subject);
    },
    onNoServer: () => refuse(virtual, stream),
    onResponse: (head, { member }) => onResponse(virtual, session, route, { head, member }),
  }).start();
}

/** What the http profile does to responses for clients that came by TLS. */
function protectResponse({ config }: VirtualRuntime, route: Route, head: ResponseHead): void {
  if (config.http === null) return;
  const { redirectRewrite: mode, strictTransportSecurity } = config.http;
  if (mode !== 'none')
    rewriteRedirect(head, {
      mode,
      request: route.transaction.request,
      memberAddresses: new Set([...route.pool.members.values()].map(({ host }) => host)),
    });
  if (strictTransportSecurity !== null)
    head.headers.set('Strict-Transport-Security', strictTransportSecurity);
}

/** @returns false when the response must not reach the client */
function onResponse(
  virtual: VirtualRuntime,
  session: RuleSession,
  route: Route,
  { head, member }: { head: ResponseHead; member: Member },
): boolean {
  const { transaction, runs, order, persisted } = route;
  transaction.response = head;
  if (transaction.client.tls !== null) protectResponse(virtual, route, head);
  for (const run of runs) run.onResponse(transaction);
  if (!virtual.program.run('HTTP_RESPONSE', session, transaction)) return false;
  if (transaction.decision.isReset) return false;
  virtual.persister.addUniversal(order, member, transaction.decision.universalToAdd);
  const [persistence] = order;
  if (persistence?.type === 'cookie')
    setPersistenceCookie(head.headers, {
      config: persistence,
      member,
      isKnown: member === persisted,
      isTls: transaction.client.tls !== null,
      nowMs: virtual.services.clock.nowMs(),
    });
  return true;
}
