// Starts and stops a set of emulated BIG-IPs in this process.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger, systemClock, systemRandom } from '@f5-lbaas/platform';
import { Cluster } from './device-group/cluster.ts';
import { EmulatedDevice, type DeviceDeps } from './device/emulated-device.ts';
import { seedDeviceObjects } from './device/seed-device.ts';
import {
  createAuthority,
  issueIdentity,
  loadAuthority,
  type CertificateAuthority,
} from './http/certificate-authority.ts';
import { checkOptions, hostsOf, type DeviceOptions, type EmulatorOptions } from './options.ts';
import { tmosVersion } from './schema/tmos-version.ts';
import { connectChassis } from './vcmp/chassis.ts';
import { seedHost } from './vcmp/seed-host.ts';
import { buildSchema } from './versions/build-schema.ts';

export interface RunningDevice {
  name: string;
  /** Control plane, `https://127.0.0.1:8443`. */
  url: string;
  /** Side door, `http://127.0.0.1:8100`. */
  controlUrl: string;
  username: string;
  password: string;
}

export interface RunningEmulator {
  devices: RunningDevice[];
  /** Authority that signed the devices' certificates. */
  caPem: string;
  /** Closes every socket and file. Safe to repeat. */
  stop(): Promise<void>;
}

/** @throws RangeError for a bad option, Error of a socket or of the data directory */
export async function startEmulator(options: EmulatorOptions): Promise<RunningEmulator> {
  checkOptions(options);
  const clock = options.clock ?? systemClock;
  const version = tmosVersion(options.version ?? '16.1');
  const logger = options.logger ?? silentLogger;
  const authority = await findAuthority(options);
  const hosts = hostsOf(options.devices);
  const members = options.devices.filter((device) => !hosts.includes(device));
  const parts = { clock, logger };
  const cluster = new Cluster({
    names: members.map(({ name }) => name),
    settings: options.deviceGroup,
    ...parts,
  });
  const hostCluster = new Cluster({
    names: hosts.map(({ name }) => name),
    settings: undefined,
    ...parts,
  });
  const shared = { version, clock, logger, random: options.random ?? systemRandom };
  const schema = buildSchema(version);
  const devices: EmulatedDevice[] = [];
  for (const device of options.devices) {
    const identity = await issueIdentity(
      authority,
      [device.name, 'localhost', device.listen.host],
      clock,
    );
    const isHost = hosts.includes(device);
    const deps: DeviceDeps = {
      ...shared,
      group: isHost ? hostCluster : cluster,
      options: device,
      schema,
      identity,
      reach: options.reach ?? 'any',
      seedDevice: (editor) =>
        isHost
          ? seedHost(editor, device, options.devices)
          : seedDeviceObjects(editor, { ...options, devices: members }),
      ...(options.dataDir === undefined
        ? {}
        : { stateDirectory: join(options.dataDir, device.name) }),
    };
    devices.push(new EmulatedDevice(deps));
  }
  const isOf = (list: readonly DeviceOptions[]) => (device: EmulatedDevice) =>
    list.some(({ name }) => name === device.name);
  cluster.join(devices.filter(isOf(members)));
  hostCluster.join(devices.filter(isOf(hosts)));
  const chassis = connectChassis(options, devices, parts);
  const stop = async (): Promise<void> => {
    cluster.stop();
    hostCluster.stop();
    chassis.forEach((one) => one.stop());
    await Promise.all(devices.map((device) => device.stop()));
  };
  try {
    return { devices: await startAll(devices, options.devices), caPem: authority.certPem, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function findAuthority({
  ca,
  dataDir,
  clock,
}: EmulatorOptions): Promise<CertificateAuthority> {
  if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (ca !== undefined) return ca;
  return dataDir === undefined
    ? createAuthority(clock ?? systemClock)
    : loadAuthority(dataDir, clock ?? systemClock);
}

async function startAll(
  devices: readonly EmulatedDevice[],
  options: readonly DeviceOptions[],
): Promise<RunningDevice[]> {
  const running: RunningDevice[] = [];
  for (const [index, device] of devices.entries()) {
    const { port, controlPort } = await device.start();
    const {
      listen,
      username = 'admin',
      password = 'admin',
    } = options[index] ?? { listen: { host: '127.0.0.1' } };
    const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
    running.push({
      name: device.name,
      url: `https://${host}:${port}`,
      controlUrl: `http://127.0.0.1:${controlPort}`,
      username,
      password,
    });
  }
  return running;
}
