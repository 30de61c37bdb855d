// Session persistence of a pool: which options go with which type and protocol.
import type { Pool, SessionPersistence } from '@f5-lbaas/model';

import { refuse } from '../refusals.ts';

export type SessionPersistenceChange = {
  [K in keyof SessionPersistence]?: SessionPersistence[K] | null | undefined;
};

/** Characters that a cookie name must not have. @see Octavia `validate_session_persistence` */
const COOKIE_NAME_FORBIDDEN = /[\x00-\x20\x22\x28-\x29\x2c\x2f\x3a-\x40\x5b-\x5d\x7b\x7d\x7f]/;

/** What a pool has after the request: absent options are unset, an absent type is the stored one. */
export function settlePersistence(
  change: SessionPersistenceChange | null | undefined,
  current: SessionPersistence | null,
): SessionPersistence | null {
  if (change === undefined) return current;
  if (change === null) return null;
  const type = change.type ?? current?.type;
  if (type === undefined) throw refuse('ERR_PERSISTENCE', {});
  return {
    type,
    cookie_name: change.cookie_name ?? null,
    persistence_timeout: change.persistence_timeout ?? null,
    persistence_granularity: change.persistence_granularity ?? null,
  };
}

export function checkPersistence(
  persistence: SessionPersistence | null,
  protocol: Pool['protocol'],
  verb: 'create' | 'update',
): void {
  if (persistence === null) return;
  checkCookieName(persistence);
  if (protocol === 'UDP' || protocol === 'SCTP') {
    if (persistence.cookie_name !== null) throw refuse('ERR_PERSISTENCE_COOKIE_DATAGRAM', {});
    if (persistence.type !== 'SOURCE_IP') {
      throw refuse('ERR_PERSISTENCE_TYPE', { type: persistence.type });
    }
    return;
  }
  const { persistence_timeout: timeout, persistence_granularity: granularity } = persistence;
  if (timeout !== null || granularity !== null) throw refuse('ERR_PERSISTENCE_OPTIONS', { verb });
}

function checkCookieName({ type, cookie_name: name }: SessionPersistence): void {
  if (type !== 'APP_COOKIE') {
    if (name !== null) throw refuse('ERR_COOKIE_NAME_FORBIDDEN', {});
    return;
  }
  if (name === null || name === '') throw refuse('ERR_COOKIE_NAME_MISSING', {});
  if (COOKIE_NAME_FORBIDDEN.test(name)) throw refuse('ERR_COOKIE_NAME', {});
}
