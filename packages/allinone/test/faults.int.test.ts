// A device that misbehaves in the middle of a change: the change lands once, whatever happened on the way.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildScenario, createFullyPopulated, type Scenario } from './support/scenario.ts';
import { type Stack, startStack } from './support/start-stack.ts';

/** What a fully populated load balancer is on the device, besides the partition. */
const FULLY_POPULATED_OBJECTS = [
  'ltm/monitor/http',
  'ltm/node',
  'ltm/pool',
  'ltm/virtual',
  'ltm/virtual-address',
];

describe('a change during which the device', () => {
  let stack: Stack;
  let scenario: Scenario;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(async () => stack.stop());
  beforeEach(async () => {
    scenario = await buildScenario(stack.api(), 'faults', [9001]);
  });
  afterEach(async () => {
    await Promise.all(stack.devices.map((device) => device.clearFaults()));
    await stack.api().removeLoadBalancer(scenario.loadBalancerId);
  });

  const faults: [string, Record<string, unknown>][] = [
    ['answers 503 to three requests', { kind: 'unavailable', count: 3 }],
    ['answers 503 with a page', { kind: 'unavailable', count: 2, with_body: true }],
    ['drops the connection before the change', { kind: 'reset-before', count: 1 }],
    ['drops the connection after the change', { kind: 'reset-after', count: 1 }],
    ['answers 503 without a page', { kind: 'unavailable', count: 2, with_body: false }],
    ['forgets all tokens', { kind: 'expire-tokens', count: 1 }],
    [
      'forgets all tokens at the second command of a transaction',
      {
        kind: 'expire-tokens',
        count: 1,
        after: 1,
        match: { method: 'POST', path: '/mgmt/tm/ltm' },
      },
    ],
    [
      'drops the connection at the second command of a transaction',
      { kind: 'reset-before', count: 1, after: 1, match: { method: 'POST', path: '/mgmt/tm/ltm' } },
    ],
    [
      'forgets all tokens in the middle of a transaction',
      { kind: 'expire-tokens', count: 1, match: { path: '/mgmt/tm/transaction/\\d+' } },
    ],
    [
      'drops the connection at the commit',
      { kind: 'reset-after', count: 1, match: { method: 'PATCH', path: '/mgmt/tm/transaction' } },
    ],
    ['answers slowly', { kind: 'latency', count: 3, duration_ms: 300 }],
  ];

  it.each(faults)('%s lands once', async (_what, fault) => {
    const api = stack.api();
    const before = await Promise.all(stack.devices.map((device) => device.ownObjects()));
    await Promise.all(stack.devices.map((device) => device.addFault(fault)));

    const id = await createFullyPopulated(api, 'second');
    await api.active(id, { timeoutMs: 25_000 });

    for (const device of stack.devices) expect(await device.faultsLeft()).toEqual([]);
    const after = await Promise.all(stack.devices.map((device) => device.ownObjects()));
    for (const [index, objects] of after.entries()) {
      const added = objects.filter((object) => !before[index]!.includes(object));
      const kinds = added.map((object) => object.split(' ')[0]).sort();
      expect(kinds).toEqual(FULLY_POPULATED_OBJECTS);
    }
    await api.removeLoadBalancer(id);
  });
});
