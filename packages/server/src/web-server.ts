// The HTTP server around the APIs: request ids, mount point, health check.
import type { Storage } from '@f5-lbaas/storage';
import { fastify, type FastifyInstance } from 'fastify';

import {
  octaviaApi,
  refuseMalformedUrl,
  type OctaviaApiOptions,
} from './api/octavia/octavia-api.ts';
import { operatorApi } from './api/operator/operator-api.ts';
import { measureRequests } from './metrics/measure-requests.ts';
import type { ServerMetrics } from './metrics/server-metrics.ts';

export interface WebServerOptions extends OctaviaApiOptions {
  storage: Storage;
  metrics: Pick<ServerMetrics, 'answered'>;
}

/** Where OpenStack deployments mount the service behind a shared web server. */
const MOUNT = '/load-balancer';
/** Batches of members and fully populated load balancers are the longest bodies. */
const BODY_BYTES_MAX = 4 * 1024 * 1024;
const REQUEST_TIMEOUT_MS = 60_000;

/** Not listening yet. */
export function createWebServer(options: WebServerOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    requestIdHeader: false,
    frameworkErrors: refuseMalformedUrl,
    genReqId: () => `req-${options.random.uuid()}`,
    routerOptions: { ignoreTrailingSlash: true },
    // The mount is not part of any route; links are made from the original URL.
    rewriteUrl: ({ url = '/' }) => (isMounted(url) ? url.slice(MOUNT.length) : url),
  });
  measureRequests(app, 'load-balancer', options.metrics);
  app.get('/healthcheck', async (_request, reply) => {
    const reason = await unhealthyBecause(options.storage);
    const body = reason ?? 'OK';
    return reply
      .status(reason === undefined ? 200 : 503)
      .type('text/plain')
      .send(body);
  });
  void app.register(octaviaApi(options));
  void app.register(operatorApi(options));
  return app;
}

function isMounted(url: string): boolean {
  return url.startsWith(`${MOUNT}/`) || url.startsWith(`${MOUNT}?`) || url === MOUNT;
}

async function unhealthyBecause(storage: Storage): Promise<string | undefined> {
  try {
    await storage.read.loadbalancers.listPending(1);
    return undefined;
  } catch {
    return 'The database cannot be reached.';
  }
}
