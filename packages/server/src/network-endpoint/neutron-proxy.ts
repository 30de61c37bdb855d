// Passes through to the real Neutron whatever is not load balancing: method, path, query, headers, bodies and
// errors as they come, in both directions. Neutron itself checks who may do it.
import { pipeline } from 'node:stream/promises';

import { HttpError, toError, type HttpForwarder, type Logger } from '@f5-lbaas/platform';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { pythonJson } from '../api/shared/python-json.ts';
import { neutronBody } from '../api/shared/neutron/faults.ts';

export interface NeutronProxyOptions {
  forwarder: HttpForwarder;
  /** Base URL of Neutron, without `/v2.0`. */
  upstream: string;
  /** Path of a request as Neutron knows it. */
  pathOf: (url: string) => string;
  logger: Logger;
}

/** Takes every path that no other route takes. */
export function neutronProxy(
  options: NeutronProxyOptions,
): (app: FastifyInstance) => Promise<void> {
  return (app) => {
    // Before the framework looks at the body, whose type and size are Neutron's business.
    app.addHook('onRequest', (request, reply) => pass(options, request, reply));
    app.all('/*', () => undefined);
    return Promise.resolve();
  };
}

async function pass(
  { forwarder, upstream, pathOf, logger }: NeutronProxyOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const client = reply.raw;
  const gone = new AbortController();
  client.once('close', () => {
    if (!client.writableFinished) gone.abort(new Error('The client went away.'));
  });
  reply.hijack();
  try {
    const answer = await forwarder.forward({
      method: request.method,
      base: upstream,
      path: pathOf(request.originalUrl),
      headers: { ...request.headers, ...forwarded(request) },
      body: hasBody(request) ? request.raw : null,
      signal: gone.signal,
    });
    client.writeHead(answer.status, answer.reason, answer.headers);
    await pipeline(answer.body, client);
  } catch (error) {
    if (gone.signal.aborted) return;
    const fields = { request_id: request.id, error: toError(error).message };
    logger.error(fields, 'Neutron did not answer');
    refuse(reply, error);
  }
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function forwarded(request: FastifyRequest): Record<string, string> {
  const before = [request.headers['x-forwarded-for']].flat().filter((one) => one !== undefined);
  const forwardedProto = [request.headers['x-forwarded-proto']].flat()[0];
  return {
    'x-forwarded-for': [...before, request.socket.remoteAddress ?? ''].join(', '),
    'x-forwarded-proto': forwardedProto ?? request.protocol,
  };
}

/** Too late for an answer of our own when Neutron's has begun: then the connection breaks, as Neutron's did. */
function refuse({ raw: client }: FastifyReply, error: unknown): void {
  if (client.headersSent) {
    client.destroy();
    return;
  }
  const status = error instanceof HttpError && error.phase === 'connect' ? 503 : 502;
  const type = status === 503 ? 'ServiceUnavailable' : 'HTTPBadGateway';
  const body = pythonJson(neutronBody(type, 'The network service does not answer.'));
  client.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  client.end(body);
}
