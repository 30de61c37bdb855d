// Persistence of one virtual server: finds the member a client is bound to, and binds it.
import type { Clock } from '@f5-lbaas/platform';
import { maskAddress } from '../address.ts';
import type { PersistenceConfig } from '../contract.ts';
import type { Member } from '../pool/member.ts';
import type { Pool } from '../pool/pool.ts';
import { decodeCookie, persistenceCookieName } from './cookie-value.ts';
import { PersistenceTable } from './persistence-table.ts';

/** What persistence may look at in a connection or request. */
export interface PersistenceSubject {
  clientAddress: string;
  destinationAddress: string;
  /** Value of a request cookie; always undefined outside HTTP. */
  cookie(name: string): string | undefined;
  /** Key an iRule set with `persist uie`. */
  universal: { key: string; timeoutSeconds: number | null } | null;
}

/** Config and fallback, in the order they are asked. */
export type PersistenceOrder = readonly (PersistenceConfig | null)[];

export class Persister {
  readonly #table: PersistenceTable;

  constructor(clock: Clock) {
    this.#table = new PersistenceTable(clock);
  }

  /** The bound member, when there is one and it may be used. */
  find(order: PersistenceOrder, pool: Pool, subject: PersistenceSubject): Member | undefined {
    for (const config of order) {
      const member = config === null ? undefined : this.#findBy(config, pool, subject);
      if (member?.isEligibleForPersistence === true) return member;
    }
    return undefined;
  }

  /** Binds the client; cookies are the response's business. */
  remember(order: PersistenceOrder, member: Member, subject: PersistenceSubject): void {
    for (const config of order) {
      const key = config === null ? undefined : tableKey(config, subject);
      if (config !== null && key !== undefined)
        this.#table.remember(member.pool, key.key, member.name, key.timeoutSeconds);
    }
  }

  /** `persist add uie`: binds keys that came with the response. */
  addUniversal(
    order: PersistenceOrder,
    member: Member,
    keys: readonly NonNullable<PersistenceSubject['universal']>[],
  ): void {
    for (const universal of keys)
      this.remember(
        order.filter((config) => config?.type === 'universal'),
        member,
        { clientAddress: '', destinationAddress: '', cookie: () => undefined, universal },
      );
  }

  forgetMember(member: Member): void {
    this.#table.forgetMember(member.pool, member.name);
  }

  #findBy(config: PersistenceConfig, pool: Pool, subject: PersistenceSubject): Member | undefined {
    if (config.type === 'cookie') return findByCookie(config, pool, subject);
    const key = tableKey(config, subject);
    if (key === undefined) return undefined;
    const name = this.#table.find(pool.config.path, key.key);
    return name === undefined ? undefined : pool.members.get(name);
  }
}

/** Default of the device's persistence profiles, for `persist uie` without a timeout. */
const UNIVERSAL_TIMEOUT_SECONDS = 180;

function tableKey(
  config: PersistenceConfig,
  subject: PersistenceSubject,
): { key: string; timeoutSeconds: number } | undefined {
  switch (config.type) {
    case 'source-addr':
      return {
        key: `source-addr ${maskAddress(subject.clientAddress, config.mask)}`,
        timeoutSeconds: config.timeoutSeconds,
      };
    case 'dest-addr':
      return {
        key: `dest-addr ${maskAddress(subject.destinationAddress, config.mask)}`,
        timeoutSeconds: config.timeoutSeconds,
      };
    case 'universal':
      return subject.universal === null
        ? undefined
        : {
            key: universalKey(subject.universal.key),
            timeoutSeconds:
              subject.universal.timeoutSeconds ??
              (config.timeoutSeconds || UNIVERSAL_TIMEOUT_SECONDS),
          };
    case 'cookie':
    case 'other':
      return undefined;
  }
}

function universalKey(key: string): string {
  return `universal ${key}`;
}

type CookiePersistence = Extract<PersistenceConfig, { type: 'cookie' }>;

/** Name of the cookie that carries the choice. */
export function cookieNameOf(config: CookiePersistence, poolPath: string): string {
  return config.cookieName ?? persistenceCookieName(poolPath);
}

function findByCookie(
  config: CookiePersistence,
  pool: Pool,
  subject: PersistenceSubject,
): Member | undefined {
  const value = subject.cookie(cookieNameOf(config, pool.config.path));
  if (value === undefined) return undefined;
  if (config.method === 'hash') return memberByHash(pool, value);
  const endpoint = decodeCookie(value);
  if (endpoint === undefined) return undefined;
  for (const member of pool.members.values())
    if (
      member.host === endpoint.address &&
      member.routeDomain === endpoint.routeDomain &&
      member.port === endpoint.port
    )
      return member;
  return undefined;
}

/** The same value leads to the same member as long as the set of available members is the same. */
function memberByHash(pool: Pool, value: string): Member | undefined {
  const eligible = [...pool.members.values()].filter((member) => member.isEligible);
  let hash = 0x811c9dc5;
  for (let i = 0; i < value.length; i += 1)
    hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193) >>> 0;
  return eligible[hash % Math.max(eligible.length, 1)];
}
