// Orderly end of a process: what was started last stops first, each step bounded in time.
import type { Clock } from './clock.ts';
import { withDeadline } from './deadline.ts';
import type { Logger } from './logger.ts';
import { toError } from './to-error.ts';

export interface Shutdown {
  /** Registers something that has been started. @param what for the log, e.g. `agent` */
  add(what: string, stop: () => Promise<void> | void): void;
  /** Stops everything, last first; a step that fails or hangs does not keep the others. Safe to repeat. */
  stop(reason: string): Promise<void>;
}

export interface ShutdownOptions {
  clock: Clock;
  logger: Logger;
  /** Time for one step. @default 10000 */
  stepTimeoutMs?: number;
}

const STEP_TIMEOUT_MS = 10_000;

interface Step {
  what: string;
  stop: () => Promise<void> | void;
}

export function createShutdown(options: ShutdownOptions): Shutdown {
  const { clock, logger, stepTimeoutMs = STEP_TIMEOUT_MS } = options;
  const steps: Step[] = [];
  let stopping: Promise<void> | undefined;

  const stopStep = async ({ what, stop }: Step): Promise<void> => {
    try {
      await withDeadline({ clock, timeoutMs: stepTimeoutMs, what: `Stopping ${what}` }, async () =>
        stop(),
      );
    } catch (error) {
      logger.error({ step: what, reason: toError(error).message }, 'Shutdown step failed');
    }
  };
  const stopAll = async (reason: string): Promise<void> => {
    logger.info({ reason }, 'Shutting down');
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) await stopStep(step);
  };

  return {
    add: (what, stop) => void steps.push({ what, stop }),
    stop: (reason) => (stopping ??= stopAll(reason)),
  };
}
