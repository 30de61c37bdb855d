// Decides `POST /v3/auth/tokens`: who asks (password or token), and for which project.
import { ApiFault } from '../http/api-fault.ts';
import { arrayOf, isObject, type JsonObject, objectOf, optionalString } from '../http/fields.ts';
import {
  DEFAULT_DOMAIN,
  type Directory,
  findNamed,
  type Named,
  rolesOn,
  type User,
} from './directory.ts';
import type { TokenClaims, Tokens } from './tokens.ts';

export interface Grant {
  user: User;
  project: Named | undefined;
  methods: string[];
  /** Set when the grant rests on an earlier token. */
  expiresAtMs: number | undefined;
}

/** Keystone never says what was wrong: user, password and scope look the same from outside. */
export function unauthorized(): ApiFault {
  return new ApiFault(401, 'The request you have made requires authentication.');
}

function inDefaultDomain(ref: JsonObject): boolean {
  const domain = ref['domain'];
  if (!isObject(domain)) return false;
  return domain['id'] === DEFAULT_DOMAIN.id || domain['name'] === DEFAULT_DOMAIN.name;
}

/** `{ id }`, or `{ name, domain }`: a name means nothing without its domain. */
function refOf(ref: JsonObject): Partial<Named> {
  const id = optionalString(ref, 'id');
  if (id !== undefined) return { id };
  const name = optionalString(ref, 'name');
  return name !== undefined && inDefaultDomain(ref) ? { name } : {};
}

function byPassword(directory: Directory, identity: JsonObject): User {
  const section = objectOf(identity['password'], 'identity.password');
  const ref = objectOf(section['user'], 'identity.password.user');
  const user = findNamed(directory.users, refOf(ref));
  if (user === undefined || user.password !== ref['password']) throw unauthorized();
  return user;
}

function byToken(tokens: Tokens, identity: JsonObject): TokenClaims {
  const section = objectOf(identity['token'], 'identity.token');
  const claims = tokens.verify(optionalString(section, 'id') ?? '');
  if (claims === undefined) throw unauthorized();
  return claims;
}

/** Undefined: an unscoped token is asked for. */
function scopeOf(directory: Directory, user: User, scope: unknown): Named | undefined {
  if (scope === undefined || scope === null || scope === 'unscoped') return undefined;
  const ref = objectOf(scope, 'scope')['project'];
  if (!isObject(ref)) throw unauthorized(); // domain, system and trust scopes: nobody here holds a role on them
  const project = findNamed(directory.projects, refOf(ref));
  if (project === undefined || rolesOn(directory, user, project).length === 0) throw unauthorized();
  return project;
}

/** @throws ApiFault 400 for a malformed body, 401 for everything that is not granted */
export function decideGrant(directory: Directory, tokens: Tokens, body: unknown): Grant {
  const auth = objectOf(objectOf(body, 'body')['auth'], 'auth');
  const identity = objectOf(auth['identity'], 'identity');
  const methods = arrayOf(identity['methods'], 'identity.methods');
  if (methods.includes('password')) {
    const user = byPassword(directory, identity);
    const project = scopeOf(directory, user, auth['scope']);
    return { user, project, methods: ['password'], expiresAtMs: undefined };
  }
  if (methods.includes('token')) {
    const claims = byToken(tokens, identity);
    const user = findNamed(directory.users, { id: claims.user_id });
    if (user === undefined) throw unauthorized();
    const project = scopeOf(directory, user, auth['scope']);
    const used = [...new Set([...claims.methods, 'token'])];
    return { user, project, methods: used, expiresAtMs: claims.expires_at_ms };
  }
  throw unauthorized();
}
