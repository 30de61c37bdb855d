// How many requests a device gets: the counts that the design promises.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, textAt } from './support/json.ts';
import { buildScenario, createFullyPopulated } from './support/scenario.ts';
import { type Stack, startStack } from './support/start-stack.ts';

/** The design allows 13 and 8; what comes by the clock (health, probes) is not counted. */
const SIX_REQUESTS_MAX = 9;
const FULLY_POPULATED_MAX = 7;

describe('requests to one device', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(async () => stack.stop());

  const resetRequests = () => Promise.all(stack.devices.map((device) => device.resetRequests()));
  const changeCounts = () =>
    Promise.all(stack.devices.map(async (device) => (await device.changeRequests()).length));

  it('are at most 9 for load balancer, listener, pool, two members and monitor', async () => {
    const api = stack.api();
    await resetRequests();

    const { loadBalancerId } = await buildScenario(api, 'six', [9001, 9002]);

    for (const device of stack.devices) {
      const all = await device.changeRequests();
      const listed = all.map(({ method, path }) => `${method} ${path}`).join('\n');
      expect(all.length, listed).toBeLessThanOrEqual(SIX_REQUESTS_MAX);
    }
    await api.removeLoadBalancer(loadBalancerId);
  });

  it('are at most 7 for one fully populated load balancer', async () => {
    const api = stack.api('lab-other');
    await resetRequests();

    const id = await createFullyPopulated(api, 'full');
    await api.active(id);

    for (const device of stack.devices) {
      expect((await device.changeRequests()).length).toBeLessThanOrEqual(FULLY_POPULATED_MAX);
    }
    await api.removeLoadBalancer(id);
  });

  it('is one for the first, the 10th and the 100th member', async () => {
    const api = stack.api();
    const { loadBalancerId, poolId } = await buildScenario(api, 'members', []);
    const member = (k: number) => ({ address: '127.0.0.1', protocol_port: 20_000 + k });
    const fillUpTo = async (count: number): Promise<void> => {
      const members = Array.from({ length: count }, (_, index) => member(index + 1));
      const { status } = await api.send('PUT', `pools/${poolId}/members`, { members });
      expect(status).toBe(202);
      await api.active(loadBalancerId);
    };
    const counts: number[][] = [];
    for (const k of [1, 10, 100]) {
      if (k > 1) await fillUpTo(k - 1);
      await resetRequests();
      await api.create(`pools/${poolId}/members`, 'member', member(k));
      await api.active(loadBalancerId);
      counts.push(await changeCounts());
    }

    expect(counts).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    await api.removeLoadBalancer(loadBalancerId);
  });

  it('is none for a change that the device does not see', async () => {
    const api = stack.api();
    const id = await api.createLoadBalancer('same');
    await api.active(id);
    await resetRequests();

    await api.send('PUT', `loadbalancers/${id}`, { loadbalancer: { tags: ['x'] } });
    const body = await api.active(id);

    expect(at(body, 'tags')).toEqual(['x']);
    expect(await changeCounts()).toEqual([0, 0]);
    await api.removeLoadBalancer(textAt(body, 'id'));
  });
});
