// One consumer of one queue: declares what it needs, survives reconnects, and acknowledges a message after it
// has been handled.
//
// oslo.messaging acknowledges before it dispatches, so a message dies with the process that took it. Handlers
// here are level-triggered and safe to repeat, and some of F5's agent's messages come only once (for example
// `loadbalancer_destroyed`); so it is better to see a message twice than never. A message is never handed back
// on failure: the dispatcher has dealt with every error, so repeating it would loop.
import type { Logger } from '@f5-lbaas/platform';
import { toError } from '@f5-lbaas/platform';
import type { AsyncMessage, Connection, Consumer } from 'rabbitmq-client';
import { RpcUnavailableError } from '../errors.ts';
import type { QueueDeclaration } from './topology.ts';

export interface AmqpConsumerOptions {
  connection: Connection;
  declaration: QueueDeclaration;
  /** Messages taken from the broker at once. */
  concurrency: number;
  handle: (body: string) => Promise<void>;
  logger: Logger;
}

export interface AmqpConsumer {
  /**
   * Resolves when the queue is being consumed.
   * @throws RpcUnavailableError when the broker refuses the declaration
   */
  ready: Promise<void>;
  /** Takes no more and waits for what is being handled. */
  close(): Promise<void>;
}

export function createAmqpConsumer(options: AmqpConsumerOptions): AmqpConsumer {
  const { connection, declaration, concurrency, logger } = options;
  const { queue, queueOptions, exchange, routingKey } = declaration;
  const consumer = connection.createConsumer(
    {
      queue,
      queueOptions,
      exchanges: [exchange],
      queueBindings: [{ queue, exchange: exchange.exchange, routingKey }],
      qos: { prefetchCount: concurrency },
      concurrency,
    },
    (message) => options.handle(textOf(message)),
  );
  return { ready: becomesReady(consumer, declaration, logger), close: () => consumer.close() };
}

function becomesReady(
  consumer: Consumer,
  { queue, exchange }: QueueDeclaration,
  logger: Logger,
): Promise<void> {
  const ready = new Promise<void>((resolve, reject) => {
    consumer.once('ready', resolve);
    consumer.on('error', (error: unknown) => {
      const reason = toError(error).message;
      logger.warn({ queue, reason }, 'Consumer lost its channel; it is set up again');
      if (codeOf(error) !== 'PRECONDITION_FAILED') return;
      // Only the first set-up waits for this; later the promise is settled.
      reject(
        new RpcUnavailableError(
          `Queue '${queue}' or exchange '${exchange.exchange}' exists on the broker with other ` +
            'properties. Make amqp_durable_queues, ' +
            'amqp_auto_delete and rabbit_quorum_queue equal to those of the services that share it.',
          error,
        ),
      );
    });
  });
  // It is awaited by whoever needs it; a refusal must not be an unhandled rejection meanwhile.
  ready.catch(() => undefined);
  return ready;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** The library parses JSON bodies that carry no content encoding. */
function textOf(message: AsyncMessage): string {
  const body: unknown = message.body;
  if (Buffer.isBuffer(body)) return body.toString('utf8');
  return typeof body === 'string' ? body : JSON.stringify(body);
}
