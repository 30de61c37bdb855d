// The network endpoint: LBaaS v2 and v1 where Neutron's clients look for them, the real Neutron for all the rest.
import type { HttpClient, HttpForwarder, Logger, Random } from '@f5-lbaas/platform';
import { fastify, type FastifyInstance, type FastifyReply } from 'fastify';

import { pythonJson } from '../api/shared/python-json.ts';
import type { Route } from '../api/shared/http-call.ts';
import type { NeutronApi } from '../api/shared/neutron/access.ts';
import { neutronBody } from '../api/shared/neutron/faults.ts';
import { neutronWeb, type NeutronWebOptions } from '../api/shared/neutron/neutron-web.ts';
import { V1_WORDS } from '../api/v1/faults.ts';
import { lbaasV1Routes } from '../api/v1/lbaas-v1-api.ts';
import type { V1Api } from '../api/v1/v1-api.ts';
import { V2_WORDS } from '../api/v2/faults.ts';
import { lbaasV2Routes } from '../api/v2/lbaas-v2-api.ts';
import { measureRequests } from '../metrics/measure-requests.ts';
import type { ServerMetrics } from '../metrics/server-metrics.ts';
import { DISCOVERY_ROUTES, versionsDocument } from './discovery.ts';
import { extensionRoutes, type ServedApis } from './extensions.ts';
import { neutronDocuments } from './neutron-documents.ts';
import { neutronProxy } from './neutron-proxy.ts';
import { quotaRoutes } from './quotas.ts';
import { serviceProviderRoutes } from './service-providers.ts';

export interface NetworkEndpointOptions {
  v1: V1Api;
  v2: NeutronApi;
  served: ServedApis;
  /** Base URL of the real Neutron, with or without `/v2.0`; undefined: other paths are not found. */
  proxyUrl: string | undefined;
  http: HttpClient;
  forwarder: HttpForwarder;
  web: Omit<NeutronWebOptions, 'words'>;
  random: Random;
  logger: Logger;
  metrics: Pick<ServerMetrics, 'answered'>;
}

const ROOT = '/v2.0';
/** Where OpenStack deployments mount Neutron behind a shared web server. */
const MOUNT = '/networking';
const OWN_PATHS = /^\/v2\.0\/(lbaas|lb|agents|extensions|quotas|service-providers)\b[^?]*/;
/** Fully populated load balancers are the longest bodies. */
const BODY_BYTES_MAX = 4 * 1024 * 1024;

/** Not listening yet. */
export function createNetworkEndpoint(options: NetworkEndpointOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    requestIdHeader: false,
    genReqId: () => `req-${options.random.uuid()}`,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true },
    rewriteUrl: ({ url = '/' }) => withoutFormat(pathOf(url)),
    // Broken percent-encoding: no route sees it.
    frameworkErrors: (_error, request, reply) => {
      refuse(reply, request.id, { status: 400, type: 'HTTPBadRequest', message: 'Malformed URL.' });
    },
  });
  measureRequests(app, 'network', options.metrics);
  // Methods that no route has.
  app.setNotFoundHandler((request, reply) => {
    const message = 'The resource could not be found.';
    refuse(reply, request.id, { status: 404, type: 'HTTPNotFound', message });
  });
  const upstream = options.proxyUrl?.replace(/\/+$/, '').replace(/\/v2\.0$/, '');
  const { v1, v2, served, web } = options;
  const neutron = neutronDocuments(options.http, upstream);
  const register = (words: NeutronWebOptions['words'], routes: Route[]): void => {
    const below = routes.map((route) => ({ ...route, path: `${ROOT}${route.path}` }));
    void app.register(neutronWeb({ ...web, words }, below));
  };
  if (served.v2) register(V2_WORDS, [...lbaasV2Routes(v2), nothingElse('/lbaas/*')]);
  if (served.v1) register(V1_WORDS, [...lbaasV1Routes(v1), nothingElse('/lb/*')]);
  register(V2_WORDS, [
    ...extensionRoutes(served, neutron),
    ...serviceProviderRoutes(v2.service.settings, served, neutron),
    ...quotaRoutes(v2, neutron),
  ]);
  if (upstream === undefined) standAlone(app, options);
  else {
    const { forwarder, logger } = options;
    void app.register(neutronProxy({ forwarder, upstream, pathOf, logger }));
  }
  return app;
}

interface Refusal {
  status: number;
  type: string;
  message: string;
}

function refuse(reply: FastifyReply, requestId: string, { status, type, message }: Refusal): void {
  void reply
    .status(status)
    .headers({ 'content-type': 'application/json', 'x-openstack-request-id': requestId })
    .send(pythonJson(neutronBody(type, message)));
}

function nothingElse(path: string): Route {
  return { path, methods: {} };
}

/** Without a Neutron behind: its version documents, and nothing else. */
function standAlone(app: FastifyInstance, { web }: NetworkEndpointOptions): void {
  app.get('/', (request, reply) => {
    const base = web.baseUri ?? `${request.protocol}://${request.host}`;
    void reply.type('application/json').send(pythonJson(versionsDocument(base)));
  });
  const routes = [...DISCOVERY_ROUTES, nothingElse('/*')];
  void app.register(neutronWeb({ ...web, words: V2_WORDS }, routes));
}

/** As Neutron knows it; the request may have named a whole URL (RFC 9112, 3.2.2). */
function pathOf(target: string): string {
  const url = withSlash(target.replace(/^https?:\/\/[^/?]*/i, ''));
  const isMounted = url === MOUNT || url.startsWith(`${MOUNT}/`) || url.startsWith(`${MOUNT}?`);
  return isMounted ? withSlash(url.slice(MOUNT.length)) : url;
}

function withSlash(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

/** Old clients name the format: `/v2.0/lb/vips.json`. */
function withoutFormat(url: string): string {
  return url.replace(OWN_PATHS, (path) => path.replace(/\.json$/, ''));
}
