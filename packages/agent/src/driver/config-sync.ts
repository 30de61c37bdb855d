// Brings the configuration of the device that is written to the others of its group, and waits until the group says
// that it has it. One push at a time; whoever asks meanwhile shares the next one.
import type { BigIpClient } from '@f5-lbaas/bigip-client';
import type { Clock } from '@f5-lbaas/platform';
import { readSyncStatus } from './sync-status.ts';

export interface ConfigSyncOptions {
  clock: Clock;
  /** Longest wait for the group. */
  timeoutMs: number;
  /** Ends everything. */
  signal: AbortSignal;
}

/** Where to push from. */
export interface SyncSource {
  client: BigIpClient;
  deviceGroup: string;
}

interface Round {
  source: SyncSource;
  result: Promise<string | undefined>;
}

const SYNCED = ['In Sync', 'Standalone'];
const FAILED = ['Sync Failure', 'Sync Failed', 'Disconnected'];
/** Someone wrote since the push: the group is in sync only after another. */
const CHANGED = 'Changes Pending';
const POLL_MS_MIN = 250;
const POLL_MS_MAX = 4_000;

export function isSynced(status: string | undefined): boolean {
  return status !== undefined && SYNCED.includes(status);
}

export class ConfigSync {
  readonly #options: ConfigSyncOptions;
  #running: Promise<unknown> = Promise.resolve();
  #next: Round | undefined;

  constructor(options: ConfigSyncOptions) {
    this.#options = options;
  }

  /**
   * Everything written on the source before this call is on all devices when it resolves with undefined.
   * @returns why the group is not in sync, or undefined when it is. @throws DeviceError of the source
   */
  push(source: SyncSource): Promise<string | undefined> {
    if (this.#next?.source.client === source.client) return this.#next.result;
    const result = this.#running.then(() => {
      if (this.#next?.result === result) this.#next = undefined;
      return this.#round(source);
    });
    this.#next = { source, result };
    this.#running = result.catch(() => undefined);
    return result;
  }

  async #round({ client, deviceGroup }: SyncSource): Promise<string | undefined> {
    const { clock, timeoutMs, signal } = this.#options;
    const untilMs = clock.nowMs() + timeoutMs;
    const utilCmdArgs = `config-sync to-group ${deviceGroup}`;
    const push = () => client.run('/cm', { command: 'run', utilCmdArgs }, signal);
    await push();
    for (let pauseMs = POLL_MS_MIN; ; pauseMs = Math.min(pauseMs * 2, POLL_MS_MAX)) {
      const { status, summary } = await readSyncStatus(client, signal);
      if (isSynced(status)) return undefined;
      if (FAILED.includes(status)) return `${status}: ${summary}`;
      if (clock.nowMs() + pauseMs > untilMs) return `${status} after ${timeoutMs} ms: ${summary}`;
      await clock.sleep(pauseMs, signal);
      if (status === CHANGED) await push();
    }
  }
}
