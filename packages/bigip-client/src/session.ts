// How requests prove who sends them: a token where the device has them, Basic authentication before TMOS 12.
// Invariants: one login at a time, shared by all who wait for it; a refused token is forgotten once, by whoever
// notices first; passwords and tokens appear in no message.
import type { Clock, HttpClient } from '@f5-lbaas/platform';
import { classify, type Answer } from './classify.ts';
import { DeviceError } from './errors.ts';
import { isJsonObject, numberField, textField, type JsonValue } from './json.ts';

export interface SessionOptions {
  http: HttpClient;
  /** `https://host:port` */
  origin: string;
  username: string;
  password: string;
  clock: Clock;
  /** Longest wait for the login itself. */
  timeoutMs: number;
}

interface Credentials {
  headers: Record<string, string>;
  token: string | undefined;
  /** When to log in again, ms since the epoch. */
  renewAtMs: number;
}

const LOGIN_PATH = '/mgmt/shared/authn/login';
const TOKENS_PATH = '/mgmt/shared/authz/tokens';
const DEFAULT_TOKEN_SECONDS = 1200;
/** Part of a token's life after which it is replaced, so that no request meets its end. */
const RENEW_AFTER = 0.9;

export class Session {
  readonly #options: SessionOptions;
  readonly #basic: string;
  #current: Credentials | undefined;
  #login: Promise<Credentials> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    const pair = `${options.username}:${options.password}`;
    this.#basic = `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
  }

  /**
   * Headers for the next request; logs in first when there is no token or it is about to expire.
   * @throws DeviceError `unauthenticated` for a wrong password, `not_ready` and `unreachable` as any request
   */
  async headers(): Promise<Record<string, string>> {
    const current = this.#current;
    if (current !== undefined && this.#options.clock.nowMs() < current.renewAtMs) {
      return current.headers;
    }
    this.#login ??= this.#logIn().finally(() => (this.#login = undefined));
    this.#current = await this.#login;
    return this.#current.headers;
  }

  /** The device refused these headers. True when a new login can help, false for a wrong password. */
  rejected(headers: Record<string, string>): boolean {
    if (this.#current?.headers !== headers) return true;
    const hadToken = this.#current.token !== undefined;
    this.#current = undefined;
    return hadToken;
  }

  /** Gives the token back: accounts other than `admin` may hold only 100. Never throws. */
  async close(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    if (current?.token === undefined) return;
    const path = `${TOKENS_PATH}/${current.token}`;
    await this.#send('DELETE', path, undefined, current.headers).catch(() => undefined);
  }

  async #logIn(): Promise<Credentials> {
    let answer = await this.#postLogin();
    if (answer.message.includes('maximum active login tokens')) {
      await this.#send('DELETE', TOKENS_PATH, undefined, { authorization: this.#basic });
      answer = await this.#postLogin();
    }
    if (answer.kind === 'ok') return this.#tokenFrom(answer.json);
    if (answer.message.includes('loginProviderName is invalid')) return this.#basicCredentials();
    throw new DeviceError({
      kind: answer.kind === 'interrupted' ? 'not_ready' : answer.kind,
      message: answer.message,
      request: `POST ${LOGIN_PATH}`,
      status: answer.status,
    });
  }

  #postLogin(): Promise<Answer> {
    const { username, password } = this.#options;
    return this.#send('POST', LOGIN_PATH, { username, password, loginProviderName: 'tmos' }, {});
  }

  #tokenFrom(json: JsonValue | undefined): Credentials {
    const item = isJsonObject(json) ? json['token'] : undefined;
    const token = textField(item, 'token');
    if (token === undefined) {
      throw new DeviceError({
        kind: 'not_ready',
        message: 'The answer carries no token.',
        request: `POST ${LOGIN_PATH}`,
      });
    }
    const lifeMs = (numberField(item, 'timeout') ?? DEFAULT_TOKEN_SECONDS) * 1000;
    return {
      token,
      headers: { 'x-f5-auth-token': token },
      renewAtMs: this.#options.clock.nowMs() + lifeMs * RENEW_AFTER,
    };
  }

  #basicCredentials(): Credentials {
    return { token: undefined, headers: { authorization: this.#basic }, renewAtMs: Infinity };
  }

  async #send(
    method: 'POST' | 'DELETE',
    path: string,
    body: Record<string, string> | undefined,
    headers: Record<string, string>,
  ): Promise<Answer> {
    const response = await this.#options.http.request({
      method,
      url: this.#options.origin + path,
      headers: { ...headers, 'content-type': 'application/json' },
      timeoutMs: this.#options.timeoutMs,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return classify(response.status, response.body);
  }
}
