// The whole system in the test's own process: what `npm start` runs, in a directory of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLab } from '../../src/lab/lab.ts';
import { DeviceDoor } from './device-door.ts';
import { freePortBase } from './free-ports.ts';
import { type CloudName, LabApi } from './lab-api.ts';

export interface Stack {
  dataDir: string;
  api(cloud?: CloudName): LabApi;
  /** First device is the active one. */
  devices: DeviceDoor[];
  stop(): Promise<void>;
}

export async function startStack(): Promise<Stack> {
  const dataDir = mkdtempSync(join(tmpdir(), 'f5-lbaas-stack-'));
  const lab = await startLab({ dataDir, portBase: await freePortBase(), logLevel: 'debug' });
  return {
    dataDir,
    api: (cloud) => new LabApi(dataDir, cloud),
    devices: [0, 1].map((index) => new DeviceDoor(lab.description, index)),
    stop: async () => {
      await lab.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
