// The lab's Neutron: the v2.0 REST API over the journal.
import type { Clock, Logger, Random } from '@f5-lbaas/platform';
import type { FastifyInstance } from 'fastify';
import { ApiFault } from '../http/api-fault.ts';
import { createRestApp } from '../http/rest-app.ts';
import type { Authenticate } from '../keystone/identity.ts';
import type { NeutronStore } from './records.ts';
import { addResourceRoutes, type ContextOf } from './resource-routes.ts';
import { NETWORKS, PORTS, SECURITY_GROUPS, SUBNETS } from './resources.ts';
import { addSideRoutes, type L2Agent } from './side-routes.ts';

export interface NeutronDeps {
  store: NeutronStore;
  /** @default none */
  l2Agents?: readonly L2Agent[] | undefined;
  authenticate: Authenticate;
  /** For the `WWW-Authenticate` header of a 401. */
  identityUrl: string;
  logger: Logger;
  clock: Clock;
  random: Random;
}

/** 401 comes from the token middleware, not from Neutron, and looks like Keystone's. */
function renderFault({ status, message, type, detail }: ApiFault): unknown {
  return status === 401
    ? { error: { code: 401, title: 'Unauthorized', message } }
    : { NeutronError: { type, message, detail } };
}

/** Not listening yet. */
export function createNeutronApp(deps: NeutronDeps): FastifyInstance {
  const { store, authenticate, clock, random } = deps;
  const app = createRestApp({ logger: deps.logger, random, renderFault });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (reply.statusCode === 401) {
      reply.header('www-authenticate', `Keystone uri="${deps.identityUrl}"`);
    }
    done(null, payload);
  });
  const contextOf: ContextOf = (request) => {
    const identity = authenticate(request.headers['x-auth-token']);
    if (identity === undefined) {
      throw new ApiFault(401, 'The request you have made requires authentication.');
    }
    return { store, clock, random, identity };
  };
  addSideRoutes(app, contextOf, deps.l2Agents ?? []);
  addResourceRoutes(app, NETWORKS, contextOf);
  addResourceRoutes(app, SUBNETS, contextOf);
  addResourceRoutes(app, PORTS, contextOf);
  addResourceRoutes(app, SECURITY_GROUPS, contextOf);
  return app;
}
