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
  /** All devices of the group answer, so that none is known to be out of reach. */
  isWhole: boolean;
}

interface Round {
  source: SyncSource;
  result: Promise<string | undefined>;
}

const SYNCED = ['In Sync', 'Standalone'];
/** A device could not load what it was given. The next full load may do, or nothing does. */
const FAILED = ['Sync Failure', 'Sync Failed'];
/** Some device is out of reach, perhaps only for a moment. */
const DISCONNECTED = 'Disconnected';
/** Written since the push, or never pushed. */
const UNSENT = ['Changes Pending', 'Awaiting Initial Sync'];
/** Looks in a row that have to show the same trouble before it is believed. */
const LOOKS_MAX = 3;
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

  async #round(source: SyncSource): Promise<string | undefined> {
    const { clock, timeoutMs, signal } = this.#options;
    const { client } = source;
    const untilMs = clock.nowMs() + timeoutMs;
    await this.#send(source);
    let before = '';
    let looks = 0;
    for (let pauseMs = POLL_MS_MIN; ; pauseMs = Math.min(pauseMs * 2, POLL_MS_MAX)) {
      const { status, summary } = await readSyncStatus(client, signal);
      if (isSynced(status)) return undefined;
      looks = status === before ? looks + 1 : 1;
      before = status;
      if (looks >= this.#patience(status, source)) return `${status}: ${summary}`;
      if (clock.nowMs() + pauseMs > untilMs) return `${status} after ${timeoutMs} ms: ${summary}`;
      // The status may be that of before the push, so one look is not enough to push again.
      if (looks > 1 && UNSENT.includes(status)) await this.#send(source);
      if (looks === 1 && FAILED.includes(status)) await this.#send(source, 'force-full-load-push ');
      await clock.sleep(pauseMs, signal);
    }
  }

  /** Looks in a row after which a status is the answer. */
  #patience(status: string, { isWhole }: SyncSource): number {
    if (FAILED.includes(status)) return LOOKS_MAX;
    if (status !== DISCONNECTED) return Infinity;
    return isWhole ? LOOKS_MAX : 1;
  }

  async #send({ client, deviceGroup }: SyncSource, how = ''): Promise<void> {
    const utilCmdArgs = `config-sync ${how}to-group ${deviceGroup}`;
    await client.run('/cm', { command: 'run', utilCmdArgs }, this.#options.signal);
  }
}
