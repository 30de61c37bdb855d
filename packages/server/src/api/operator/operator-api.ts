// The operator's API, `/operator/v1`: why something is in ERROR or pending. For administrators, read only, no part of Octavia.
import { LbaasError, type ErrorKind } from '@f5-lbaas/model';
import type { Logger } from '@f5-lbaas/platform';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { TokenCache } from '../../auth/token-cache.ts';
import type { Policy } from '../../policy/policy.ts';
import type { OperatorService } from '../../service/operator/operator-service.ts';
import { authenticate, UNAUTHENTICATED_BODY } from '../shared/authentication.ts';
import type { Answer } from '../shared/http-call.ts';
import { refuse, send } from '../shared/web-replies.ts';
import { errorView, loadBalancerView } from './views.ts';

export interface OperatorApiOptions {
  service: { operator: OperatorService };
  policy: Policy;
  tokens: Pick<TokenCache, 'facts'>;
  /** Told to clients that come without a valid token. */
  keystoneUrl: string;
  logger: Logger;
}

const ROOT = '/operator/v1';
const ERRORS_DEFAULT = 100;
const ERRORS_MAX = 1_000;

const STATUS: Partial<Record<ErrorKind, number>> = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  unavailable: 503,
};

interface Asked {
  id: string;
  query: URLSearchParams;
}

type Question = (asked: Asked) => Promise<Answer>;

/** Registers the API; as a plugin of its own so that its hooks stay its own. */
export function operatorApi(options: OperatorApiOptions): (app: FastifyInstance) => Promise<void> {
  const { operator } = options.service;
  const questions: Readonly<Record<string, Question>> = {
    '/errors': async ({ query }) => {
      const { errors, isTruncated } = await operator.errors(limitOf(query));
      return {
        status: 200,
        body: { errors: errors.map(errorView), is_truncated: isTruncated },
      };
    },
    '/loadbalancers/:id': async ({ id }) => {
      const { tree, agent } = await operator.loadBalancer(id);
      return { status: 200, body: { loadbalancer: loadBalancerView(tree, agent) } };
    },
  };
  return (app) => {
    app.setErrorHandler((error, request, reply) => fail(options, error, request, reply));
    for (const [path, question] of Object.entries(questions)) {
      app.get(ROOT + path, async (request, reply) => {
        void reply.header('x-openstack-request-id', request.id);
        await admit(options, request);
        const { searchParams: query } = new URL(request.url, 'http://localhost');
        const { id = '' } = request.params as { id?: string };
        send(reply, await question({ id, query }));
        return reply;
      });
    }
    return Promise.resolve();
  };
}

/** @throws LbaasError `unauthenticated`, `forbidden`, `unavailable` */
async function admit(
  { tokens, policy }: OperatorApiOptions,
  { headers }: FastifyRequest,
): Promise<void> {
  const identity = await authenticate(tokens, headers['x-auth-token']);
  if (policy.allows(identity, 'operator:read', null)) return;
  throw new LbaasError('forbidden', 'ERR_FORBIDDEN', 'This is for administrators.');
}

/** @throws LbaasError `bad_request` */
function limitOf(query: URLSearchParams): number {
  const text = query.get('limit') ?? String(ERRORS_DEFAULT);
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= ERRORS_MAX) return limit;
  const message = `limit: '${text}' is no whole number from 1 to ${ERRORS_MAX}.`;
  throw new LbaasError('bad_request', 'ERR_LIMIT', message);
}

function fail(
  { logger, keystoneUrl }: OperatorApiOptions,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  refuse(answerTo(error), request, reply, { error, logger, keystoneUrl });
}

/** Nothing about the cause of what is our own fault: that is in the log under the request id. */
function answerTo(error: unknown): Answer {
  const status = error instanceof LbaasError ? STATUS[error.kind] : undefined;
  if (status === 401) return { status, body: UNAUTHENTICATED_BODY };
  const message =
    error instanceof LbaasError && status !== undefined
      ? error.userMessage
      : 'An unknown exception occurred.';
  return { status: status ?? 500, body: { error: { code: status ?? 500, message } } };
}
