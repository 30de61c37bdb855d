// What one tenant does is nothing to another.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, listAt } from './support/json.ts';
import { buildScenario, type Scenario } from './support/scenario.ts';
import { type Stack, startStack } from './support/start-stack.ts';

describe('another tenant', () => {
  let stack: Stack;
  let scenario: Scenario;
  beforeAll(async () => {
    stack = await startStack();
    scenario = await buildScenario(stack.api('lab'), 'private', [9001]);
  });
  afterAll(async () => stack.stop());

  it('sees nothing in any list', async () => {
    expect(await stack.api('lab-other').everything()).toEqual([]);
    expect((await stack.api('lab-admin').everything()).length).toBeGreaterThan(0);
  });

  it('may neither read nor change nor delete by id', async () => {
    const other = stack.api('lab-other');
    const { loadBalancerId, listenerId, poolId, memberIds, monitorId } = scenario;
    const paths = [
      `loadbalancers/${loadBalancerId}`,
      `loadbalancers/${loadBalancerId}/status`,
      `loadbalancers/${loadBalancerId}/stats`,
      `listeners/${listenerId}`,
      `pools/${poolId}`,
      `pools/${poolId}/members/${memberIds[0] ?? ''}`,
      `healthmonitors/${monitorId}`,
    ];

    const reads = await Promise.all(paths.map((path) => other.send('GET', path)));
    const deleted = await other.send('DELETE', `loadbalancers/${loadBalancerId}?cascade=true`);
    const changed = await other.send('PUT', `pools/${poolId}`, { pool: { name: 'mine' } });
    const added = await other.send('POST', 'listeners', {
      listener: { loadbalancer_id: loadBalancerId, protocol: 'HTTP', protocol_port: 81 },
    });

    for (const { status } of [...reads, deleted, changed, added])
      expect([403, 404]).toContain(status);
    const body = await stack.api('lab').show('loadbalancers', loadBalancerId);
    expect(at(body, 'provisioning_status')).toBe('ACTIVE');
  });

  it('may only read with a reader role', async () => {
    const reader = stack.api('lab-reader');

    const list = await reader.send('GET', 'loadbalancers');
    const refused = await reader.send('DELETE', `loadbalancers/${scenario.loadBalancerId}`);

    expect(listAt(list.body, 'loadbalancers')).toHaveLength(1);
    expect(refused.status).toBe(403);
  });

  it('has a partition of its own on the device', async () => {
    const other = stack.api('lab-other');
    const id = await other.createLoadBalancer('mine');
    await other.active(id);

    const objects = await stack.devices[0]!.ownObjects();

    expect(objects.filter((object) => object.startsWith('sys/folder'))).toHaveLength(2);
    await other.removeLoadBalancer(id);
    const left = await stack.devices[0]!.ownObjects();
    expect(left.filter((object) => object.startsWith('sys/folder'))).toHaveLength(1);
  });
});
