// Calls that wait for their reply, by message id. The same for both transports.
import { toError, type Clock } from '@f5-lbaas/platform';
import { RpcRemoteError, RpcTimeoutError, RpcUnavailableError } from './errors.ts';
import { decodeFailure } from './oslo/failure.ts';
import type { RpcReply } from './oslo/reply.ts';

interface CallDescription {
  topic: string;
  method: string;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

export interface PendingCalls {
  /**
   * Registers the call, then runs `send`, and waits for the reply.
   * @throws RpcTimeoutError | RpcRemoteError | what `send` throws | the signal's reason
   */
  await(msgId: string, call: CallDescription, send: () => Promise<void>): Promise<unknown>;
  /** Takes a reply; replies nobody waits for are dropped (their caller has given up). */
  settle(reply: RpcReply): void;
  /** Fails everything that waits. */
  close(reason: string): void;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  /** Result of an earlier, not final reply. */
  result: unknown;
  method: string;
}

export function createPendingCalls(clock: Clock): PendingCalls {
  const waiting = new Map<string, Waiting>();
  return {
    await(msgId, call, send) {
      call.signal?.throwIfAborted();
      return new Promise((resolve, reject) => {
        const timer = clock.after(call.timeoutMs, () => {
          finish(() => reject(new RpcTimeoutError(call.topic, call.method, call.timeoutMs)));
        });
        const onAbort = (): void => finish(() => reject(call.signal?.reason as Error));
        const finish = (answer: () => void): void => {
          timer.cancel();
          call.signal?.removeEventListener('abort', onAbort);
          waiting.delete(msgId);
          answer();
        };
        call.signal?.addEventListener('abort', onAbort, { once: true });
        waiting.set(msgId, {
          resolve: (value) => finish(() => resolve(value)),
          reject: (error) => finish(() => reject(toError(error))),
          result: null,
          method: call.method,
        });
        send().catch((error: unknown) => finish(() => reject(toError(error))));
      });
    },
    settle(reply) {
      const call = waiting.get(reply.msgId);
      if (call === undefined) return;
      if (reply.failure !== null) {
        call.reject(new RpcRemoteError(call.method, decodeFailure(reply.failure)));
        return;
      }
      call.result = reply.result ?? call.result;
      if (reply.isLast) call.resolve(call.result);
    },
    close(reason) {
      for (const call of [...waiting.values()]) call.reject(new RpcUnavailableError(reason));
    },
  };
}
