// Keystone v3 as a service sees it: logs in with a password, keeps the token fresh, validates users' tokens.
import { LbaasError } from '@f5-lbaas/model';
import { HttpError, type Clock, type HttpClient, type HttpResponse } from '@f5-lbaas/platform';
import Type from 'typebox';
import { Compile } from 'typebox/compile';

export interface KeystoneOptions {
  /** Up to and including `/v3`. */
  authUrl: string;
  username: string;
  password: string;
  projectName: string;
  userDomainName: string;
  projectDomainName: string;
}

/** Who a token speaks for. */
export interface TokenFacts {
  userId: string;
  /** Null for an unscoped or domain-scoped token. */
  projectId: string | null;
  roles: string[];
  /** Milliseconds since the epoch. */
  expiresAtMs: number;
}

const TokenDocument = Type.Object({
  token: Type.Object({
    expires_at: Type.String(),
    user: Type.Object({ id: Type.String() }),
    project: Type.Optional(Type.Object({ id: Type.String() })),
    roles: Type.Optional(Type.Array(Type.Object({ name: Type.String() }))),
  }),
});
const tokenDocument = Compile(TokenDocument);

const REQUEST_TIMEOUT_MS = 10_000;
/** A token is renewed so long before it ends. */
const RENEW_BEFORE_MS = 60_000;

function unavailable(why: string, cause?: unknown): LbaasError {
  return new LbaasError('unavailable', 'ERR_KEYSTONE_UNAVAILABLE', `Keystone: ${why}`, { cause });
}

export class KeystoneClient {
  readonly #http: HttpClient;
  readonly #options: KeystoneOptions;
  readonly #clock: Clock;
  #session: { token: string; userId: string; expiresAtMs: number } | undefined;
  #login: Promise<string> | undefined;

  constructor(http: HttpClient, options: KeystoneOptions, clock: Clock) {
    this.#http = http;
    this.#options = options;
    this.#clock = clock;
  }

  /** The service user's token; one log-in at a time. @throws LbaasError kind `unavailable` */
  async serviceToken(): Promise<string> {
    const session = this.#session;
    if (session !== undefined && session.expiresAtMs - RENEW_BEFORE_MS > this.#clock.nowMs()) {
      return session.token;
    }
    this.#login ??= this.#logIn().finally(() => {
      this.#login = undefined;
    });
    return this.#login;
  }

  /** Id of the service user. @throws LbaasError kind `unavailable` */
  async serviceUserId(): Promise<string> {
    await this.serviceToken();
    return this.#session?.userId ?? '';
  }

  /** Forgets a token that somebody refused, so that the next call logs in again. */
  dropToken(token: string): void {
    if (this.#session?.token === token) this.#session = undefined;
  }

  /** @returns undefined for a token that Keystone does not accept. @throws LbaasError kind `unavailable` */
  async validate(token: string): Promise<TokenFacts | undefined> {
    let answer = await this.#validateOnce(token);
    // The service's own token may have been revoked meanwhile.
    if (answer.status === 401) answer = await this.#validateOnce(token);
    if (answer.status === 404 || answer.status === 400) return undefined;
    if (answer.status !== 200) throw unavailable(`token validation answered ${answer.status}.`);
    return factsOf(answer.body);
  }

  async #validateOnce(token: string): Promise<HttpResponse> {
    const own = await this.serviceToken();
    const answer = await this.#send({
      method: 'GET',
      url: `${this.#options.authUrl}/auth/tokens?nocatalog`,
      headers: { 'X-Auth-Token': own, 'X-Subject-Token': token, Accept: 'application/json' },
    });
    if (answer.status === 401) this.dropToken(own);
    return answer;
  }

  async #logIn(): Promise<string> {
    const answer = await this.#send({
      method: 'POST',
      url: `${this.#options.authUrl}/auth/tokens?nocatalog`,
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(passwordLogin(this.#options)),
    });
    const token = answer.headers['x-subject-token'];
    if (answer.status !== 201 || token === undefined) {
      throw unavailable(`log-in of '${this.#options.username}' answered ${answer.status}.`);
    }
    const { userId, expiresAtMs } = factsOf(answer.body);
    this.#session = { token, userId, expiresAtMs };
    return token;
  }

  async #send(request: Parameters<HttpClient['request']>[0]): Promise<HttpResponse> {
    try {
      return await this.#http.request({ ...request, timeoutMs: REQUEST_TIMEOUT_MS });
    } catch (error) {
      if (error instanceof HttpError) throw unavailable(error.message, error);
      throw error;
    }
  }
}

function passwordLogin(options: KeystoneOptions): object {
  return {
    auth: {
      identity: {
        methods: ['password'],
        password: {
          user: {
            name: options.username,
            domain: { name: options.userDomainName },
            password: options.password,
          },
        },
      },
      scope: {
        project: { name: options.projectName, domain: { name: options.projectDomainName } },
      },
    },
  };
}

function factsOf(body: string): TokenFacts {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch (error) {
    throw unavailable('answered something else than JSON.', error);
  }
  if (!tokenDocument.Check(document)) throw unavailable('answered no token document.');
  const { token } = document;
  return {
    userId: token.user.id,
    projectId: token.project?.id ?? null,
    roles: (token.roles ?? []).map((role) => role.name),
    expiresAtMs: Date.parse(token.expires_at),
  };
}
