// RpcTransport over RabbitMQ, with the messages, queues and replies of oslo.messaging, so that F5's Python driver
// and agent can be on the other side.
import { toError, withDeadline, type Clock, type Logger, type Random } from '@f5-lbaas/platform';
import { Connection, type ConnectionOptions } from 'rabbitmq-client';
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
import { createAmqpConsumer, type AmqpConsumer } from './amqp-consumer.ts';
import { AmqpPublisher } from './amqp-publisher.ts';
import {
  TOPOLOGY_DEFAULTS,
  fanoutQueue,
  replyQueue,
  topicQueue,
  type TopologyOptions,
} from './topology.ts';
import { parseTransportUrl } from './transport-url.ts';

export interface AmqpTls {
  /** PEM; the system's authorities otherwise. */
  ca?: string;
  /** PEM, for brokers that ask for a client certificate. */
  cert?: string;
  key?: string;
}

export interface AmqpTransportOptions extends Partial<TopologyOptions> {
  /** `transport_url`, e.g. `rabbit://guest:guest@127.0.0.1:5672/`. */
  url: string;
  /** Name of the connection in the broker's management pages. */
  connectionName?: string;
  /** Time for the broker to take a message or to set up a consumer. @default 10000 */
  brokerTimeoutMs?: number;
  /** Seconds; a silent connection is given up after two. @default 60 */
  heartbeatSeconds?: number;
  tls?: AmqpTls;
  clock: Clock;
  random: Random;
  logger: Logger;
}

const BROKER_TIMEOUT_MS = 10_000;
const HEARTBEAT_SECONDS = 60;
const RECONNECT_LOW_MS = 200;
const RECONNECT_HIGH_MS = 5_000;
const REPLY_CONCURRENCY = 64;

/**
 * Returns at once; the connection is made, and made again, in the background.
 * @throws LbaasError kind `bad_request` for a URL that cannot be used
 */
export function createAmqpTransport(options: AmqpTransportOptions): RpcTransport {
  return new AmqpTransport(options);
}

class AmqpTransport implements RpcTransport {
  readonly #options: AmqpTransportOptions;
  readonly #topology: TopologyOptions;
  readonly #timeoutMs: number;
  readonly #connection: Connection;
  readonly #publisher: AmqpPublisher;
  readonly #servers = new Set<RpcServer>();
  readonly #calls;
  readonly #replyQueue: string;
  #replies: AmqpConsumer | undefined;
  #isClosed = false;

