// Waiting for something to become true in real time; tests do not sleep for fixed times.
import { systemClock } from '@f5-lbaas/platform';

export interface WaitOptions {
  /** @default 10000 */
  timeoutMs?: number;
  /** @default 20 */
  pollMs?: number;
  /** Named in the error, e.g. `the member to go OFFLINE`. */
  what?: string;
}

/**
 * Polls until `probe` gives something other than `false` and `undefined`, and returns that.
 * An error thrown by the probe counts as "not yet"; the last one is the cause of the final error.
 */
export async function waitFor<T>(
  probe: () => T | Promise<T>,
  options: WaitOptions = {},
): Promise<Exclude<T, false | undefined>> {
  const { timeoutMs = 10_000, pollMs = 20, what = 'the condition' } = options;
  const deadlineMs = systemClock.nowMs() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== false && value !== undefined) return value as Exclude<T, false | undefined>;
    } catch (error) {
      last = error;
    }
    if (systemClock.nowMs() >= deadlineMs) {
      throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`, { cause: last });
    }
    await systemClock.sleep(pollMs);
  }
}
