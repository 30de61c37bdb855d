// Keeps a data plane in line with its device's configuration: one application at a time, the newest state wins.
// A large configuration is applied less often, so that a burst of changes does not resolve it again for each.
import type { Clock, Logger, Timer } from '@f5-lbaas/platform';
import type { DataPlane, DataPlaneConfig } from '../data-plane/contract.ts';

/** Share of time that applying may take: a pause of this many times its duration follows. */
const PAUSE_FACTOR = 4;
const PAUSE_MS_MAX = 5000;

export interface DataPlaneFeedDeps {
  dataPlane: DataPlane;
  resolve(): DataPlaneConfig;
  clock: Clock;
  logger: Logger;
}

export class DataPlaneFeed {
  readonly #deps: DataPlaneFeedDeps;
  #isWanted = false;
  #running: Promise<void> | undefined;
  #timer: Timer | undefined;
  #isStopped = false;
  #notBeforeMs = 0;

  constructor(deps: DataPlaneFeedDeps) {
    this.#deps = deps;
  }

  /** Applies the configuration soon; any number of calls until then count as one. */
  schedule(): void {
    this.#isWanted = true;
    if (this.#running !== undefined || this.#timer !== undefined || this.#isStopped) return;
    const delayMs = Math.max(0, this.#notBeforeMs - this.#deps.clock.nowMs());
    this.#timer = this.#deps.clock.after(delayMs, () => {
      this.#timer = undefined;
      void this.flush();
    });
  }

  /** Applies the configuration now; resolves when the sockets are as it says. */
  async flush(): Promise<void> {
    this.#isWanted = true;
    while (this.#running !== undefined) await this.#running;
    if (!this.#isRunDue()) return;
    this.#isWanted = false;
    this.#running = this.#apply();
    await this.#running;
  }

  /** Another caller may have run it while this one waited. */
  #isRunDue(): boolean {
    return this.#isWanted && !this.#isStopped;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#running;
    await this.#deps.dataPlane.stop();
  }

  async #apply(): Promise<void> {
    const { clock, dataPlane, logger } = this.#deps;
    const startMs = clock.nowMs();
    try {
      await dataPlane.apply(this.#deps.resolve());
    } catch (error) {
      logger.error({ err: error }, 'the data plane refused a configuration');
    }
    const pauseMs = Math.min(PAUSE_MS_MAX, PAUSE_FACTOR * (clock.nowMs() - startMs));
    this.#notBeforeMs = clock.nowMs() + pauseMs;
    this.#running = undefined;
    if (this.#isWanted) this.schedule();
  }
}
