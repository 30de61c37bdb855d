// /mgmt/shared/authn/login and /mgmt/shared/authz/tokens (iControl REST 1.3).
import { restjavadError } from '../errors.ts';
import { asString, type JsonObject } from '../json.ts';
import { jsonBody } from '../rest/body.ts';
import { ok, type RestRequest, type RestResponse } from '../rest/request.ts';
import type { TmosVersion } from '../schema/tmos-version.ts';
import type { Authenticator } from './authenticator.ts';
import { tokenItem, type Token } from './tokens.ts';

const PROVIDERS = ['tmos', 'local'];
const LOGIN_REFERENCE =
  'https://localhost/mgmt/cm/system/authn/providers/tmos/1f44a60e-11a7-3c51-a49f-82983026b41b/login';

export function login(
  request: RestRequest,
  auth: Authenticator,
  version: TmosVersion,
): RestResponse {
  const body = jsonBody(request);
  const username = asString(body['username']) ?? '';
  const password = asString(body['password']) ?? '';
  const provider = asString(body['loginProviderName']) ?? 'tmos';
  if (!version.atLeast('12.0') || !PROVIDERS.includes(provider)) {
    throw restjavadError(401, 'loginProviderName is invalid.');
  }
  if (!auth.accounts.isValid({ username, password })) {
    throw restjavadError(401, 'Authentication failed.');
  }
  const token = auth.tokens.issue(username, request.clientAddress, provider);
  return ok({
    username,
    loginReference: { link: LOGIN_REFERENCE },
    loginProviderName: provider,
    token: item(token, auth),
    generation: 0,
    lastUpdateMicros: 0,
  });
}

function item(token: Token, auth: Authenticator): JsonObject {
  return tokenItem(token, token.userName === auth.accounts.administrator);
}

/** `authz/tokens` and `authz/tokens/<token>`. */
export function tokensResource(request: RestRequest, auth: Authenticator): RestResponse {
  const id = request.segments[3];
  return id === undefined ? tokenCollection(request, auth) : tokenObject(request, auth, id);
}

function tokenCollection(request: RestRequest, auth: Authenticator): RestResponse {
  if (request.method === 'DELETE') {
    auth.tokens.removeAllOf(request.user);
    return ok();
  }
  const isAdministrator = request.user === auth.accounts.administrator;
  const tokens = auth.tokens
    .list()
    .filter((token) => isAdministrator || token.userName === request.user);
  return ok({
    items: tokens.map((token) => item(token, auth)),
    generation: tokens.length,
    kind: 'shared:authz:tokens:authtokencollectionstate',
    selfLink: 'https://localhost/mgmt/shared/authz/tokens',
  });
}

function tokenObject(request: RestRequest, auth: Authenticator, id: string): RestResponse {
  const token = auth.tokens.find(id);
  if (token === undefined) throw restjavadError(404, `Object not found: ${id.slice(0, 40)}`);
  const isOwn = token.userName === request.user || request.user === auth.accounts.administrator;
  if (!isOwn) throw restjavadError(401, 'Authorization failed');
  if (request.method === 'DELETE') {
    auth.tokens.remove(id);
    return ok(item(token, auth));
  }
  if (request.method !== 'PATCH' && request.method !== 'PUT') return ok(item(token, auth));
  const timeout = Number(jsonBody(request)['timeout']);
  if (!Number.isInteger(timeout) || timeout < 1) {
    throw restjavadError(400, 'timeout must be a positive number of seconds');
  }
  return ok(item(auth.tokens.extend(token, timeout), auth));
}
