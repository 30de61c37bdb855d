// A driver connected to emulated devices over HTTPS, and what tests ask of them.
import { silentLogger, systemClock, systemRandom } from '@f5-lbaas/platform';
import { startEmulator, type RunningDevice, type RunningEmulator } from '@f5-lbaas/bigip-emulator';
import { BigIpClient, type DeviceItem } from '@f5-lbaas/bigip-client';
import type { ServiceDefinition } from '@f5-lbaas/model';
import { waitFor } from '@f5-lbaas/testkit';
import type { AgentDriver, ServiceOutcome } from '../../src/driver/agent-driver.ts';
import { createIControlDriver } from '../../src/driver/icontrol-driver.ts';
import type {
  DeviceOptions,
  IControlDriverOptions,
} from '../../src/driver/icontrol-driver-options.ts';

export interface LabOptions {
  /** @default 1 */
  devices?: number;
  version?: string;
  /** vCMP hosts; the devices are then guests of theirs, turn and turn about. @default 0 */
  vcmpHosts?: number;
  driver?: Partial<IControlDriverOptions>;
}

export interface LoggedCall {
  method: string;
  path: string;
  status: number;
}

export interface LabDevice extends RunningDevice {
  /** Direct access for looking, not counted by `calls` of the driver's own. */
  reader: BigIpClient;
  calls(): Promise<LoggedCall[]>;
  forgetCalls(): Promise<void>;
  fault(fault: object): Promise<void>;
  clearFaults(): Promise<void>;
  /** Until the last fault is used up; a latency is from the moment when a request begins to wait. */
  untilFaultStrikes(): Promise<void>;
  wipe(): Promise<void>;
  list(collection: string, partition?: string): Promise<DeviceItem[]>;
}

export interface Lab {
  driver: AgentDriver;
  devices: LabDevice[];
  vcmpHosts: LabDevice[];
  emulator: RunningEmulator;
  /** For another driver on the same devices. */
  driverOptions: IControlDriverOptions;
  /** Tenants announced for resync, in order. */
  resyncs: (readonly string[] | 'all')[];
  apply(service: ServiceDefinition): Promise<ServiceOutcome>;
  /** Another driver on the same devices, as after a restart of the agent. */
  restartDriver(): Promise<void>;
  stop(): Promise<void>;
}

async function door(device: RunningDevice, method: string, path: string, body?: object) {
  const response = await fetch(device.controlUrl + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok)
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response;
}

function labDevice(device: RunningDevice, ca: string): LabDevice {
  const { hostname, port } = new URL(device.url);
  const reader = new BigIpClient({
    host: hostname,
    port: Number(port),
    username: device.username,
    password: device.password,
    tls: { ca },
    clock: systemClock,
    random: systemRandom,
  });
  return {
    ...device,
    reader,
    async calls() {
      const response = await door(device, 'GET', '/requests');
      const { requests } = (await response.json()) as { requests: LoggedCall[] };
      return requests.filter(({ path }) => !path.startsWith('/mgmt/shared/auth'));
    },
    forgetCalls: async () => {
      await door(device, 'DELETE', '/requests');
    },
    fault: async (fault) => {
      await door(device, 'POST', '/faults', fault);
    },
    clearFaults: async () => {
      await door(device, 'DELETE', '/faults');
    },
    untilFaultStrikes: () =>
      waitFor(async () => {
        const response = await door(device, 'GET', '/faults');
        return ((await response.json()) as { faults: object[] }).faults.length === 0;
      }).then(() => undefined),
    wipe: async () => {
      await door(device, 'POST', '/wipe');
    },
    list: (collection, partition) => reader.list(collection, { partition, expand: true }),
  };
}

function optionsOf(device: RunningDevice, emulator: RunningEmulator): DeviceOptions {
  const { hostname: host, port } = new URL(device.url);
  const { username, password } = device;
  return { host, port: Number(port), username, password, tls: { ca: emulator.caPem } };
}

function driverOptions(
  emulator: RunningEmulator,
  { devices: count = 1, driver }: LabOptions,
): IControlDriverOptions {
  const all = emulator.devices.map((device) => optionsOf(device, emulator));
  return {
    devices: all.slice(0, count),
    vcmpHosts: all.slice(count),
    haType: count === 1 ? 'standalone' : count === 2 ? 'pair' : 'scalen',
    syncMode: 'replication',
    environmentPrefix: 'Project',
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    deviceProbeIntervalMs: 0,
    timeouts: { reconnectMs: 50, requestMs: 5_000, commitMs: 5_000, connectMs: 1_000 },
    retry: { attempts: 4, backoff: { initialMs: 10, maxMs: 50 } },
    ...driver,
  };
}

/** A guest is known to its host by its management address, so each has one of its own. */
function emulatedDevices({ devices = 1, vcmpHosts = 0 }: LabOptions) {
  const guests = Array.from({ length: devices }, (_, n) => ({
    name: `bigip-${n + 1}.test`,
    listen: { host: vcmpHosts === 0 ? '127.0.0.1' : `127.0.1.${n + 1}`, port: 0 },
    ...(vcmpHosts === 0 ? {} : { guestOf: `host-${(n % vcmpHosts) + 1}.test` }),
  }));
  const hosts = Array.from({ length: vcmpHosts }, (_, n) => ({
    name: `host-${n + 1}.test`,
    listen: { host: '127.0.0.1', port: 0 },
  }));
  return [...guests, ...hosts];
}

/** Devices are ready when this returns. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const count = options.devices ?? 1;
  const emulator = await startEmulator({
    reach: 'loopback',
    devices: emulatedDevices(options),
    guestVlanDelayMs: 50,
    ...(count > 1 ? { deviceGroup: { name: 'dsg' } } : {}),
    ...(options.version === undefined ? {} : { version: options.version }),
  });
  const all = emulator.devices.map((device) => labDevice(device, emulator.caPem));
  const [devices, vcmpHosts] = [all.slice(0, count), all.slice(count)];
  const resyncs: Lab['resyncs'] = [];
  const connect = async (): Promise<AgentDriver> => {
    const driver = createIControlDriver(driverOptions(emulator, options));
    driver.onResyncNeeded((tenants) => resyncs.push(tenants));
    driver.start();
    await allReady(driver, count);
    await Promise.all(all.map((device) => device.forgetCalls()));
    return driver;
  };
  const lab: Lab = {
    driver: await connect(),
    devices,
    vcmpHosts,
    emulator,
    driverOptions: driverOptions(emulator, options),
    resyncs,
    apply: (service) => lab.driver.applyService(service, AbortSignal.timeout(20_000)),
    async restartDriver() {
      await lab.driver.stop();
      lab.driver = await connect();
    },
    async stop() {
      await lab.driver.stop();
      await Promise.all(all.map(({ reader }) => reader.close()));
      await emulator.stop();
    },
  };
  return lab;
}

export async function allReady(driver: AgentDriver, count: number): Promise<void> {
  const ready = (): boolean =>
    Object.values(driver.endpoints()).filter(({ status }) => status === 'active').length === count;
  await waitFor(ready, { what: `${count} ready devices: ${JSON.stringify(driver.endpoints())}` });
}

export const isWrite = ({ method }: LoggedCall): boolean => method !== 'GET';

/** `POST /ltm/pool` */
export function named({ method, path }: LoggedCall): string {
  return `${method} ${path.replace('/mgmt/tm', '')}`;
}
