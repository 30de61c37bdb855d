// Whatever is lost on the way, a change lands, once, and a device ends up with the same configuration.
import { LbaasError, type ServiceDefinition } from '@f5-lbaas/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configurationOf } from './configuration.ts';
import { allReady, startLab, type Lab } from './lab.ts';
import { deleted, fullService, sixRequests } from './scenario.ts';

/** Build in one transaction, change several things in another, take a part away, take everything away. */
function story(): ServiceDefinition[] {
  const changed = fullService(3);
  changed.listeners[0]!.name = 'renamed';
  changed.members[0]!.weight = 3;
  changed.healthmonitors[0]!.delay = 7;
  const without = fullService(3);
  without.healthmonitors[0]!.provisioning_status = 'PENDING_DELETE';
  without.members[2]!.provisioning_status = 'PENDING_DELETE';
  return [fullService(2), changed, without, deleted(without)];
}

let lab: Lab;
/** Configuration after each service of the story, without any fault. */
const expected: unknown[] = [];
let requestsMax = 0;

beforeAll(async () => {
  lab = await startLab();
  for (const service of story()) {
    await lab.apply(service);
    requestsMax = Math.max(requestsMax, (await lab.devices[0]!.calls()).length);
    expected.push(await configurationOf(lab.devices[0]!));
    await lab.devices[0]!.forgetCalls();
  }
});
afterAll(() => lab.stop());

/** As the agent manager does: again, as long as no device can take it. */
async function applyUntilTaken(service: ServiceDefinition): Promise<void> {
  for (let attempt = 1; attempt <= 20; attempt += 1) {
    try {
      const outcome = await lab.apply(service);
      const reports = Object.values(outcome.objects).flatMap((kind) => Object.values(kind));
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

/** The story with the same fault at the same request of each service. */
async function run(fault: (after: number) => object, after: number): Promise<void> {
  const device = lab.devices[0]!;
  for (const [index, service] of story().entries()) {
    await device.fault(fault(after));
    await applyUntilTaken(service);
    await device.clearFaults();
    const what = `after service ${index} with a fault at request ${after}`;
    expect(await configurationOf(device), what).toEqual(expected[index]);
  }
}

const WRITES = '^/mgmt/tm/(ltm|sys|transaction)';
const once = (kind: string) => (after: number) => ({
  kind,
  count: 1,
  after,
  match: { path: WRITES },
});

describe.each([
  ['is busy at', once('unavailable')],
  ['loses the connection before', once('reset-before')],
  ['loses the connection after', once('reset-after')],
  ['forgets its tokens at', once('expire-tokens')],
  ['goes away for good at', (after: number) => ({ kind: 'reset-before', after })],
] as const)('a device that %s', (_what, fault) => {
  it('any request converges to the same configuration', async () => {
    expect(expected.at(-1)).toEqual({});
    for (let after = 0; after < requestsMax; after += 1) await run(fault, after);
  });
});

describe('a lost answer', () => {
  it('to any write of the six requests does not make it land twice', async () => {
    const device = lab.devices[0]!;
    const builds = sixRequests();
    for (let after = 0; after < 9; after += 1) {
      await device.forgetCalls();
      await device.fault({ kind: 'reset-after', count: 1, after, match: { path: WRITES } });
      for (const service of builds) await applyUntilTaken(service);

      const conflicts = (await device.calls()).filter(({ status }) => status === 409);
      expect(conflicts).toEqual([]);
      await lab.apply(deleted(builds.at(-1)!));
      await device.clearFaults();
    }
  });
});

describe('an agent that dies', () => {
  it('after any request is finished by the next one', async () => {
    const device = lab.devices[0]!;
    for (let after = 0; after <= 7; after += 1) {
      const dying = new AbortController();
      await device.fault({
        kind: 'latency',
        duration_ms: 2_000,
        count: 1,
        after,
        match: { path: WRITES },
      });
      const work = lab.driver.applyService(fullService(2), dying.signal);
      work.catch(() => undefined);
      const soon = setTimeout(() => dying.abort(new Error('killed')), 150);
      await work.catch(() => undefined);
      clearTimeout(soon);
      await device.clearFaults();
      await lab.restartDriver();

      await applyUntilTaken(fullService(2));

      expect(await configurationOf(device)).toEqual(expected[0]);
      await lab.apply(deleted(fullService(2)));
    }
  });
});
