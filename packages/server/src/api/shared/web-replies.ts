// What every dialect does alike with the web framework: reading a call, answering it, telling refusals in the log.
import type { Logger } from '@f5-lbaas/platform';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { Identity } from '../../policy/identity.ts';
import type { Answer, Call } from './http-call.ts';
import { pythonJson } from './python-json.ts';

/** Bodies reach handlers as text, whatever their type: each dialect has its own words for a wrong one. */
export function takeBodiesAsText(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
}

/** @param baseUri base of links, instead of scheme and host of the request */
export function callOf(
  request: FastifyRequest,
  identity: Identity,
  baseUri: string | undefined,
): Call {
  return {
    identity,
    params: Object.fromEntries(
      Object.entries(request.params ?? {}).map(([name, value]) => [name, String(value)]),
    ),
    query: new URL(request.url, 'http://localhost').searchParams,
    body: typeof request.body === 'string' ? request.body : '',
    url: urlOf(request, baseUri),
  };
}

/** As the client wrote it, without query. */
export function urlOf(request: FastifyRequest, baseUri: string | undefined): string {
  const path = request.originalUrl.split('?', 1)[0] ?? '/';
  return `${baseUri?.replace(/\/+$/, '') ?? `${request.protocol}://${request.host}`}${path}`;
}

/** No id has one, and not every database can look for it. */
export function hasNullCharacter({ params }: Pick<Call, 'params'>): boolean {
  return Object.values(params).some((value) => value.includes('\0'));
}

/** What the framework itself refuses: bodies too large, broken percent-encoding and the like. */
export function frameworkStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500
    ? statusCode
    : undefined;
}

/** Answers what a handler threw, and says so in the log. */
export function refuse(
  answer: Answer & { reason?: string },
  request: FastifyRequest,
  reply: FastifyReply,
  { error, logger, keystoneUrl }: { error: unknown; logger: Logger; keystoneUrl: string },
): void {
  logger[answer.status >= 500 ? 'error' : 'debug'](
    { request_id: request.id, method: request.method, path: request.url, err: error },
    'Request refused',
  );
  if (answer.status === 401) {
    void reply.header('www-authenticate', `Keystone uri="${keystoneUrl}"`);
  }
  send(reply, answer);
}

/** @param answer its `reason` replaces the status line's usual text */
export function send(reply: FastifyReply, answer: Answer & { reason?: string }): void {
  void reply.status(answer.status);
  if (answer.reason !== undefined) reply.raw.statusMessage = answer.reason;
  if (answer.body === undefined) {
    void reply.header('content-length', '0').send();
    return;
  }
  void reply.header('content-type', 'application/json').send(pythonJson(answer.body));
}
