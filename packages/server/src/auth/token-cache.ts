// Remembers validated tokens for a short time, under a digest, so that one request is not one call to Keystone.
// Invariants: never longer than the token lives; one validation at a time per token; bounded size.
import { createHash } from 'node:crypto';

import type { Clock } from '@f5-lbaas/platform';

import type { TokenFacts } from './keystone-client.ts';

export interface TokenCacheOptions {
  /** How long a validated token is believed. */
  ttlMs: number;
  /** Tokens at most; the ones not used longest go first. */
  entriesMax: number;
}

type Validate = (token: string) => Promise<TokenFacts | undefined>;

export class TokenCache {
  readonly #validate: Validate;
  readonly #clock: Clock;
  readonly #options: TokenCacheOptions;
  readonly #known = new Map<string, { facts: TokenFacts; untilMs: number }>();
  readonly #running = new Map<string, Promise<TokenFacts | undefined>>();

  constructor(validate: Validate, clock: Clock, options: TokenCacheOptions) {
    this.#validate = validate;
    this.#clock = clock;
    this.#options = options;
  }

  /** @returns undefined for a token that is not accepted; that answer is not kept */
  async facts(token: string): Promise<TokenFacts | undefined> {
    const key = createHash('sha256').update(token).digest('base64');
    const known = this.#known.get(key);
    if (known !== undefined && known.untilMs > this.#clock.nowMs()) {
      this.#known.delete(key);
      this.#known.set(key, known);
      return known.facts;
    }
    const running = this.#running.get(key) ?? this.#start(key, token);
    return running;
  }

  #start(key: string, token: string): Promise<TokenFacts | undefined> {
    const running = this.#validateAndKeep(key, token).finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    return running;
  }

  async #validateAndKeep(key: string, token: string): Promise<TokenFacts | undefined> {
    const facts = await this.#validate(token);
    this.#known.delete(key);
    const nowMs = this.#clock.nowMs();
    if (facts === undefined || facts.expiresAtMs <= nowMs) return undefined;
    const untilMs = Math.min(nowMs + this.#options.ttlMs, facts.expiresAtMs);
    this.#known.set(key, { facts, untilMs });
    if (this.#known.size > this.#options.entriesMax) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    return facts;
  }
}
