// Keystone as far as the server needs it: password log-in of the service user, validation of fixed tokens.
import { createServer } from 'node:http';

import { jsonServer, type JsonServer } from './json-server.ts';

interface KnownToken {
  project: string | null;
  roles: string[];
}

export interface IdentityStandIn extends JsonServer {
  tokens: Map<string, KnownToken>;
  /** Token validations answered so far. */
  validations: number;
  /** Log-ins answered so far. */
  logIns: number;
  /** Service tokens that are accepted; clearing it revokes them. */
  serviceTokens: Set<string>;
}

interface PasswordLogIn {
  auth: { identity: { password: { user: { password: string } } } };
}

const IN_AN_HOUR = (): string => new Date(Date.now() + 3_600_000).toISOString();

export async function startIdentity(): Promise<IdentityStandIn> {
  const state = {
    tokens: new Map<string, KnownToken>(),
    validations: 0,
    logIns: 0,
    serviceTokens: new Set<string>(),
  };
  const server = await jsonServer(createServer(), ({ method, headers, body }) => {
    if (method === 'POST') {
      const { auth } = body as PasswordLogIn;
      if (auth.identity.password.user.password !== 'service-password')
        return { status: 401, body: {} };
      state.logIns += 1;
      const token = `service-${state.logIns}`;
      state.serviceTokens.add(token);
      return {
        status: 201,
        headers: { 'x-subject-token': token },
        body: { token: { expires_at: IN_AN_HOUR(), user: { id: 'service' } } },
      };
    }
    if (!state.serviceTokens.has(String(headers['x-auth-token']))) return { status: 401, body: {} };
    state.validations += 1;
    const known = state.tokens.get(String(headers['x-subject-token']));
    if (known === undefined) return { status: 404, body: {} };
    const project = known.project === null ? {} : { project: { id: known.project } };
    const roles = known.roles.map((name) => ({ name }));
    const token = { expires_at: IN_AN_HOUR(), user: { id: 'user' }, roles, ...project };
    return { status: 200, body: { token } };
  });
  return Object.assign(state, server);
}
