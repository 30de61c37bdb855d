// One of Neutron's APIs on the web framework: routes, authentication, faults, encoding.
import { LbaasError } from '@f5-lbaas/model';
import type { Logger } from '@f5-lbaas/platform';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { TokenCache } from '../../../auth/token-cache.ts';
import type { Identity } from '../../../policy/identity.ts';
import { authenticate } from '../authentication.ts';
import { METHODS, type Answer, type Handler, type Route } from '../http-call.ts';
import {
  callOf,
  frameworkStatus,
  hasNullCharacter,
  refuse,
  send,
  takeBodiesAsText,
} from '../web-replies.ts';
import { internalFault, neutronBody, neutronFault, type FaultWords } from './faults.ts';
import { badRequest, hidden } from './request-error.ts';

export interface NeutronWebOptions {
  tokens: Pick<TokenCache, 'facts'>;
  /** Told to clients that come without a valid token. */
  keystoneUrl: string;
  /** Base of links, instead of scheme and host of the request. */
  baseUri?: string | undefined;
  logger: Logger;
  words: FaultWords;
}

/** Registers routes; as a plugin of its own so that hooks and parsers stay its own. */
export function neutronWeb(
  options: NeutronWebOptions,
  routes: readonly Route[],
): (app: FastifyInstance) => Promise<void> {
  return (app) => {
    const web = new NeutronWeb(options);
    web.install(app);
    for (const route of routes) web.route(app, route);
    return Promise.resolve();
  };
}

class NeutronWeb {
  readonly #options: NeutronWebOptions;
  readonly #identities = new WeakMap<FastifyRequest, Identity>();

  constructor(options: NeutronWebOptions) {
    this.#options = options;
  }

  install(app: FastifyInstance): void {
    takeBodiesAsText(app);
    app.addHook('onRequest', async (request, reply) => {
      void reply.header('x-openstack-request-id', request.id);
      const token = request.headers['x-auth-token'];
      this.#identities.set(request, await authenticate(this.#options.tokens, token));
    });
    app.setErrorHandler((error, request, reply) => this.#fail(error, request, reply));
  }

  route(app: FastifyInstance, { path, methods }: Route): void {
    for (const method of [...METHODS, 'PATCH'] as const) {
      const known = method === 'PATCH' ? undefined : methods[method];
      const handler: Handler = known ?? absent;
      app.route({
        method,
        url: path,
        exposeHeadRoute: false,
        handler: (request, reply) => this.#handle(handler, request, reply),
      });
    }
  }

  async #handle(handler: Handler, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const identity = this.#identities.get(request);
    if (identity === undefined) throw new LbaasError('unauthenticated', 'ERR_TOKEN', 'No token.');
    const call = callOf(request, identity, this.#options.baseUri);
    if (request.method === 'DELETE' && call.body !== '') {
      throw badRequest('Request body is not supported in DELETE.');
    }
    if (hasNullCharacter(call)) throw hidden();
    send(reply, await handler(call));
  }

  #fail(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const { logger, keystoneUrl } = this.#options;
    refuse(this.#faultOf(error), request, reply, { error, logger, keystoneUrl });
  }

  #faultOf(error: unknown): Answer {
    if (error instanceof LbaasError) return neutronFault(error, this.#options.words);
    const status = frameworkStatus(error);
    if (status === undefined) return internalFault();
    return { status, body: neutronBody('HTTPBadRequest', 'The request could not be read.') };
  }
}

function absent(): never {
  throw hidden();
}
