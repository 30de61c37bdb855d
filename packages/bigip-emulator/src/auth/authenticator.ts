// Who sent a request: token first, then basic credentials; the refusals of each layer (iControl REST 1.3).
import { DeviceError, restjavadError } from '../errors.ts';
import type { TmosVersion } from '../schema/tmos-version.ts';
import { basicCredentials, type Accounts } from './accounts.ts';
import type { Tokens } from './tokens.ts';

export interface AuthenticatorDeps {
  accounts: Accounts;
  tokens: Tokens;
  version: TmosVersion;
}

export interface AuthRequest {
  path: string;
  clientAddress: string;
  authorization: string | undefined;
  token: string | undefined;
}

export class Authenticator {
  readonly accounts: Accounts;
  readonly tokens: Tokens;
  readonly #version: TmosVersion;

  constructor({ accounts, tokens, version }: AuthenticatorDeps) {
    this.accounts = accounts;
    this.tokens = tokens;
    this.#version = version;
  }

  /** @returns the user's name @throws DeviceError 401 */
  authenticate(request: AuthRequest): string {
    if (request.token !== undefined && request.token !== '') return this.#byToken(request.token);
    if (request.authorization === undefined) throw noCredentials(request);
    const credentials = basicCredentials(request.authorization);
    if (credentials === undefined || !this.accounts.isValid(credentials)) throw wrongPassword();
    const isAllowed =
      this.#version.atLeast('12.0') || credentials.username === this.accounts.administrator;
    if (!isAllowed) throw wrongPassword();
    return credentials.username;
  }

  #byToken(text: string): string {
    const token = this.tokens.find(text);
    if (token === undefined) throw restjavadError(401, 'X-F5-Auth-Token does not exist.');
    return token.userName;
  }
}

function noCredentials({ path, clientAddress }: AuthRequest): DeviceError {
  return restjavadError(
    401,
    'Authorization failed: no user authentication header or token detected. ' +
      `Uri:http://localhost:8100${path} Referrer:${clientAddress} Sender:${clientAddress}`,
  );
}

function wrongPassword(): DeviceError {
  return new DeviceError(401, 'F5 Authorization Required', {
    layer: 'httpd',
    headers: { 'WWW-Authenticate': 'Basic realm="Enterprise Manager"' },
  });
}
