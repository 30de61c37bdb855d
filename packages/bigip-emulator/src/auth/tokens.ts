// Tokens of the REST framework: absolute lifetime, extension, limit per user (iControl REST 1.3).
import type { Clock, Random } from '@f5-lbaas/platform';
import { restjavadError } from '../errors.ts';
import type { JsonObject } from '../json.ts';

const LIFETIME_SECONDS = 1200;
const LIFETIME_SECONDS_MAX = 36_000;
const TOKENS_PER_USER_MAX = 100;
const TOKEN_LENGTH = 26;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export interface Token {
  token: string;
  userName: string;
  address: string;
  provider: string;
  timeoutSeconds: number;
  startMs: number;
  generation: number;
}

export class Tokens {
  readonly #clock: Clock;
  readonly #random: Random;
  /** Not limited in the number of tokens. */
  readonly #administrator: string;
  readonly #tokens = new Map<string, Token>();

  constructor(deps: { clock: Clock; random: Random; administrator: string }) {
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#administrator = deps.administrator;
  }

  issue(userName: string, address: string, provider: string): Token {
    const own = this.list().filter((token) => token.userName === userName);
    if (userName !== this.#administrator && own.length >= TOKENS_PER_USER_MAX) {
      throw restjavadError(
        400,
        `Bad Request: user ${userName} has reached maximum active login tokens`,
      );
    }
    const token: Token = {
      token: this.#newToken(),
      userName,
      address,
      provider,
      timeoutSeconds: LIFETIME_SECONDS,
      startMs: this.#clock.nowMs(),
      generation: 1,
    };
    this.#tokens.set(token.token, token);
    return token;
  }

  /** The live token of that text. */
  find(text: string): Token | undefined {
    const token = this.#tokens.get(text);
    if (token === undefined || !this.#isExpired(token)) return token;
    this.#tokens.delete(text);
    return undefined;
  }

  list(): Token[] {
    for (const token of this.#tokens.values()) {
      if (this.#isExpired(token)) this.#tokens.delete(token.token);
    }
    return [...this.#tokens.values()];
  }

  /** @param timeoutSeconds from the start of the token, at most 36000 */
  extend(token: Token, timeoutSeconds: number): Token {
    if (timeoutSeconds > LIFETIME_SECONDS_MAX) {
      throw restjavadError(
        406,
        `Auth-token absolute timeout (${LIFETIME_SECONDS_MAX} seconds) exceeded`,
      );
    }
    const extended = { ...token, timeoutSeconds, generation: token.generation + 1 };
    this.#tokens.set(token.token, extended);
    return extended;
  }

  remove(text: string): void {
    this.#tokens.delete(text);
  }

  removeAllOf(userName: string): void {
    for (const token of this.list()) {
      if (token.userName === userName) this.#tokens.delete(token.token);
    }
  }

  /** Every token ends now; a restart or a fault. */
  clear(): void {
    this.#tokens.clear();
  }

  #isExpired({ startMs, timeoutSeconds }: Token): boolean {
    return this.#clock.nowMs() >= startMs + timeoutSeconds * 1000;
  }

  #newToken(): string {
    let text = '';
    for (let index = 0; index < TOKEN_LENGTH; index += 1) {
      text += BASE32[Math.floor(this.#random.next() * BASE32.length)] ?? 'A';
    }
    return text;
  }
}

/** The token as the device shows it (iControl REST 1.3). */
export function tokenItem(token: Token, isAdministrator: boolean): JsonObject {
  const user = isAdministrator
    ? `https://localhost/mgmt/shared/authz/users/${token.userName}`
    : `https://localhost/mgmt/cm/system/authn/providers/tmos/1f44a60e-11a7-3c51-a49f-82983026b41b/users/${token.userName}`;
  return {
    token: token.token,
    name: token.token,
    userName: token.userName,
    authProviderName: token.provider,
    user: { link: user },
    groupReferences: [],
    timeout: token.timeoutSeconds,
    startTime: new Date(token.startMs).toISOString().replace('Z', '+0000'),
    address: token.address,
    partition: '[All]',
    generation: token.generation,
    lastUpdateMicros: token.startMs * 1000,
    expirationMicros: (token.startMs + token.timeoutSeconds * 1000) * 1000,
    kind: 'shared:authz:tokens:authtokenitemstate',
    selfLink: `https://localhost/mgmt/shared/authz/tokens/${token.token}`,
  };
}
