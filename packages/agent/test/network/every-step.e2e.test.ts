// The device or the agent stops after each request of a change that makes networks, too: what was begun is finished
// by the next try, to the same configuration, and deleting leaves nothing behind, neither on the device nor in Neutron.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configurationOf } from '../driver/configuration.ts';
import {
  aNetworkService,
  going,
  pathsOn,
  startNetworkLab,
  type NetworkLab,
} from './network-lab.ts';
import { applyUntilTaken, CONFIGURATION } from './stops.ts';

let lab: NetworkLab;
let expected: unknown;
let requests = 0;

const service = (): ServiceDefinition =>
  aNetworkService({
    tenantId: 'tenant-1',
    listeners: [{ default_pool_id: 'lb-1-pool-1' }],
    pools: [{}],
    members: [
      { address: '10.1.0.21', subnet_id: 'subnet-1' },
      { address: '10.2.0.21', subnet_id: 'subnet-2' },
    ],
    healthmonitors: [{}],
  });

async function shown(): Promise<unknown> {
  return [await pathsOn(lab.devices[0]!), await configurationOf(lab.devices[0]!)];
}

async function expectNothingLeft(): Promise<void> {
  await applyUntilTaken(lab, going(service()));
  expect(await shown()).toEqual([[], {}]);
  expect(lab.neutron.names).toEqual([]);
}

beforeAll(async () => {
  lab = await startNetworkLab();
  await lab.apply(service());
  requests = (await lab.devices[0]!.calls()).length;
  expected = await shown();
  await expectNothingLeft();
});
afterAll(() => lab.stop());

describe('a device that goes away', () => {
  it.each(['reset-before', 'reset-after'])('(%s) at any request of a creation', async (kind) => {
    expect(requests).toBeGreaterThan(10);
    for (let after = 0; after < requests; after += 1) {
      await lab.devices[0]!.fault({ kind, after, match: { path: CONFIGURATION } });
      await applyUntilTaken(lab, service());
      await lab.devices[0]!.clearFaults();

      expect(await shown(), `after request ${after}`).toEqual(expected);
      await expectNothingLeft();
    }
  });

  it('at any request of a deletion', async () => {
    for (let after = 0; after < requests; after += 1) {
      await applyUntilTaken(lab, service());
      await lab.devices[0]!.fault({
        kind: 'reset-after',
        after,
        match: { path: CONFIGURATION },
      });
      await applyUntilTaken(lab, going(service()));
      await lab.devices[0]!.clearFaults();

      await expectNothingLeft();
    }
  });
});

describe('an agent that dies', () => {
  it('after any request is finished by its successor', async () => {
    for (let after = 0; after < requests; after += 1) {
      const dying = new AbortController();
      await lab.devices[0]!.fault({
        kind: 'latency',
        duration_ms: 1_000,
        count: 1,
        after,
        match: { path: CONFIGURATION },
      });
      const work = lab.driver.applyService(service(), dying.signal).catch(() => undefined);
      const soon = setTimeout(() => dying.abort(new Error('killed')), 250);
      await work;
      clearTimeout(soon);
      await lab.devices[0]!.clearFaults();
      await lab.restartDriver();

      await applyUntilTaken(lab, service());

      expect(await shown(), `after request ${after}`).toEqual(expected);
      await expectNothingLeft();
    }
  });
});
