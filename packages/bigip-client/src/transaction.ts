// Several writes as one: all take effect or none does, and exactly once, whatever is lost on the way.
// Nothing happens before the commit, so a doubt before it is answered by starting anew. A doubt at the commit
// is answered by asking the transaction; only if the device no longer knows it the outcome stays unknown.
import type { Clock } from '@f5-lbaas/platform';
import { DeviceError, isDeviceError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { numberField, textField, type JsonObject } from './json.ts';

export interface Command {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: JsonObject | undefined;
}

export interface TransactionOptions {
  exchange: Exchange;
  clock: Clock;
  /** Longest wait for the commit's answer. */
  commitTimeoutMs: number;
}

const TRANSACTIONS = '/transaction';
const BUILDS_MAX = 3;
const COMMITS_MAX = 3;
const STATE_POLL_MS = 500;

/** The transaction is gone before it was committed; nothing happened. */
class TransactionLostError extends Error {}

export class TransactionRunner {
  readonly #options: TransactionOptions;

  constructor(options: TransactionOptions) {
    this.#options = options;
  }

  /**
   * Runs the commands in order.
   * @throws DeviceError: any kind means that nothing changed, except `unknown_outcome`
   */
  async run(commands: readonly Command[], signal: AbortSignal | undefined): Promise<void> {
    for (let build = 1; ; build += 1) {
      const id = await this.#open(signal);
      try {
        for (const command of commands) await this.#add(id, command, signal);
        await this.#commit(id, signal);
        return;
      } catch (error) {
        if (!(error instanceof TransactionLostError)) throw error;
        if (build >= BUILDS_MAX) {
          throw new DeviceError({
            kind: 'not_ready',
            message: `The transaction was lost ${build} times before its commit.`,
            request: 'PATCH /mgmt/tm/transaction',
          });
        }
      }
    }
  }

  async #open(signal: AbortSignal | undefined): Promise<number> {
    const request = { method: 'POST', path: TRANSACTIONS, body: {}, repeatable: true } as const;
    const answer = await this.#options.exchange.send({ ...request, signal });
    const id = numberField(answer.json, 'transId');
    if (id !== undefined) return id;
    throw new DeviceError({
      kind: 'not_ready',
      message: 'The answer carries no transId.',
      request: 'POST /mgmt/tm/transaction',
    });
  }

  async #add(id: number, command: Command, signal: AbortSignal | undefined): Promise<void> {
    const headers = { 'x-f5-rest-coordination-id': String(id) };
    try {
      await this.#options.exchange.send({ ...command, headers, signal });
    } catch (error) {
      // Commands are queued unchecked, so "absent" here is about the transaction itself.
      if (isDeviceError(error, 'unknown_outcome', 'absent')) throw await this.#abandon(id);
      throw error;
    }
  }

  async #abandon(id: number): Promise<TransactionLostError> {
    const path = `${TRANSACTIONS}/${id}`;
    await this.#options.exchange
      .send({ method: 'DELETE', path, repeatable: true })
      .catch(() => undefined);
    return new TransactionLostError();
  }

  async #commit(id: number, signal: AbortSignal | undefined): Promise<void> {
    const path = `${TRANSACTIONS}/${id}`;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#options.exchange.send({
          method: 'PATCH',
          path,
          body: { state: 'VALIDATING' },
          timeoutMs: this.#options.commitTimeoutMs,
          signal,
        });
        return;
      } catch (error) {
        if (
          isDeviceError(error, 'absent') &&
          !error.deviceMessage.startsWith('transaction failed')
        ) {
          throw new TransactionLostError();
        }
        if (!isDeviceError(error, 'unknown_outcome')) throw error;
        if (await this.#isCommitted(path, error, signal)) return;
        if (attempt >= COMMITS_MAX) throw error;
      }
    }
  }

  /**
   * Asks a transaction whose commit's answer was lost. False: the commit never arrived, send it again.
   * @throws the original error when the device does not know the transaction any more
   */
  async #isCommitted(
    path: string,
    lost: DeviceError,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const { exchange, clock, commitTimeoutMs } = this.#options;
    const untilMs = clock.nowMs() + commitTimeoutMs;
    while (clock.nowMs() < untilMs) {
      const answer = await exchange
        .send({ method: 'GET', path, signal })
        .catch((error: unknown) => {
          signal?.throwIfAborted();
          throw isDeviceError(error) ? lost : error;
        });
      const state = textField(answer.json, 'state');
      if (state === 'COMPLETED') return true;
      if (state === 'STARTED') return false;
      if (state === 'FAILED') {
        throw new DeviceError({
          kind: 'refused',
          message: textField(answer.json, 'failureReason') ?? 'transaction failed',
          request: lost.request,
        });
      }
      await clock.sleep(STATE_POLL_MS, signal);
    }
    throw lost;
  }
}
