// One emulated device per test file.
import { afterAll, beforeAll } from 'vitest';
import { startEmulator, type EmulatorOptions, type RunningEmulator } from '../../src/index.ts';
import { DeviceClient } from '../device-client.ts';

export interface Harness {
  readonly device: DeviceClient;
  readonly emulator: RunningEmulator;
}

const ONE_DEVICE: EmulatorOptions = {
  reach: 'loopback',
  devices: [{ name: 'bigip-a.lab', listen: { host: '127.0.0.1', port: 0 }, password: 'secret' }],
};

/** Registers start and stop; the members are there inside tests. */
export function useEmulator(options: EmulatorOptions = ONE_DEVICE): Harness {
  let emulator: RunningEmulator | undefined;
  let device: DeviceClient | undefined;
  beforeAll(async () => {
    emulator = await startEmulator(options);
    device = new DeviceClient(emulator);
  });
  afterAll(async () => {
    device?.close();
    await emulator?.stop();
  });
  return {
    get device() {
      if (device === undefined) throw new Error('Used outside a test');
      return device;
    },
    get emulator() {
      if (emulator === undefined) throw new Error('Used outside a test');
      return emulator;
    },
  };
}
