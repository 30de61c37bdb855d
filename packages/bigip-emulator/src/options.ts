// What a caller of the emulator may choose, and the check of it.
import type { Clock, Logger, Random } from '@f5-lbaas/platform';
import type { CertificateAuthority } from './http/certificate-authority.ts';
import type { Reach } from './resolver/reach.ts';

export interface DeviceOptions {
  /** Host name, also the name in `cm/device`. */
  name: string;
  listen: {
    host: string;
    /** 0 = any free port */
    port: number;
  };
  /** Port of the side door on 127.0.0.1; 0 = any free port. @default 0 */
  controlPort?: number;
  /** @default 'admin' */
  username?: string;
  /** @default 'admin' */
  password?: string;
  /** Name of the device of this list whose vCMP guest this one is. That one is a vCMP host, outside any group. */
  guestOf?: string;
}

export interface DeviceGroupSettings {
  /** Name in /Common. */
  name: string;
  /** @default false: a client pushes the configuration */
  autoSync?: boolean;
  /** @default 'sync-failover' */
  type?: 'sync-failover';
  /** Time from a change to the automatic sync. @default 200 */
  autoSyncDelayMs?: number;
  /** Time from the command to push to its effect. @default 50 */
  pushDelayMs?: number;
}

export interface EmulatorOptions {
  devices: readonly DeviceOptions[];
  /** Left out: every device stands alone. */
  deviceGroup?: DeviceGroupSettings;
  /** One of TMOS_VERSIONS or a full version of one. @default '16.1' */
  version?: string;
  /** `loopback`: members elsewhere are never contacted and count as down. @default 'any' */
  reach?: Reach;
  /** vCMP: time from the assignment of a VLAN to a guest until it is there. @default 500 */
  guestVlanDelayMs?: number;
  /** Where configuration and CA are kept. Left out: in memory. */
  dataDir?: string;
  /** Signs the devices' certificates. @default one of its own, kept in dataDir */
  ca?: CertificateAuthority;
  clock?: Clock;
  random?: Random;
  /** @default silent */
  logger?: Logger;
}

/** `platformId` of a vCMP guest is its own. */
export function platformOf({ guestOf }: DeviceOptions): string {
  return guestOf === undefined ? 'Z100' : 'Z101';
}

/** The vCMP hosts: devices that others are guests of. */
export function hostsOf(devices: readonly DeviceOptions[]): DeviceOptions[] {
  const names = new Set(devices.flatMap(({ guestOf }) => guestOf ?? []));
  return devices.filter(({ name }) => names.has(name));
}

export function guestsOf(host: DeviceOptions, devices: readonly DeviceOptions[]): DeviceOptions[] {
  return devices.filter(({ guestOf }) => guestOf === host.name);
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,200}$/;

/** @throws RangeError naming the option */
export function checkOptions({ devices, deviceGroup }: EmulatorOptions): void {
  if (devices.length === 0) throw new RangeError('devices: at least one device is needed');
  const names = new Set<string>();
  devices.forEach(({ name, listen }, index) => {
    if (!NAME.test(name)) throw new RangeError(`devices[${index}].name: '${name}' is no host name`);
    if (names.has(name)) throw new RangeError(`devices[${index}].name: '${name}' is used twice`);
    names.add(name);
    if (!Number.isInteger(listen.port) || listen.port < 0 || listen.port > 65535) {
      throw new RangeError(`devices[${index}].listen.port: ${listen.port} is no port`);
    }
  });
  const hosts = hostsOf(devices);
  devices.forEach(({ guestOf }, index) => {
    if (guestOf !== undefined && !hosts.some(({ name }) => name === guestOf)) {
      throw new RangeError(`devices[${index}].guestOf: there is no device '${guestOf}'`);
    }
  });
  const nested = hosts.find(({ guestOf }) => guestOf !== undefined);
  if (nested !== undefined) throw new RangeError(`'${nested.name}' is both vCMP host and guest`);
  if (deviceGroup !== undefined && !NAME.test(deviceGroup.name)) {
    throw new RangeError(`deviceGroup.name: '${deviceGroup.name}' is no object name`);
  }
}
