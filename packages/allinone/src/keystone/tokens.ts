// Tokens: signed, self-contained strings, so that they outlive a restart; revocations are kept in the journal.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@f5-lbaas/platform';
import { isObject } from '../http/fields.ts';
import type { Journal } from '../journal/journal.ts';

export interface TokenClaims {
  /** Random id of this token; also its audit id. */
  jti: string;
  user_id: string;
  /** Null for an unscoped token. */
  project_id: string | null;
  methods: string[];
  issued_at_ms: number;
  expires_at_ms: number;
}

export interface TokensDeps {
  /** Hex. */
  signingKey: string;
  lifetimeMs: number;
  journal: Journal;
  clock: Clock;
}

const REVOKED = 'revoked_tokens';

function isClaims(value: unknown): value is TokenClaims {
  return (
    isObject(value) &&
    typeof value['jti'] === 'string' &&
    typeof value['user_id'] === 'string' &&
    (value['project_id'] === null || typeof value['project_id'] === 'string') &&
    Array.isArray(value['methods']) &&
    typeof value['issued_at_ms'] === 'number' &&
    typeof value['expires_at_ms'] === 'number'
  );
}

export class Tokens {
  readonly #deps: TokensDeps;

  constructor(deps: TokensDeps) {
    this.#deps = deps;
    this.#forgetExpiredRevocations();
  }

  /** A token got with a token ends when that one ends, as in Keystone. */
  issue(
    subject: Pick<TokenClaims, 'user_id' | 'project_id' | 'methods'>,
    expiresAtMs?: number,
  ): { token: string; claims: TokenClaims } {
    const now = this.#deps.clock.nowMs();
    const claims: TokenClaims = {
      jti: randomBytes(16).toString('base64url'),
      ...subject,
      issued_at_ms: now,
      expires_at_ms: expiresAtMs ?? now + this.#deps.lifetimeMs,
    };
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    return { token: `${payload}.${this.#sign(payload)}`, claims };
  }

  /** Undefined for anything but a token of ours that is neither expired nor revoked. */
  verify(token: string): TokenClaims | undefined {
    const [payload = '', signature = ''] = token.split('.');
    const expected = Buffer.from(this.#sign(payload));
    const given = Buffer.from(signature);
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    if (!isClaims(claims) || claims.expires_at_ms <= this.#deps.clock.nowMs()) return undefined;
    return this.#deps.journal.get(REVOKED, claims.jti) === undefined ? claims : undefined;
  }

  revoke(claims: TokenClaims): void {
    const record = { id: claims.jti, expires_at_ms: claims.expires_at_ms };
    this.#deps.journal.commit([{ collection: REVOKED, id: claims.jti, record }]);
  }

  #sign(payload: string): string {
    const key = Buffer.from(this.#deps.signingKey, 'hex');
    return createHmac('sha256', key).update(payload).digest('base64url');
  }

  #forgetExpiredRevocations(): void {
    const { journal, clock } = this.#deps;
    const expired = journal
      .list(REVOKED)
      .filter((record) => Number(record['expires_at_ms']) <= clock.nowMs());
    if (expired.length === 0) return;
    journal.commit(expired.map(({ id }) => ({ collection: REVOKED, id, record: null })));
  }
}
