// Runs something now and then: the next pause starts when the run has ended, so runs never overlap.
import { toError, type Clock, type Logger } from '@f5-lbaas/platform';

export interface PeriodicOptions {
  /** For the log, e.g. `state report`. */
  what: string;
  /** Pause between runs; 0 turns the task off. */
  intervalMs: number;
  /** @default after one interval */
  firstAfterMs?: number;
  run: () => Promise<void>;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
}

/** @returns resolves when the signal has fired and the last run has ended; a failing run is logged */
export async function runPeriodically(options: PeriodicOptions): Promise<void> {
  const { what, intervalMs, clock, logger, signal } = options;
  if (intervalMs <= 0) return;
  let pauseMs = options.firstAfterMs ?? intervalMs;
  while (await isTimeAfter(pauseMs, clock, signal)) {
    try {
      await options.run();
    } catch (error) {
      if (!signal.aborted) logger.warn({ task: what, err: toError(error) }, 'Periodic task failed');
    }
    pauseMs = intervalMs;
  }
}

/** False when the signal fires first. */
function isTimeAfter(pauseMs: number, clock: Clock, signal: AbortSignal): Promise<boolean> {
  return clock.sleep(pauseMs, signal).then(
    () => true,
    () => false,
  );
}
