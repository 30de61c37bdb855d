import { silentLogger, systemClock, systemRandom } from '@f5-lbaas/platform';
import {
  describeRpcTransportContract,
  findRabbitMq,
  startTcpProxy,
  waitFor,
  type TcpProxy,
} from '@f5-lbaas/testkit';
import { Connection } from 'rabbitmq-client';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAmqpTransport, type AmqpTransportOptions } from '../src/amqp/amqp-transport.ts';
import { RpcUnavailableError } from '../src/errors.ts';
import type { RpcTransport } from '../src/transport.ts';

const rabbit = await findRabbitMq();
const EXCHANGE = 'f5-lbaas-tests';

/** Topics used; their queues stay on the broker until they are deleted. */
const topics: string[] = [];

function newTopic(): string {
  const topic = `test-${systemRandom.uuid()}`;
  topics.push(topic);
  return topic;
}

function connect(options: Partial<AmqpTransportOptions> = {}): RpcTransport {
  return createAmqpTransport({
    url: rabbit.url,
    exchange: EXCHANGE,
    transientTtlMs: 60_000,
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    ...options,
  });
}

describe.skipIf(rabbit.missing !== undefined)(`RabbitMQ ${rabbit.missing ?? ''}`, () => {
  afterAll(async () => {
    const connection = new Connection('amqp://guest:guest@127.0.0.1:5672');
    for (const topic of topics) {
      await connection.queueDelete(topic);
      await connection.queueDelete(`${topic}.host-1`);
    }
    await connection.close();
  });

  describeRpcTransportContract('AMQP', () => ({ connect, topic: newTopic }));

  describe('AMQP transport when the connection breaks', () => {
    let proxy: TcpProxy;
    let client: RpcTransport;
    let server: RpcTransport;
    const viaProxy = (options: Partial<AmqpTransportOptions> = {}): RpcTransport =>
      connect({ url: `rabbit://guest:guest@127.0.0.1:${proxy.port}/`, ...options });

    beforeEach(async () => {
      proxy = await startTcpProxy(5672);
      client = viaProxy({ brokerTimeoutMs: 5_000 });
      server = viaProxy({ brokerTimeoutMs: 5_000 });
    });
    afterEach(async () => {
      await Promise.all([client.close(), server.close()]);
      await proxy.close();
    });

    it('goes on with the same servers and callers once the broker is back', async () => {
      const topic = newTopic();
      await server.serve(topic, { echo: (args) => Promise.resolve(args.n) });
      await expect(client.call(topic, 'echo', { n: 1 })).resolves.toBe(1);

      proxy.cut();

      await waitFor(async () => (await client.call(topic, 'echo', { n: 2 })) === 2, {
        what: 'an answer after the connection broke',
      });
    });

    it('loses no cast that it has accepted', async () => {
      const topic = newTopic();
      const seen = new Set<unknown>();
      await server.serve(topic, {
        note: (args) => {
          seen.add(args.n);
          return Promise.resolve(null);
        },
      });
      const accepted: number[] = [];

      for (let n = 0; n < 60; n += 1) {
        if (n % 20 === 10) proxy.cut();
        await client.cast(topic, 'note', { n }).then(
          () => accepted.push(n),
          () => undefined,
        );
      }

      expect(accepted.length).toBeGreaterThan(50);
      await waitFor(() => accepted.every((n) => seen.has(n)), { what: 'all accepted casts' });
    });

    it('handles a message again that was being handled, unless it is the same process', async () => {
      const topic = newTopic();
      let runs = 0;
      let release: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => (release = resolve));
      await server.serve(topic, {
        work: async () => {
          runs += 1;
          await gate;
        },
      });
      await client.cast(topic, 'work', {});
      await waitFor(() => runs === 1, { what: 'the handler to start' });

      const other = connect();
      let runsElsewhere = 0;
      await other.serve(topic, {
        work: () => {
          runsElsewhere += 1;
          return Promise.resolve(null);
        },
      });
      proxy.block();
      await waitFor(() => runsElsewhere === 1, { what: 'the other process to take over' });
      release();

      expect(runs).toBe(1);
      await other.close();
    });

    it('says that it cannot send while the broker is away, within its time', async () => {
      const impatient = viaProxy({ brokerTimeoutMs: 300 });
      proxy.block();

      await expect(impatient.cast('t', 'note', {})).rejects.toThrow(RpcUnavailableError);
      await expect(impatient.call('t', 'note', {})).rejects.toThrow(RpcUnavailableError);
      await expect(impatient.serve('t', {})).rejects.toThrow(RpcUnavailableError);
      await impatient.close();
    });
  });

  it('names the settings to change when a queue exists with other properties', async () => {
    const topic = newTopic();
    const durable = connect({ durable: true, exchange: 'f5-lbaas-tests-durable' });
    await durable.serve(topic, {});
    const transient = connect();

    await expect(transient.serve(topic, {})).rejects.toThrow(/amqp_durable_queues/);

    await Promise.all([durable.close(), transient.close()]);
  });
});
