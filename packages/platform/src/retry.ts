// Retrying with growing, jittered pauses. What may be retried is the caller's decision.
import type { Clock, Random } from './clock.ts';

export interface Backoff {
  /** Pause before the first retry. */
  initialMs: number;
  /** No pause is longer. */
  maxMs: number;
  /** Growth from one pause to the next. @default 2 */
  factor?: number;
}

export interface RetryOptions {
  clock: Clock;
  random: Random;
  backoff: Backoff;
  /** Attempts in all, the first included. @default no limit: give a signal then */
  maxAttempts?: number;
  /** Stops the waiting; the reason is thrown. */
  signal?: AbortSignal;
  /** @default every error is retried */
  shouldRetry?: (error: unknown) => boolean;
  /** Called before each pause, e.g. to log. */
  onRetry?: (error: unknown, attempt: number, delayMs: number) => void;
}

/**
 * Pause before retry number `retry` (1-based): exponential, between half and all of the nominal value,
 * so that many waiting parties do not return at the same moment.
 */
export function backoffDelayMs(backoff: Backoff, retry: number, random: Random): number {
  const nominal = Math.min(
    backoff.maxMs,
    backoff.initialMs * Math.pow(backoff.factor ?? 2, retry - 1),
  );
  return Math.round(nominal * (0.5 + random.next() / 2));
}

/**
 * Runs `attempt` until it succeeds.
 * @param attempt gets the attempt's number, from 1
 * @throws the last error when it may not be retried or attempts are used up; the signal's reason when aborted
 */
export async function retry<T>(
  attempt: (number: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const maxAttempts = options.maxAttempts ?? Infinity;
  for (let number = 1; ; number += 1) {
    options.signal?.throwIfAborted();
    try {
      return await attempt(number);
    } catch (error) {
      const retryable = options.shouldRetry?.(error) ?? true;
      if (!retryable || number >= maxAttempts) throw error;
      const delayMs = backoffDelayMs(options.backoff, number, options.random);
      options.onRetry?.(error, number, delayMs);
      await options.clock.sleep(delayMs, options.signal);
    }
  }
}
