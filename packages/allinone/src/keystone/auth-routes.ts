// `/v3/auth/*`: issuing, validating and revoking tokens, and what a token may reach.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiFault } from '../http/api-fault.ts';
import { originOf } from '../http/rest-app.ts';
import { decideGrant, unauthorized } from './auth-request.ts';
import type { CatalogEntry } from './catalog.ts';
import { type Directory, projectsOf } from './directory.ts';
import { type Authenticate, type Identity, identityOf } from './identity.ts';
import type { Tokens } from './tokens.ts';
import { domainView, listView, projectView, tokenView } from './views.ts';

export interface AuthRoutesDeps {
  directory: Directory;
  tokens: Tokens;
  authenticate: Authenticate;
  catalog: CatalogEntry[];
}

interface TokenQuery {
  nocatalog?: string;
}

/** The caller's identity. @throws ApiFault 401 */
export function requireIdentity(authenticate: Authenticate, request: FastifyRequest): Identity {
  const identity = authenticate(request.headers['x-auth-token']);
  if (identity === undefined) throw unauthorized();
  return identity;
}

/** The token that the request is about; tenants may only ask about their own user's tokens. */
function subjectOf(deps: AuthRoutesDeps, request: FastifyRequest): Identity {
  const caller = requireIdentity(deps.authenticate, request);
  const subject = deps.authenticate(request.headers['x-subject-token']);
  if (subject === undefined) throw new ApiFault(404, 'Could not find token.');
  const isService = caller.roles.some((role) => role.name === 'service');
  if (!caller.isAdmin && !isService && caller.user.id !== subject.user.id) {
    throw new ApiFault(
      403,
      'You are not authorized to perform the requested action: identity:validate_token.',
    );
  }
  return subject;
}

async function sendToken(
  reply: FastifyReply,
  token: string,
  identity: Identity,
  catalog: CatalogEntry[] | undefined,
): Promise<void> {
  reply.headers({ 'x-subject-token': token, vary: 'X-Auth-Token' });
  await reply.send(tokenView(identity, catalog));
}

export function addAuthRoutes(app: FastifyInstance, deps: AuthRoutesDeps): void {
  const { directory, tokens, authenticate, catalog } = deps;
  const catalogFor = (query: TokenQuery): CatalogEntry[] | undefined =>
    query.nocatalog === undefined ? catalog : undefined;

  app.post<{ Querystring: TokenQuery }>('/v3/auth/tokens', async (request, reply) => {
    const grant = decideGrant(directory, tokens, request.body);
    const subject = {
      user_id: grant.user.id,
      project_id: grant.project?.id ?? null,
      methods: grant.methods,
    };
    const { token, claims } = tokens.issue(subject, grant.expiresAtMs);
    const identity = identityOf(directory, claims);
    if (identity === undefined) throw unauthorized();
    reply.code(201);
    await sendToken(reply, token, identity, catalogFor(request.query));
  });
  // fastify answers HEAD with this route too.
  app.get<{ Querystring: TokenQuery }>('/v3/auth/tokens', async (request, reply) => {
    const identity = subjectOf(deps, request);
    const token = String(request.headers['x-subject-token']);
    await sendToken(reply, token, identity, catalogFor(request.query));
  });
  app.delete('/v3/auth/tokens', async (request, reply) => {
    tokens.revoke(subjectOf(deps, request).claims);
    await reply.code(204).send();
  });
  app.get('/v3/auth/catalog', (request) => {
    requireIdentity(authenticate, request);
    const url = `${originOf(request)}${request.url}`;
    return { catalog, links: { self: url } };
  });
  app.get('/v3/auth/projects', (request) => {
    const identity = requireIdentity(authenticate, request);
    const base = `${originOf(request)}/v3`;
    const projects = projectsOf(directory, identity.user).map((p) => projectView(p, base));
    return listView('projects', projects, `${base}/auth/projects`);
  });
  app.get('/v3/auth/domains', (request) => {
    requireIdentity(authenticate, request);
    const base = `${originOf(request)}/v3`;
    return listView('domains', [domainView(base)], `${base}/auth/domains`);
  });
}
