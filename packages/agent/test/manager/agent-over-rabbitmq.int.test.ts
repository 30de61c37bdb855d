// The agent manager over a real broker: what simulated time and in-process messages cannot show.
import { silentLogger, systemClock, systemRandom } from '@f5-lbaas/platform';
import { agentTopic, createAmqpTransport, type RpcTransport } from '@f5-lbaas/rpc';
import { aService, findRabbitMq, startTcpProxy, waitFor, type TcpProxy } from '@f5-lbaas/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAgent, type RunningAgent } from '../../src/start-agent.ts';
import { FakeDriver } from './fake-driver.ts';
import { FakeServer } from './fake-server.ts';

const rabbit = await findRabbitMq();
const parts = { clock: systemClock, random: systemRandom, logger: silentLogger };

describe.skipIf(rabbit.missing !== undefined)(
  `LbaasAgentManager over RabbitMQ ${rabbit.missing ?? ''}`,
  () => {
    let environment: string;
    let proxy: TcpProxy;
    let serverSide: RpcTransport;
    let agentSide: RpcTransport;
    let server: FakeServer;
    let driver: FakeDriver;
    let agent: RunningAgent | undefined;

    const connect = (port = 5672): RpcTransport =>
      createAmqpTransport({
        url: `rabbit://guest:guest@127.0.0.1:${port}/`,
        exchange: 'f5-lbaas-agent-tests',
        // Queues of an environment that only this test knows go with their last consumer.
        autoDelete: true,
        brokerTimeoutMs: 2_000,
        ...parts,
      });
    const start = async (): Promise<RunningAgent> => {
      agent = await startAgent({
        options: {
          host: 'net-1',
          environmentPrefix: environment,
          deviceHosts: ['bigip-a'],
          callTimeoutMs: 2_000,
          manager: { reportIntervalMs: 500, resyncIntervalMs: 0, healthIntervalMs: 0 },
        },
        transport: agentSide,
        createDriver: () => driver,
        ...parts,
      });
      return agent;
    };
    const send = (revision: number): Promise<void> =>
      serverSide.cast(agentTopic(environment, agent?.agentHost ?? ''), 'update_loadbalancer', {
        service: aService({ revision }),
      });

    beforeEach(async () => {
      environment = `T${systemRandom.uuid().slice(0, 8)}`;
      proxy = await startTcpProxy(5672);
      serverSide = connect();
      agentSide = connect(proxy.port);
      server = new FakeServer(serverSide, environment);
      await server.start();
      driver = new FakeDriver(systemClock);
    });
    afterEach(async () => {
      await agent?.stop();
      await Promise.all([agentSide.close(), serverSide.close()]);
      await proxy.close();
    });

    it('applies what the server casts and reports what came of it', async () => {
      await start();

      await send(3);

      await waitFor(() => server.reports('lb-1').length === 1, { what: 'the report' });
      expect(server.reports('lb-1')[0]).toMatchObject({
        revision: 3,
        objects: { loadbalancers: { 'lb-1': { provisioning_status: 'ACTIVE' } } },
      });
      await waitFor(() => server.argsOf('report_state').length > 0, { what: 'a heartbeat' });
    });

    it('delivers its report when the broker comes back', async () => {
      await start();
      driver.applyMs = 300;
      await send(3);
      await waitFor(() => (agent?.state().queueDepth ?? 0) > 0, { what: 'the change to arrive' });

      proxy.block();
      await waitFor(() => driver.applied.length === 1, { what: 'the application' });
      expect(server.reports('lb-1')).toEqual([]);
      proxy.restore();

      await waitFor(() => server.reports('lb-1').length > 0, { what: 'the report' });
      expect(driver.applied).toEqual(['lb-1@3']);
    });

    it('starts while the broker is away, and brings its devices in line when it is back', async () => {
      server.services.set('lb-1', aService({ revision: 7 }));
      proxy.block();
      const starting = start();
      proxy.restore();

      await starting;

      await waitFor(() => server.reports('lb-1').length > 0, { what: 'the report' });
      expect(server.reports('lb-1')[0]).toMatchObject({ revision: 7 });
    });

    it('outlives the server: reports wait until one answers', async () => {
      await start();
      await server.stop();
      await send(3);
      await waitFor(() => driver.applied.length === 1, { what: 'the application' });

      const successor = new FakeServer(serverSide, environment);
      await successor.start();

      await waitFor(() => successor.reports('lb-1').length > 0, { what: 'the report' });
      await successor.stop();
    });
  },
);
