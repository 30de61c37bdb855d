// What a token stands for. The Neutron stand-in asks this directly; everyone else asks over HTTP.
import { type Directory, findNamed, type Named, rolesOn, type User } from './directory.ts';
import type { TokenClaims, Tokens } from './tokens.ts';

export interface Identity {
  claims: TokenClaims;
  user: User;
  /** Undefined for an unscoped token. */
  project: Named | undefined;
  roles: Named[];
  isAdmin: boolean;
}

/** Undefined when the token's user, project or role assignment is gone. */
export function identityOf(directory: Directory, claims: TokenClaims): Identity | undefined {
  const user = findNamed(directory.users, { id: claims.user_id });
  if (user === undefined) return undefined;
  if (claims.project_id === null) {
    return { claims, user, project: undefined, roles: [], isAdmin: false };
  }
  const project = findNamed(directory.projects, { id: claims.project_id });
  if (project === undefined) return undefined;
  const roles = rolesOn(directory, user, project);
  if (roles.length === 0) return undefined;
  return { claims, user, project, roles, isAdmin: roles.some((role) => role.name === 'admin') };
}

/** Token header of a request -> identity; undefined when it grants nothing. */
export type Authenticate = (token: string | string[] | undefined) => Identity | undefined;

export function createAuthenticate(directory: Directory, tokens: Tokens): Authenticate {
  return (token) => {
    if (typeof token !== 'string') return undefined;
    const claims = tokens.verify(token);
    return claims === undefined ? undefined : identityOf(directory, claims);
  };
}
