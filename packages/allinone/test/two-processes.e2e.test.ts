// Server and agent as two processes over RabbitMQ: either may die, and so may the way between them.
import { findRabbitMq } from '@f5-lbaas/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Backend, startBackend } from '../src/demo/backend.ts';
import { actualContents, expectedContents } from './support/device-contents.ts';
import { at, textAt } from './support/json.ts';
import { fetchText, type LabApi } from './support/lab-api.ts';
import { createFullyPopulated, SCENARIO_PORT } from './support/scenario.ts';
import { TwoProcesses } from './support/two-processes.ts';
import { waitUntil } from './support/wait-until.ts';

const SLOW = { timeoutMs: 60_000 };
const rabbit = await findRabbitMq();

describe.skipIf(rabbit.missing !== undefined)(
  `server and agent over RabbitMQ ${rabbit.missing ?? ''}`,
  () => {
    let system: TwoProcesses;
    let backend: Backend;
    let api: LabApi;
    let loadBalancerId: string;
    beforeAll(async () => {
      backend = await startBackend('server');
      system = await TwoProcesses.create();
      system.start('server');
      system.start('agent');
      await system.ready();
      api = system.api();
    });
    afterAll(async () => {
      await system.remove();
      await backend.stop();
    });

    const create = (name: string): Promise<string> =>
      createFullyPopulated(api, name, { address: '127.0.0.1', ports: [backend.port] });
    const statusOf = async (id: string): Promise<unknown> =>
      at(await api.show('loadbalancers', id), 'provisioning_status');

    async function expectDevicesToMatch(): Promise<void> {
      const expected = await expectedContents(system.api('lab-admin'), `${system.environment}_`);
      for (const device of system.devices()) {
        await waitUntil(
          'the device has exactly what the API says',
          async () => {
            expect(await actualContents(device)).toEqual(expected);
            return true;
          },
          SLOW,
        );
      }
    }

    it('make a load balancer that forwards traffic, once the server knows of the agent', async () => {
      loadBalancerId = await waitUntil('it is accepted', () => create('first'), SLOW);

      const body = await api.active(loadBalancerId, SLOW);

      const url = `http://${textAt(body, 'vip_address')}:${SCENARIO_PORT}/`;
      await waitUntil(
        'the VIP answers',
        async () => (await fetchText(url)).body === 'server',
        SLOW,
      );
      await expectDevicesToMatch();
    });

    it('finish a change that was accepted while the agent was dead', async () => {
      await system.end('agent', 'SIGKILL');
      const id = await create('agent-dead');
      expect(await statusOf(id)).toBe('PENDING_CREATE');

      system.start('agent');

      await api.active(id, SLOW);
      await expectDevicesToMatch();
    });

    it('finish a change during which the server is killed', async () => {
      const id = await create('server-dies');
      await system.end('server', 'SIGKILL');
      system.start('server');
      await system.ready();

      await api.active(id, SLOW);
      await expectDevicesToMatch();
    });

    it('finish changes during which both are killed', async () => {
      const ids = [await create('both-1'), await create('both-2')];
      const deleted = await api.send('DELETE', `loadbalancers/${loadBalancerId}?cascade=true`);
      expect(deleted.status).toBe(204);
      await Promise.all([system.end('agent', 'SIGKILL'), system.end('server', 'SIGKILL')]);
      system.start('agent');
      system.start('server');
      await system.ready();

      for (const id of ids) await api.active(id, SLOW);
      await api.gone(loadBalancerId, SLOW);
      await expectDevicesToMatch();
    });

    it('finish a change that was accepted while the broker was away', async () => {
      system.broker.block();
      const id = await create('broker-away');
      expect(await statusOf(id)).toBe('PENDING_CREATE');

      system.broker.restore();

      await api.active(id, SLOW);
      await expectDevicesToMatch();
    });

    it('end with exit code 0 when they are asked to', async () => {
      const ended = await Promise.all([
        system.end('agent', 'SIGTERM'),
        system.end('server', 'SIGTERM'),
      ]);

      expect(ended.map((finished) => finished?.code)).toEqual([0, 0]);
    });
  },
);
