// The agent's own log-in at Keystone (v3), for reading certificates: token, and where Barbican is.
import { BarbicanError, HttpError, type BarbicanAccess } from '@f5-lbaas/platform';
import type { Clock, HttpClient } from '@f5-lbaas/platform';

export interface KeystoneAccount {
  /** With or without `/v3`. */
  authUrl: string;
  username: string;
  password: string;
  projectName: string;
  userDomainName: string;
  projectDomainName: string;
  /** Region whose key manager is asked; any when absent. */
  region?: string | undefined;
  /** Barbican's address instead of the catalog's. */
  barbicanEndpoint?: string | undefined;
}

interface Session {
  token: string;
  expiresAtMs: number;
  endpoint: string | undefined;
}

interface Endpoint {
  interface?: string;
  region_id?: string;
  region?: string;
  url?: string;
}
interface TokenDocument {
  token?: {
    expires_at?: string;
    catalog?: { type?: string; endpoints?: Endpoint[] }[];
  };
}

const REQUEST_TIMEOUT_MS = 10_000;
const RENEW_BEFORE_MS = 60_000;

const unavailable = (message: string, cause?: unknown): BarbicanError =>
  new BarbicanError('unavailable', `Keystone: ${message}`, cause);

export class KeystoneSession implements BarbicanAccess {
  readonly #http: HttpClient;
  readonly #account: KeystoneAccount;
  readonly #clock: Clock;
  #session: Session | undefined;
  #login: Promise<Session> | undefined;

  constructor(http: HttpClient, account: KeystoneAccount, clock: Clock) {
    this.#http = http;
    this.#account = account;
    this.#clock = clock;
  }

  async endpoint(): Promise<string> {
    const { barbicanEndpoint } = this.#account;
    if (barbicanEndpoint !== undefined) return barbicanEndpoint;
    const { endpoint } = await this.#current();
    if (endpoint === undefined) throw unavailable('the catalog has no key-manager service.');
    return endpoint;
  }

  async token(): Promise<string> {
    return (await this.#current()).token;
  }

  dropToken(token: string): void {
    if (this.#session?.token === token) this.#session = undefined;
  }

  /** One log-in at a time, shared by all who wait for it. */
  async #current(): Promise<Session> {
    const session = this.#session;
    if (session !== undefined && session.expiresAtMs - RENEW_BEFORE_MS > this.#clock.nowMs()) {
      return session;
    }
    this.#login ??= this.#logIn().finally(() => (this.#login = undefined));
    this.#session = await this.#login;
    return this.#session;
  }

  async #logIn(): Promise<Session> {
    const { authUrl, username, region } = this.#account;
    const base = authUrl.replace(/\/+(v\d[^/]*\/*)?$/, '');
    try {
      const answer = await this.#http.request({
        method: 'POST',
        url: `${base}/v3/auth/tokens`,
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: JSON.stringify(passwordLogin(this.#account)),
        timeoutMs: REQUEST_TIMEOUT_MS,
      });
      const token = answer.headers['x-subject-token'];
      if (answer.status !== 201 || token === undefined) {
        throw unavailable(`log-in of '${username}' answered ${answer.status}.`);
      }
      const { token: facts } = JSON.parse(answer.body) as TokenDocument;
      const endpoint = keyManagerOf(facts, region);
      return { token, endpoint, expiresAtMs: Date.parse(facts?.expires_at ?? '') };
    } catch (error) {
      if (error instanceof BarbicanError) throw error;
      const why = error instanceof HttpError ? error.message : 'answered something unexpected.';
      throw unavailable(why, error);
    }
  }
}

/** @returns the public address of the region's key manager */
function keyManagerOf(facts: TokenDocument['token'], region?: string): string | undefined {
  const service = facts?.catalog?.find(({ type }) => type === 'key-manager');
  return service?.endpoints?.find(
    (one) =>
      one.interface === 'public' &&
      (region === undefined || (one.region_id ?? one.region) === region),
  )?.url;
}

function passwordLogin(account: KeystoneAccount): object {
  const user = {
    name: account.username,
    domain: { name: account.userDomainName },
    password: account.password,
  };
  const project = { name: account.projectName, domain: { name: account.projectDomainName } };
  return {
    auth: { identity: { methods: ['password'], password: { user } }, scope: { project } },
  };
}
