// The lab's Barbican: the v1 REST API over a journal, as far as clients and the product use it.
import type { Clock, Logger, Random } from '@f5-lbaas/platform';
import type { FastifyInstance } from 'fastify';
import { ApiFault } from '../http/api-fault.ts';
import { createRestApp, originOf } from '../http/rest-app.ts';
import type { Authenticate } from '../keystone/identity.ts';
import { addAclRoutes } from './acl-routes.ts';
import { addContainerRoutes } from './container-routes.ts';
import type { BarbicanStore } from './records.ts';
import { addSecretRoutes, type ContextOf } from './secret-routes.ts';

export interface BarbicanDeps {
  store: BarbicanStore;
  authenticate: Authenticate;
  logger: Logger;
  clock: Clock;
  random: Random;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  406: 'Not Acceptable',
  409: 'Conflict',
};

function renderFault({ status, message }: ApiFault): unknown {
  return { code: status, title: TITLES[status] ?? 'Error', description: message };
}

/** Not listening yet. */
export function createBarbicanApp(deps: BarbicanDeps): FastifyInstance {
  const { store, authenticate, clock, random } = deps;
  const app = createRestApp({ logger: deps.logger, random, renderFault });
  // Payloads may come as they are.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('preHandler', (request, _reply, done) => {
    try {
      if (request.url.startsWith('/v1/')) contextOf(request);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  const contextOf: ContextOf = (request) => {
    const identity = authenticate(request.headers['x-auth-token']);
    if (identity === undefined) {
      throw new ApiFault(401, 'The request you have made requires authentication.');
    }
    return { store, clock, random, identity, baseUrl: originOf(request) };
  };
  app.get('/', async (request, reply) => {
    const links = [{ rel: 'self', href: `${originOf(request)}/v1/` }];
    const v1 = { id: 'v1', status: 'CURRENT', updated: '2021-02-10T00:00:00Z', links };
    await reply.code(300).send({ versions: { values: [v1] } });
  });
  app.get('/v1', (request) => {
    const links = [{ rel: 'self', href: `${originOf(request)}/v1/` }];
    return Promise.resolve({ version: { id: 'v1', status: 'CURRENT', links } });
  });
  addSecretRoutes(app, contextOf);
  addContainerRoutes(app, contextOf);
  addAclRoutes(app, 'secrets', contextOf);
  addAclRoutes(app, 'containers', contextOf);
  return app;
}
