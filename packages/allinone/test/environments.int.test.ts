// Two providers of one server over RabbitMQ: each has its own agent, device, topics and object prefix, and what
// happens to one is nothing to the other.
import { findRabbitMq } from '@f5-lbaas/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Backend, startBackend } from '../src/demo/backend.ts';
import { at, listAt, textAt } from './support/json.ts';
import { fetchText, type LabApi } from './support/lab-api.ts';
import { createFullyPopulated, SCENARIO_PORT } from './support/scenario.ts';
import { type Provider, TwoEnvironments } from './support/two-environments.ts';
import { waitUntil } from './support/wait-until.ts';

const SLOW = { timeoutMs: 30_000 };
const rabbit = await findRabbitMq();

describe.skipIf(rabbit.missing !== undefined)(
  `two environments over RabbitMQ ${rabbit.missing ?? ''}`,
  () => {
    let system: TwoEnvironments;
    let backend: Backend;
    let api: LabApi;
    const ids: Partial<Record<Provider, string>> = {};
    beforeAll(async () => {
      backend = await startBackend('backend');
      system = await TwoEnvironments.create();
      await system.startServer();
      await Promise.all([system.startAgent('silver'), system.startAgent('gold')]);
      api = system.api();
    });
    afterAll(async () => {
      await system.remove();
      await backend.stop();
    });

    const create = (name: string, provider?: Provider): Promise<string> =>
      waitUntil(
        `${name} is accepted`,
        () =>
          createFullyPopulated(api, name, {
            ...{ address: '127.0.0.1', ports: [backend.port] },
            ...(provider === undefined ? {} : { provider }),
          }),
        SLOW,
      );
    /** `virtual address` lines: one for each load balancer on the device, whatever its prefix. */
    const addressesOn = async (provider: Provider): Promise<string[]> =>
      (await system.device(provider).ownObjects('Env_')).filter((line) =>
        line.startsWith('ltm/virtual-address'),
      );
    const addressOf = async (provider: Provider, id: string): Promise<string> => {
      const prefix = `${system.environments[provider]}_`;
      const project = textAt(await api.show('loadbalancers', id), 'project_id');
      return `ltm/virtual-address /${prefix}${project}/${prefix}${id}`;
    };

    it('serve one tenant, each on its device under its prefix', async () => {
      const silver = (ids.silver = await create('plain'));
      const gold = (ids.gold = await create('golden', 'gold'));

      for (const [provider, id] of [
        ['silver', silver],
        ['gold', gold],
      ] as const) {
        const body = await api.active(id, SLOW);
        expect(at(body, 'provider')).toBe(provider);
        const url = `http://${textAt(body, 'vip_address')}:${SCENARIO_PORT}/`;
        await waitUntil(
          `${url} answers`,
          async () => (await fetchText(url)).body === 'backend',
          SLOW,
        );
        expect(await addressesOn(provider)).toEqual([await addressOf(provider, id)]);
      }
    });

    it('report health on their own topics', async () => {
      await waitUntil(
        'all members are ONLINE',
        async () => {
          const pools = listAt((await api.send('GET', 'pools')).body, 'pools');
          const members = await Promise.all(
            pools.map((pool) => api.send('GET', `pools/${textAt(pool, 'id')}/members`)),
          );
          const statuses = members
            .flatMap(({ body }) => listAt(body, 'members'))
            .map((member) => at(member, 'operating_status'));
          return statuses.length === 2 && statuses.every((status) => status === 'ONLINE');
        },
        SLOW,
      );
    });

    it('go on while the agent of the other is away, whose changes wait for it', async () => {
      await system.stopAgent('gold');

      const waiting = await create('golden-2', 'gold');
      const done = await create('plain-2');

      await api.active(done, SLOW);
      expect(at(await api.show('loadbalancers', waiting), 'provisioning_status')).toBe(
        'PENDING_CREATE',
      );
      await system.startAgent('gold');
      await api.active(waiting, SLOW);
      expect(await addressesOn('gold')).toContain(await addressOf('gold', waiting));
      expect(await addressesOn('silver')).toHaveLength(2);
    });

    it('cannot be taken from the configuration while load balancers need them', async () => {
      await system.stopServer();

      await expect(system.startServer(['silver'])).rejects.toThrow(
        `Provider 'gold' has load balancers (2) in environment '${system.environments.gold}', but is not configured`,
      );
      await system.startServer();

      for (const id of [ids.gold ?? '', ids.silver ?? '']) {
        await api.send('DELETE', `loadbalancers/${id}?cascade=true`);
        await api.gone(id, SLOW);
      }
      expect(await addressesOn('gold')).toHaveLength(1);
      expect(await addressesOn('silver')).toHaveLength(1);
    });
  },
);
