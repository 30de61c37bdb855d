// Simulated time: nothing fires until a test moves the clock. Between two timers, everything that became
// ready (promise callbacks, immediates) runs, so that chains of awaits keep their order.
import { setImmediate as immediate } from 'node:timers/promises';
import { toError, type Clock, type Random, type Timer } from '@f5-lbaas/platform';

export interface ManualClock extends Clock {
  /** Moves time forward, firing what falls due in order, and lets the consequences settle. */
  advance(byMs: number): Promise<void>;
  /**
   * Moves time from timer to timer until the condition holds.
   * @throws Error when it does not within `withinMs` of simulated time
   */
  advanceUntil(condition: () => boolean, withinMs?: number): Promise<void>;
  /** Timers that have not fired. */
  readonly pending: number;
}

interface Entry {
  dueMs: number;
  order: number;
  fire: () => void;
}

/** Rounds of the event loop granted to what became ready. In-process messages take a few hops. */
const SETTLE_ROUNDS = 4;

async function settle(): Promise<void> {
  for (let round = 0; round < SETTLE_ROUNDS; round += 1) await immediate();
}

export function createManualClock(startMs = Date.UTC(2026, 0, 1)): ManualClock {
  let nowMs = startMs;
  let order = 0;
  const entries = new Set<Entry>();

  const add = (delayMs: number, fire: () => void): Timer => {
    const entry = { dueMs: nowMs + Math.max(0, delayMs), order: (order += 1), fire };
    entries.add(entry);
    return { cancel: () => void entries.delete(entry) };
  };
  const nextDue = (limitMs: number): Entry | undefined =>
    [...entries]
      .filter((entry) => entry.dueMs <= limitMs)
      .sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
  const fire = async (entry: Entry): Promise<void> => {
    entries.delete(entry);
    nowMs = Math.max(nowMs, entry.dueMs);
    entry.fire();
    await settle();
  };

  return {
    nowMs: () => nowMs,
    after: add,
    sleep(delayMs, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(toError(signal.reason));
          return;
        }
        const onAbort = (): void => {
          timer.cancel();
          reject(toError(signal?.reason));
        };
        const timer = add(delayMs, () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        });
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
    async advance(byMs) {
      const targetMs = nowMs + byMs;
      await settle();
      for (let entry = nextDue(targetMs); entry; entry = nextDue(targetMs)) await fire(entry);
      nowMs = targetMs;
      await settle();
    },
    async advanceUntil(condition, withinMs = 3_600_000) {
      const limitMs = nowMs + withinMs;
      await settle();
      while (!condition()) {
        const entry = nextDue(limitMs);
        if (entry === undefined) throw new Error('The condition did not come true in that time.');
        await fire(entry);
      }
    },
    get pending() {
      return entries.size;
    },
  };
}

/** Repeatable randomness: equal seeds give equal sequences. */
export function createSeededRandom(seed = 1): Random {
  let state = seed >>> 0;
  const next = (): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const hex = (length: number): string =>
    Array.from({ length }, () => Math.floor(next() * 16).toString(16)).join('');
  return {
    next,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  };
}
