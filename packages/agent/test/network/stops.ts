// For tests in which a device or the agent stops on the way.
import { LbaasError, type ServiceDefinition } from '@f5-lbaas/model';
import { expect } from 'vitest';
import { allReady } from '../driver/lab.ts';
import type { NetworkLab } from './network-lab.ts';

/** Requests that change or read configuration, or push it. */
export const CONFIGURATION = '^/mgmt/tm/(ltm|net|sys|transaction|cm$)';

/** As the agent manager does: again, as long as no device can take it. Devices are mended for that. */
export async function applyUntilTaken(lab: NetworkLab, wanted: ServiceDefinition): Promise<void> {
  for (let attempt = 1; attempt <= 20; attempt += 1) {
    try {
      const { objects } = await lab.apply(wanted);
      const reports = Object.values(objects).flatMap((kind) => Object.values(kind));
      expect(reports.filter((report) => report.provisioning_status === 'ERROR')).toEqual([]);
      return;
    } catch (error) {
      if (!(error instanceof LbaasError && error.kind === 'unavailable')) throw error;
      await mend(lab);
    }
  }
  throw new Error('Nobody took the change.');
}

export async function mend(lab: NetworkLab): Promise<void> {
  await Promise.all(lab.devices.map((device) => device.clearFaults()));
  await allReady(lab.driver, lab.devices.length);
}
