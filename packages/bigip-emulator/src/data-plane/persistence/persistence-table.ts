// Remembered choices of one virtual server: key -> member, dropped when idle for too long.
import type { Clock } from '@f5-lbaas/platform';

interface PersistenceRecord {
  pool: string;
  member: string;
  timeoutMs: number;
  expiresMs: number;
}

/** Expired records are swept when the table has grown to this size, and again each time it doubles. */
const SWEEP_FROM = 1024;

export class PersistenceTable {
  readonly #clock: Clock;
  readonly #records = new Map<string, PersistenceRecord>();
  #sweepAt = SWEEP_FROM;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Name of the member; a hit starts the idle time anew. */
  find(pool: string, key: string): string | undefined {
    const id = `${pool} ${key}`;
    const record = this.#records.get(id);
    if (record === undefined) return undefined;
    const nowMs = this.#clock.nowMs();
    if (record.expiresMs <= nowMs) {
      this.#records.delete(id);
      return undefined;
    }
    record.expiresMs = nowMs + record.timeoutMs;
    return record.member;
  }

  remember(pool: string, key: string, member: string, timeoutSeconds: number): void {
    const timeoutMs = timeoutSeconds * 1000;
    const expiresMs = this.#clock.nowMs() + timeoutMs;
    this.#records.set(`${pool} ${key}`, { pool, member, timeoutMs, expiresMs });
    if (this.#records.size >= this.#sweepAt) this.#sweep();
  }

  /** A member went down or away: its clients are balanced anew. */
  forgetMember(pool: string, member: string): void {
    for (const [id, record] of this.#records)
      if (record.pool === pool && record.member === member) this.#records.delete(id);
  }

  get size(): number {
    return this.#records.size;
  }

  #sweep(): void {
    const nowMs = this.#clock.nowMs();
    for (const [id, record] of this.#records)
      if (record.expiresMs <= nowMs) this.#records.delete(id);
    this.#sweepAt = Math.max(SWEEP_FROM, this.#records.size * 2);
  }
}
