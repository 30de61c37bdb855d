// Publishing with confirmation: resolves when the broker has the message.
import { withDeadline, toError, type Clock } from '@f5-lbaas/platform';
import type { Connection, Publisher } from 'rabbitmq-client';
import { RpcUnavailableError } from '../errors.ts';
import { fanoutExchange, topicExchange, type TopologyOptions } from './topology.ts';

export interface AmqpPublisherOptions {
  connection: Connection;
  topology: TopologyOptions;
  clock: Clock;
  /** Time for the broker to confirm, waiting for a connection included. */
  timeoutMs: number;
}

export interface PublishOptions {
  /** The broker drops the message when nobody took it by then. */
  expiresAfterMs?: number;
  signal?: AbortSignal | undefined;
}

/**
 * Repeats a publication whose channel broke. The message carries its unique id, by which receivers drop the
 * second copy if the first had arrived.
 */
const ATTEMPTS = 2;

export class AmqpPublisher {
  readonly #options: AmqpPublisherOptions;
  readonly #publisher: Publisher;

  constructor(options: AmqpPublisherOptions) {
    this.#options = options;
    this.#publisher = options.connection.createPublisher({
      confirm: true,
      maxAttempts: ATTEMPTS,
      exchanges: [topicExchange(options.topology)],
    });
  }

  toTopic(topic: string, body: string, options: PublishOptions = {}): Promise<void> {
    return this.#publish(
      { exchange: this.#options.topology.exchange, routingKey: topic },
      body,
      options,
    );
  }

  /** To the queue of that name, whichever exchange it is bound to otherwise. */
  toQueue(queue: string, body: string): Promise<void> {
    return this.#publish({ exchange: '', routingKey: queue }, body, {});
  }

  async toFanout(topic: string, body: string, options: PublishOptions = {}): Promise<void> {
    const declaration = fanoutExchange(topic);
    // Publishing to an exchange that does not exist would break the channel for everybody.
    await this.#bounded(options.signal, () =>
      this.#options.connection.exchangeDeclare(declaration),
    );
    await this.#publish({ exchange: declaration.exchange, routingKey: '' }, body, options);
  }

  close(): Promise<void> {
    return this.#publisher.close();
  }

  #publish(
    target: { exchange: string; routingKey: string },
    body: string,
    { expiresAfterMs, signal }: PublishOptions,
  ): Promise<void> {
    return this.#bounded(signal, () =>
      this.#publisher.send(
        {
          ...target,
          durable: true,
          contentType: 'application/json',
          contentEncoding: 'utf-8',
          ...(expiresAfterMs !== undefined && { expiration: String(expiresAfterMs) }),
        },
        // A Buffer, as the library would otherwise choose type and encoding itself.
        Buffer.from(body, 'utf8'),
      ),
    );
  }

  async #bounded(signal: AbortSignal | undefined, work: () => Promise<void>): Promise<void> {
    const { clock, timeoutMs } = this.#options;
    try {
      await withDeadline({ clock, timeoutMs, what: 'Publishing to RabbitMQ', signal }, work);
    } catch (error) {
      signal?.throwIfAborted();
      const reason = toError(error).message;
      throw new RpcUnavailableError(`RabbitMQ did not take the message: ${reason}`, error);
    }
  }
}
