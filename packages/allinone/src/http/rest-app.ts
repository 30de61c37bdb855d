// The HTTP frame that both stand-ins share: request ids, JSON errors in the service's own body, request log.
import type { Logger, Random } from '@f5-lbaas/platform';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { ApiFault } from './api-fault.ts';

export interface RestAppOptions {
  logger: Logger;
  random: Random;
  /** The service's fault body, e.g. `{ NeutronError: ... }`. */
  renderFault: (fault: ApiFault) => unknown;
}

const REQUEST_TIMEOUT_MS = 30_000;
const BODY_LIMIT_BYTES = 1024 * 1024;

function toFault(error: FastifyError | ApiFault): ApiFault {
  if (error instanceof ApiFault) return error;
  const status = error.statusCode ?? 500;
  return status < 500
    ? new ApiFault(status, error.message)
    : new ApiFault(500, 'An unexpected error prevented the server from fulfilling your request.');
}

/** A fastify instance without routes; the caller adds them and listens. */
export function createRestApp(options: RestAppOptions): FastifyInstance {
  const { logger, random, renderFault } = options;
  const app = fastify({
    routerOptions: { ignoreTrailingSlash: true },
    genReqId: () => `req-${random.uuid()}`,
    requestTimeout: REQUEST_TIMEOUT_MS,
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: true,
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-openstack-request-id', request.id);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, url, id } = request;
    logger.debug({ method, url, status: reply.statusCode, request_id: id }, 'Request answered');
    done();
  });
  app.setErrorHandler(async (error: FastifyError | ApiFault, request, reply) => {
    const fault = toFault(error);
    if (fault.status >= 500) {
      logger.error({ request_id: request.id, error: error.stack }, 'Request failed');
    }
    await reply.code(fault.status).send(renderFault(fault));
  });
  app.setNotFoundHandler(async (_request, reply) => {
    await reply.code(404).send(renderFault(new ApiFault(404, 'The resource could not be found.')));
  });
  return app;
}

/** Address that a client reaches this request's server at, e.g. `http://127.0.0.1:9870`. */
export function originOf(request: { protocol: string; host: string }): string {
  return `${request.protocol}://${request.host}`;
}
