// The lab's emulated pair of BIG-IPs in a sync-failover device group.
import type { DeviceOptions } from '@f5-lbaas/agent';
import { startEmulator } from '@f5-lbaas/bigip-emulator';
import type { Clock, Logger, Random, Shutdown } from '@f5-lbaas/platform';
import type { LabPaths } from './data-directory.ts';
import type { LabDevice } from './lab-description.ts';
import { LAB_ADDRESS, type PortMap } from './port-map.ts';

export interface LabDevicesOptions {
  paths: LabPaths;
  ports: PortMap;
  /** Of their administrator. */
  password: string;
  clock: Clock;
  random: Random;
  logger: Logger;
  shutdown: Shutdown;
}

export interface LabDevices {
  /** As lab.json shows them. */
  devices: LabDevice[];
  /** As the agent connects to them. */
  connections: DeviceOptions[];
}

const USERNAME = 'admin';

export async function startDevices(options: LabDevicesOptions): Promise<LabDevices> {
  const { paths, ports, password, clock, random, logger } = options;
  const device = (name: string, port: number, controlPort: number) => ({
    name,
    listen: { host: LAB_ADDRESS, port },
    controlPort,
    username: USERNAME,
    password,
  });
  const emulator = await startEmulator({
    devices: [
      device('bigip-a.lab', ports.deviceA, ports.controlA),
      device('bigip-b.lab', ports.deviceB, ports.controlB),
    ],
    deviceGroup: { name: 'lab-group' },
    dataDir: paths.devices,
    ...{ clock, random, logger: logger.child({ part: 'devices' }) },
  });
  options.shutdown.add('emulated devices', () => emulator.stop());
  return {
    devices: emulator.devices.map(({ name, url, controlUrl, username }) => ({
      ...{ name, url, control_url: controlUrl, username, password },
    })),
    connections: [ports.deviceA, ports.deviceB].map((port) => ({
      host: LAB_ADDRESS,
      port,
      username: USERNAME,
      password,
      tls: { ca: emulator.caPem },
    })),
  };
}
