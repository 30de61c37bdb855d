// Whatever is lost on the way, a change lands, once, and a device ends up with the same configuration.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from './lab.ts';
import { deleted, fullService, sixRequests } from './scenario.ts';
import { applyUntilTaken, DEVICE_FAULTS, Story, WRITES } from './story.ts';

/** Build in one transaction, change several things in another, take a part away, take everything away. */
function services(): ServiceDefinition[] {
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
let story: Story;

beforeAll(async () => {
  lab = await startLab();
  story = await Story.of(lab, services());
});
afterAll(() => lab.stop());

describe.each(DEVICE_FAULTS)('a device that %s', (_what, fault) => {
  it('any request converges to the same configuration', async () => {
    expect(story.chapters.at(-1)?.expected).toEqual({});
    await story.withFaultAtEveryRequest(fault);
  });
});

describe('a lost answer', () => {
  it('to any write of the six requests does not make it land twice', async () => {
    const device = lab.devices[0]!;
    const builds = sixRequests();
    for (let after = 0; after < 9; after += 1) {
      await device.forgetCalls();
      await device.fault({ kind: 'reset-after', count: 1, after, match: { path: WRITES } });
      for (const service of builds) await applyUntilTaken(lab, service);

      const conflicts = (await device.calls()).filter(({ status }) => status === 409);
      expect(conflicts).toEqual([]);
      await lab.apply(deleted(builds.at(-1)!));
      await device.clearFaults();
    }
  });
});

describe('an agent that dies', () => {
  it('after any request is finished by the next one', () => story.withAgentsDyingAtEveryRequest());
});
