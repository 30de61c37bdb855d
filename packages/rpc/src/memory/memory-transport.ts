// RpcTransport within one process. Messages take the same form as on AMQP, so tests that pass here have
// exercised the wire format too.
import type { Clock, Logger, Random } from '@f5-lbaas/platform';
import { createDispatcher } from '../dispatch.ts';
import { RpcUnavailableError } from '../errors.ts';
import { decodeEnvelope, encodeEnvelope } from '../oslo/envelope.ts';
import { decodeReply, encodeReply } from '../oslo/reply.ts';
import { encodeRequest, type ReplyAddress } from '../oslo/request.ts';
import { createPendingCalls } from '../pending-calls.ts';
import type {
  CallOptions,
  CastOptions,
  RpcArgs,
  RpcEndpoint,
  RpcServer,
  RpcTransport,
  ServeOptions,
} from '../transport.ts';
import { DEFAULT_CALL_TIMEOUT_MS, DEFAULT_CONCURRENCY, hexId } from '../wire-defaults.ts';
import type { MemoryBroker } from './memory-broker.ts';

export interface MemoryTransportOptions {
  /** What the parties have in common; one object per simulated broker. */
  broker: MemoryBroker;
  clock: Clock;
  random: Random;
  logger: Logger;
}

export function createMemoryTransport(options: MemoryTransportOptions): RpcTransport {
  return new MemoryTransport(options);
}

class MemoryTransport implements RpcTransport {
  readonly #options: MemoryTransportOptions;
  readonly #servers = new Set<RpcServer>();
  readonly #calls;
  readonly #replyQueue: string;
  #isClosed = false;

  constructor(options: MemoryTransportOptions) {
    this.#options = options;
    this.#calls = createPendingCalls(options.clock);
    this.#replyQueue = `reply_${hexId(options.random)}`;
    options.broker.consume(this.#replyQueue, Infinity, (body) => {
      this.#calls.settle(decodeReply(decodeEnvelope(body)));
      return Promise.resolve();
    });
  }

  async cast(
    topic: string,
    method: string,
    args: RpcArgs,
    options: CastOptions = {},
  ): Promise<void> {
    options.signal?.throwIfAborted();
    const body = this.#request(method, args, options);
    await this.#send(() => this.#options.broker.publish(topic, body));
  }

  async fanout(
    topic: string,
    method: string,
    args: RpcArgs,
    options: CastOptions = {},
  ): Promise<void> {
    options.signal?.throwIfAborted();
    const body = this.#request(method, args, options);
    await this.#send(() => this.#options.broker.publishFanout(topic, body));
  }

  async call(
    topic: string,
    method: string,
    args: RpcArgs,
    options: CallOptions = {},
  ): Promise<unknown> {
    const msgId = hexId(this.#options.random);
    const timeoutMs = options.timeoutMs ?? DEFAULT_CALL_TIMEOUT_MS;
    const body = this.#request(method, args, options, { msgId, replyQueue: this.#replyQueue });
    const description = { topic, method, timeoutMs, signal: options.signal };
    return this.#calls.await(msgId, description, () =>
      this.#send(() => this.#options.broker.publish(topic, body)),
    );
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- consuming from memory needs no waiting
  async serve(
    topic: string,
    endpoint: RpcEndpoint,
    options: ServeOptions = {},
  ): Promise<RpcServer> {
    this.#assertOpen();
    const { broker, random } = this.#options;
    const fanoutQueue = `${topic}_fanout_${hexId(random)}`;
    broker.bindFanout(topic, fanoutQueue);
    const concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
    const running = new Set<Promise<void>>();
    const dispatch = createDispatcher({
      endpoint,
      topic,
      logger: this.#options.logger,
      concurrency,
      reply: (address, outcome) => {
        const reply = encodeReply(address.msgId, hexId(random), outcome);
        return broker.publish(address.replyQueue, encodeEnvelope(reply));
      },
    });
    const deliver = async (body: string): Promise<void> => {
      const work = dispatch(body).finally(() => running.delete(work));
      running.add(work);
      await work;
    };
    const queues = [topic, ...(options.server ? [`${topic}.${options.server}`] : []), fanoutQueue];
    const consumers = queues.map((queue) => broker.consume(queue, concurrency, deliver));
    const server: RpcServer = {
      stop: async () => {
        for (const consumer of consumers) consumer.cancel();
        broker.removeQueue(fanoutQueue);
        this.#servers.delete(server);
        await Promise.all(running);
      },
    };
    this.#servers.add(server);
    return server;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all([...this.#servers].map((server) => server.stop()));
    this.#calls.close('The transport was closed.');
    this.#options.broker.removeQueue(this.#replyQueue);
  }

  #request(method: string, args: RpcArgs, options: CastOptions, reply?: ReplyAddress): string {
    const { version = '1.0', context = {} } = options;
    const uniqueId = hexId(this.#options.random);
    return encodeEnvelope(
      encodeRequest({ method, args, version, context, uniqueId, ...(reply && { reply }) }),
    );
  }

  async #send(publish: () => Promise<void>): Promise<void> {
    this.#assertOpen();
    try {
      await publish();
    } catch (error) {
      throw new RpcUnavailableError('The in-process broker cannot take the message now.', error);
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new RpcUnavailableError('The transport is closed.');
  }
}
