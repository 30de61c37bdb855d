// The Octavia v2 API on the web framework: routes under their prefixes, authentication, faults, encoding.
import { LbaasError } from '@f5-lbaas/model';
import type { Logger, Random } from '@f5-lbaas/platform';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { TokenCache } from '../../auth/token-cache.ts';
import type { Identity } from '../../policy/identity.ts';
import { authenticate } from '../shared/authentication.ts';
import { METHODS, type Handler, type Route } from '../shared/http-call.ts';
import {
  callOf,
  frameworkStatus,
  hasNullCharacter,
  refuse,
  send,
  takeBodiesAsText,
  urlOf,
} from '../shared/web-replies.ts';
import type { OctaviaApi } from './access.ts';
import { versionsDocument } from './discovery/versions.ts';
import { faultOf, internalFault, routerFault, unsupportedMediaType, type Fault } from './faults.ts';
import { healthMonitorRoutes } from './health-monitors/routes.ts';
import { l7PolicyRoutes } from './l7policies/routes.ts';
import { l7RuleRoutes } from './l7rules/routes.ts';
import { listenerRoutes } from './listeners/routes.ts';
import { loadBalancerActionRoutes } from './load-balancers/action-routes.ts';
import { loadBalancerRoutes } from './load-balancers/routes.ts';
import { memberRoutes } from './members/routes.ts';
import { poolRoutes } from './pools/routes.ts';
import { providerRoutes } from './providers/routes.ts';
import { quotaRoutes } from './quotas/routes.ts';
import { missingArgument } from './request/request-error.ts';

export interface OctaviaApiOptions extends OctaviaApi {
  tokens: Pick<TokenCache, 'facts'>;
  /** Told to clients that come without a valid token. */
  keystoneUrl: string;
  /** Base of links, instead of scheme and host of the request. */
  apiBaseUri?: string | undefined;
  logger: Logger;
  random: Random;
}

/** Every resource is reachable below each of these. */
const PREFIXES = ['/v2/lbaas', '/v2.0/lbaas', '/v2', '/v2.0'];
const DISCOVERY_PATHS = [
  '/v2',
  '/v2.0',
  '/v2/lbaas',
  '/v2.0/lbaas',
  '/v2/octavia',
  '/v2.0/octavia',
];

/** Registers the API; as a plugin of its own so that its hooks and parsers stay its own. */
export function octaviaApi(options: OctaviaApiOptions): (app: FastifyInstance) => Promise<void> {
  const routes = [
    ...loadBalancerRoutes(options),
    ...loadBalancerActionRoutes(options),
    ...listenerRoutes(options),
    ...poolRoutes(options),
    ...memberRoutes(options),
    ...healthMonitorRoutes(options),
    ...l7PolicyRoutes(options),
    ...l7RuleRoutes(options),
    ...quotaRoutes(options),
    ...providerRoutes(options),
  ];
  return (app) => {
    const web = new OctaviaWeb(options);
    web.install(app);
    for (const prefix of PREFIXES) {
      for (const route of routes) web.route(app, prefix, route);
    }
    for (const path of DISCOVERY_PATHS) {
      web.route(app, '', { path, methods: { GET: () => ({ status: 200, body: 'v2' }) } });
    }
    return Promise.resolve();
  };
}

/** Broken percent-encoding: no route sees it. */
export function refuseMalformedUrl(
  _error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  void reply.header('x-openstack-request-id', request.id);
  send(reply, routerFault(400, 'Bad Request', 'Malformed URL.'));
}

class OctaviaWeb {
  readonly #options: OctaviaApiOptions;
  readonly #identities = new WeakMap<FastifyRequest, Identity>();

  constructor(options: OctaviaApiOptions) {
    this.#options = options;
  }

  install(app: FastifyInstance): void {
    takeBodiesAsText(app);
    app.addHook('onRequest', async (request, reply) => {
      void reply.header('x-openstack-request-id', request.id);
      if (request.url.split('?', 1)[0] !== '/') await this.#admit(request, reply);
    });
    app.setErrorHandler((error, request, reply) => this.#fail(error, request, reply));
    app.setNotFoundHandler((_request, reply) => {
      send(reply, routerFault(404, 'Not Found', ''));
    });
    app.get('/', (request, reply) => {
      send(reply, {
        status: 200,
        body: versionsDocument(urlOf(request, this.#options.apiBaseUri)),
      });
    });
  }

  /** All methods of a path: those that exist, and the right refusal for the others. */
  route(app: FastifyInstance, prefix: string, route: Route): void {
    const refused = [...METHODS, 'PATCH'] as const;
    for (const method of refused) {
      const known = method === 'PATCH' ? undefined : route.methods[method];
      const handler = known ?? missingMethod(method, route);
      app.route({
        method,
        url: `${prefix}${route.path}`,
        exposeHeadRoute: method === 'GET' && known !== undefined,
        handler: (request, reply) => this.#handle(handler, request, reply),
      });
    }
  }

  async #admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const identity = await authenticate(this.#options.tokens, request.headers['x-auth-token']);
    this.#identities.set(request, identity);
    if (!acceptsJson(request.headers.accept)) {
      const description = 'Only content type application/json is accepted.';
      send(reply, routerFault(406, 'Not Acceptable', description));
    }
  }

  async #handle(handler: Handler, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const identity = this.#identities.get(request);
    if (identity === undefined) throw new LbaasError('unauthenticated', 'ERR_TOKEN', 'No token.');
    const call = callOf(request, identity, this.#options.apiBaseUri);
    const type = mimeType(request.headers['content-type']);
    if (call.body !== '' && type !== '' && type !== 'application/json') {
      send(reply, unsupportedMediaType(type));
      return;
    }
    if (hasNullCharacter(call)) {
      send(reply, routerFault(404, 'Not Found', ''));
      return;
    }
    send(reply, await handler(call));
  }

  #fail(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const { logger, keystoneUrl } = this.#options;
    refuse(this.#faultOf(error), request, reply, { error, logger, keystoneUrl });
  }

  #faultOf(error: unknown): Fault {
    const provider = this.#options.service.settings.defaultProvider;
    if (error instanceof LbaasError) return faultOf(error, provider);
    const status = frameworkStatus(error);
    return status === undefined ? internalFault() : routerFault(status, 'Bad Request', '');
  }
}

function missingMethod(method: string, route: Route): Handler {
  if ((method === 'PUT' || method === 'DELETE') && route.itemParameter !== undefined) {
    const argument = route.itemParameter;
    return () => {
      throw missingArgument(argument);
    };
  }
  return () => ({ status: 405, body: routerFault(405, 'Method Not Allowed', '').body });
}

function mimeType(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  return accept.split(',').some((range) => {
    const type = mimeType(range);
    return type === '*/*' || type === 'application/*' || type === 'application/json';
  });
}