  constructor(options: AmqpTransportOptions) {
    const { clock, random } = options;
    this.#options = options;
    this.#topology = { ...TOPOLOGY_DEFAULTS, ...definedTopology(options) };
    this.#timeoutMs = options.brokerTimeoutMs ?? BROKER_TIMEOUT_MS;
    this.#connection = connect(options, this.#timeoutMs);
    this.#publisher = new AmqpPublisher({
      connection: this.#connection,
      topology: this.#topology,
      clock,
      timeoutMs: this.#timeoutMs,
    });
    this.#calls = createPendingCalls(clock);
    this.#replyQueue = `reply_${hexId(random)}`;
  }

  async cast(
    topic: string,
    method: string,
    args: RpcArgs,
    options: CastOptions = {},
  ): Promise<void> {
    this.#assertOpen();
    const body = this.#request(method, args, options);
    await this.#publisher.toTopic(topic, body, { signal: options.signal });
  }

  async fanout(
    topic: string,
    method: string,
    args: RpcArgs,
    options: CastOptions = {},
  ): Promise<void> {
    this.#assertOpen();
    const body = this.#request(method, args, options);
    await this.#publisher.toFanout(topic, body, { signal: options.signal });
  }

  async call(
    topic: string,
    method: string,
    args: RpcArgs,
    options: CallOptions = {},
  ): Promise<unknown> {
    this.#assertOpen();
    const { timeoutMs = DEFAULT_CALL_TIMEOUT_MS, signal } = options;
    const msgId = hexId(this.#options.random);
    const body = this.#request(method, args, options, { msgId, replyQueue: this.#replyQueue });
    return this.#calls.await(msgId, { topic, method, timeoutMs, signal }, async () => {
      await this.#untilReady([this.#replyListener()], `Reply queue '${this.#replyQueue}'`);
      await this.#publisher.toTopic(topic, body, { signal, expiresAfterMs: timeoutMs });
    });
  }

  async serve(
    topic: string,
    endpoint: RpcEndpoint,
    options: ServeOptions = {},
  ): Promise<RpcServer> {
    this.#assertOpen();
    const { random, logger } = this.#options;
    const concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
    const handle = createDispatcher({
      endpoint,
      topic,
      logger,
      concurrency,
      reply: (address, outcome) => {
        const reply = encodeReply(address.msgId, hexId(random), outcome);
        return this.#publisher.toQueue(address.replyQueue, encodeEnvelope(reply));
      },
    });
    const consumers = [
      topicQueue(topic, this.#topology),
      ...(options.server ? [topicQueue(`${topic}.${options.server}`, this.#topology)] : []),
      fanoutQueue(topic, hexId(random), this.#topology),
    ].map((declaration) =>
      createAmqpConsumer({
        connection: this.#connection,
        declaration,
        concurrency,
        handle,
        logger,
      }),
    );
    const closeAll = async (): Promise<void> => {
      await Promise.all(consumers.map((consumer) => consumer.close()));
    };
    try {
      await this.#untilReady(consumers, `Consumer of '${topic}'`);
    } catch (error) {
      await closeAll();
      throw error;
    }
    const server: RpcServer = {
      stop: async () => {
        this.#servers.delete(server);
        await closeAll();
      },
    };
    this.#servers.add(server);
    return server;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#calls.close('The transport was closed.');
    const { clock, logger } = this.#options;
    try {
      await withDeadline(
        { clock, timeoutMs: this.#timeoutMs, what: 'Closing the RabbitMQ connection' },
        async () => {
          await Promise.all([...this.#servers].map((server) => server.stop()));
          await Promise.all([this.#replies?.close(), this.#publisher.close()]);
          await this.#connection.close();
        },
      );
    } catch (error) {
      logger.debug({ reason: toError(error).message }, 'RabbitMQ connection was cut');
      this.#connection.unsafeDestroy();
    }
  }

  /** Made with the first call: who only casts and serves needs none. */
  #replyListener(): AmqpConsumer {
    const { logger } = this.#options;
    this.#replies ??= createAmqpConsumer({
      connection: this.#connection,
      declaration: replyQueue(this.#replyQueue, this.#topology),
      concurrency: REPLY_CONCURRENCY,
      handle: (body) => {
        try {
          this.#calls.settle(decodeReply(decodeEnvelope(body)));
        } catch (error) {
          logger.error({ reason: toError(error).message }, 'Dropped a reply that cannot be read');
        }
        return Promise.resolve();
      },
      logger,
    });
    return this.#replies;
  }

  async #untilReady(consumers: readonly AmqpConsumer[], what: string): Promise<void> {
    const { clock } = this.#options;
    try {
      await withDeadline({ clock, timeoutMs: this.#timeoutMs, what }, () =>
        Promise.all(consumers.map((consumer) => consumer.ready)),
      );
    } catch (error) {
      if (error instanceof RpcUnavailableError) throw error;
      throw new RpcUnavailableError(`${what} could not be set up on RabbitMQ.`, error);
    }
  }

  #request(method: string, args: RpcArgs, options: CastOptions, reply?: ReplyAddress): string {
    const { version = '1.0', context = {} } = options;
    const uniqueId = hexId(this.#options.random);
    return encodeEnvelope(
      encodeRequest({ method, args, version, context, uniqueId, ...(reply && { reply }) }),
    );
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new RpcUnavailableError('The transport is closed.');
  }
}

function definedTopology(options: Partial<TopologyOptions>): Partial<TopologyOptions> {
  const { exchange, durable, autoDelete, quorum, transientTtlMs } = options;
  return {
    ...(exchange !== undefined && { exchange }),
    ...(durable !== undefined && { durable }),
    ...(autoDelete !== undefined && { autoDelete }),
    ...(quorum !== undefined && { quorum }),
    ...(transientTtlMs !== undefined && { transientTtlMs }),
  };
}

function connect(options: AmqpTransportOptions, timeoutMs: number): Connection {
  const { logger, tls } = options;
  const address = parseTransportUrl(options.url);
  const settings: ConnectionOptions = {
    hosts: address.hosts,
    username: address.username,
    password: address.password,
    vhost: address.vhost,
    connectionName: options.connectionName ?? 'f5-lbaas',
    acquireTimeout: timeoutMs,
    connectionTimeout: timeoutMs,
    heartbeat: options.heartbeatSeconds ?? HEARTBEAT_SECONDS,
    retryLow: RECONNECT_LOW_MS,
    retryHigh: RECONNECT_HIGH_MS,
    noDelay: true,
    ...((address.isTls || tls !== undefined) && { tls: { ...tls } }),
  };
  const connection = new Connection(settings);
  const fields = { broker: address.hosts.join(','), vhost: address.vhost };
  connection.on('connection', () => logger.info(fields, 'Connected to RabbitMQ'));
  connection.on('error', (error: unknown) =>
    logger.warn({ ...fields, reason: toError(error).message }, 'RabbitMQ connection failed'),
  );
  connection.on('connection.blocked', (reason) =>
    logger.warn({ ...fields, reason }, 'RabbitMQ is low on resources and takes no messages'),
  );
  connection.on('connection.unblocked', () => logger.info(fields, 'RabbitMQ takes messages again'));
  return connection;
}
