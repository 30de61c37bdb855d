// The lab's Keystone: the v3 REST API over the lab's directory of users and projects.
import type { Logger, Random } from '@f5-lbaas/platform';
import type { FastifyInstance } from 'fastify';
import type { ApiFault } from '../http/api-fault.ts';
import { createRestApp, originOf } from '../http/rest-app.ts';
import { addAuthRoutes } from './auth-routes.ts';
import type { CatalogEntry } from './catalog.ts';
import type { Directory } from './directory.ts';
import { addDirectoryRoutes } from './directory-routes.ts';
import type { Authenticate } from './identity.ts';
import type { Tokens } from './tokens.ts';
import { versionView } from './views.ts';

export interface KeystoneDeps {
  directory: Directory;
  tokens: Tokens;
  authenticate: Authenticate;
  catalog: CatalogEntry[];
  logger: Logger;
  random: Random;
}

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
};

function renderFault({ status, message }: ApiFault): unknown {
  return {
    error: { code: status, message, title: TITLES[status] ?? 'Internal Server Error' },
  };
}

/** Not listening yet. */
export function createKeystoneApp(deps: KeystoneDeps): FastifyInstance {
  const app = createRestApp({ logger: deps.logger, random: deps.random, renderFault });
  app.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode === 401) {
      reply.header('www-authenticate', `Keystone uri="${originOf(request)}/v3"`);
    }
    done(null, payload);
  });
  app.get('/', async (request, reply) => {
    await reply.code(300).send({ versions: { values: [versionView(originOf(request))] } });
  });
  app.get('/v3', (request) => ({ version: versionView(originOf(request)) }));
  addAuthRoutes(app, deps);
  addDirectoryRoutes(app, deps);
  return app;
}
