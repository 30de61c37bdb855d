// Bounds a piece of work in time: it gets a signal, and its caller gets an answer even if the work ignores it.
import type { Clock } from './clock.ts';

/** The time was used up. `name` is `TimeoutError`, as for `AbortSignal.timeout`. */
export class DeadlineError extends Error {
  readonly timeoutMs: number;

  constructor(what: string, timeoutMs: number) {
    super(`${what} took longer than ${timeoutMs} ms.`);
    this.name = 'TimeoutError';
    this.timeoutMs = timeoutMs;
  }
}

export interface DeadlineOptions {
  clock: Clock;
  timeoutMs: number;
  /** Names the work in the error, e.g. `Reading agent state`. */
  what: string;
  /** Ends the work early; its reason is thrown. */
  signal?: AbortSignal | undefined;
}

/**
 * Runs `work` with a signal that fires at the deadline or when `options.signal` fires.
 * @throws DeadlineError after `timeoutMs`
 */
export async function withDeadline<T>(
  options: DeadlineOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal: outer } = options;
  outer?.throwIfAborted();
  const controller = new AbortController();
  const timer = options.clock.after(options.timeoutMs, () => {
    controller.abort(new DeadlineError(options.what, options.timeoutMs));
  });
  const onOuterAbort = (): void => controller.abort(outer?.reason);
  outer?.addEventListener('abort', onOuterAbort, { once: true });
  const ended = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error), {
      once: true,
    });
  });
  try {
    return await Promise.race([work(controller.signal), ended]);
  } finally {
    timer.cancel();
    outer?.removeEventListener('abort', onOuterAbort);
  }
}
