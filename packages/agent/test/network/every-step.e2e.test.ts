// The device or the agent stops after each request of a change that makes networks, too: what was begun is finished
// by the next try, to the same configuration, and deleting leaves nothing behind, neither on the device nor in Neutron.
import { LbaasError, type ServiceDefinition } from '@f5-lbaas/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allReady } from '../driver/lab.ts';
import { configurationOf } from '../driver/configuration.ts';
import {
  aNetworkService,
  going,
  pathsOn,
  startNetworkLab,
  type NetworkLab,
} from './network-lab.ts';

const CONFIGURATION = '^/mgmt/tm/(ltm|net|sys|transaction)';

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

/** As the agent manager does: again, as long as no device can take it. */
async function applyUntilTaken(wanted: ServiceDefinition): Promise<void> {
  for (let attempt = 1; attempt <= 20; attempt += 1) {
    try {
      const { objects } = await lab.apply(wanted);
      const reports = Object.values(objects).flatMap((kind) => Object.values(kind));
      expect(reports.filter((report) => report.provisioning_status === 'ERROR')).toEqual([]);
      return;
    } catch (error) {
      if (!(error instanceof LbaasError && error.kind === 'unavailable')) throw error;
      await lab.devices[0]!.clearFaults();
      await allReady(lab.driver, 1);
    }
  }
  throw new Error('Nobody took the change.');
}

async function expectNothingLeft(): Promise<void> {
  await applyUntilTaken(going(service()));
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
      await applyUntilTaken(service());
      await lab.devices[0]!.clearFaults();

      expect(await shown(), `after request ${after}`).toEqual(expected);
      await expectNothingLeft();
    }
  });

  it('at any request of a deletion', async () => {
    for (let after = 0; after < requests; after += 1) {
      await applyUntilTaken(service());
      await lab.devices[0]!.fault({
        kind: 'reset-after',
        after,
        match: { path: CONFIGURATION },
      });
      await applyUntilTaken(going(service()));
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

      await applyUntilTaken(service());

      expect(await shown(), `after request ${after}`).toEqual(expected);
      await expectNothingLeft();
    }
  });
});
