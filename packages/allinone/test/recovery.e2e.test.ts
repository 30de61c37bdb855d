// Devices that lose their configuration get it back without anyone's help; devices that have it are left alone.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backendsPerTest } from './support/backends.ts';
import { actualContents, expectedContents } from './support/device-contents.ts';
import type { DeviceDoor } from './support/device-door.ts';
import { fetchText } from './support/lab-api.ts';
import { LabProcess } from './support/lab-process.ts';
import { buildScenario, type Scenario } from './support/scenario.ts';
import { waitUntil } from './support/wait-until.ts';

/** Lost configuration is noticed within 12 s. */
const RECOVERY_MS = 60_000;

describe('a lab', () => {
  const startBackend = backendsPerTest();
  let lab: LabProcess;
  let scenario: Scenario;
  beforeAll(async () => {
    lab = await LabProcess.create();
    await lab.start();
  });
  afterAll(async () => lab.remove());

  async function untilComplete(device: DeviceDoor): Promise<void> {
    const expected = await expectedContents(lab.api('lab-admin'));
    expect(expected.length).toBeGreaterThan(1);
    await waitUntil(
      'the device has exactly what the API says',
      async () => {
        expect(await actualContents(device)).toEqual(expected);
        return true;
      },
      { timeoutMs: RECOVERY_MS, pollMs: 500 },
    );
  }

  it('whose devices are wiped, each alone and both at once, writes them anew', async () => {
    const backend = await startBackend('server');
    scenario = await buildScenario(lab.api(), 'wiped', [backend.port]);
    const answers = (): Promise<boolean> =>
      waitUntil('the VIP answers', async () => (await fetchText(scenario.url)).body === 'server', {
        timeoutMs: RECOVERY_MS,
      });
    await answers();
    const [first, second] = lab.devices();

    for (const wiped of [[first!], [second!], [first!, second!]]) {
      for (const device of wiped) {
        await device.wipe();
        expect(await device.ownObjects()).toEqual([]);
      }
      for (const device of lab.devices()) await untilComplete(device);
    }

    await answers();
    await lab.api().active(scenario.loadBalancerId);
  });

  it('that is stopped and started again changes nothing on the devices', async () => {
    const stopped = await lab.stop();
    expect(stopped.code).toBe(0);
    await lab.start();
    for (const device of lab.devices()) {
      await waitUntil('the start resync is done', async () =>
        (await device.requests()).some(({ path }) => path.includes('/ltm/virtual')),
      );
    }
    // A change that comes after the resync is done after it, so nothing is still to come.
    const id = await lab.api().createLoadBalancer('later');
    await lab.api().active(id);

    for (const device of lab.devices()) {
      const changes = (await device.writes()).filter(({ path }) => !path.includes('/authn/'));
      expect(changes.map(({ method, path }) => `${method} ${path}`)).toEqual([
        'POST /mgmt/tm/ltm/virtual-address',
      ]);
    }
  });
});
