// What the iControl driver is told from outside.
import type { RequestEvent, RetryPolicy } from '@f5-lbaas/bigip-client';
import { LbaasError } from '@f5-lbaas/model';
import type { Clock, HttpClient, Logger, Random, TlsTrust } from '@f5-lbaas/platform';

import type { SecretReader } from '../certificates/secret-reader.ts';

import type { VlanBinding } from '../allocate/bindings.ts';
import type { NetworkPorts } from '../allocate/ports.ts';
import type { TunnelPeers } from '../allocate/tunnel-peers.ts';
import type { NetworkSettings } from '../config/network-settings.ts';

export const HA_TYPES = ['standalone', 'pair', 'scalen'] as const;
export type HaType = (typeof HA_TYPES)[number];

export const SYNC_MODES = ['replication', 'autosync'] as const;
/** replication: every device is written. autosync: one is, and its configuration is pushed to the others. */
export type SyncMode = (typeof SYNC_MODES)[number];

export const CONFIG_MODES = ['objects', 'iapp'] as const;
/** objects: everything is written for itself. iapp: pools with their listeners are application services of a template. */
export type ConfigMode = (typeof CONFIG_MODES)[number];

export interface DeviceOptions {
  /** Management address or name. */
  host: string;
  /** @default 443 */
  port?: number | undefined;
  username: string;
  password: string;
  tls: TlsTrust;
}

interface DriverTimeouts {
  /** @default 5000 */
  connectMs?: number | undefined;
  /** One request. @default 60000 */
  requestMs?: number | undefined;
  /** Commit of a transaction. @default 300000 */
  commitMs?: number | undefined;
  /** Pause before a device in error is tried again. @default 10000 */
  reconnectMs?: number | undefined;
  /** Config-sync to the group. @default 120000 */
  syncMs?: number | undefined;
  /** From the assignment of a VLAN to a vCMP guest until it is there. @default 30000 */
  guestVlanMs?: number | undefined;
}

export interface NetworkOptions {
  settings: NetworkSettings;
  ports: NetworkPorts;
  /** Told of the devices' tunnels. @default nobody is */
  peers?: TunnelPeers | undefined;
  /** Told of VLANs on the devices' interfaces. @default nobody is */
  vlanBinding?: VlanBinding | undefined;
}

export interface IControlDriverOptions {
  devices: readonly DeviceOptions[];
  /** Hosts of devices that are vCMP guests, for their VLANs. @default none: the VLANs are the operators' */
  vcmpHosts?: readonly DeviceOptions[] | undefined;
  haType: HaType;
  syncMode: SyncMode;
  /** @default 'objects' */
  configMode?: ConfigMode | undefined;
  /** `Project` makes names `Project_<id>`. */
  environmentPrefix: string;
  clock: Clock;
  random: Random;
  logger: Logger;
  timeouts?: DriverTimeouts | undefined;
  /** How requests are repeated when a device is busy. @default of the BIG-IP client */
  retry?: RetryPolicy | undefined;
  /** Milliseconds between looks at each device (one call); 0 switches them off. @default 30000 */
  deviceProbeIntervalMs?: number | undefined;
  /** Where certificates come from. @default nowhere: listeners with TLS end in ERROR */
  secrets?: SecretReader | undefined;
  /** Directory of ESD files. @default none */
  esdDirectory?: string | undefined;
  /** Parent of client-ssl profiles, in /Common. @default 'clientssl' */
  parentSslProfile?: string | undefined;
  /** How networks are put on devices, and where their addresses come from. @default global routed mode */
  networks?: NetworkOptions | undefined;
  /** Only looks: devices are not prepared, nothing is written to them. @default false */
  isReadOnly?: boolean | undefined;
  /** Told about every request; for metrics. */
  onDeviceRequest?: ((host: string, event: RequestEvent) => void) | undefined;
  /** Transport to a device instead of HTTPS, for simulations. */
  http?: ((device: DeviceOptions) => HttpClient) | undefined;
}

/** `10.0.0.1`, or `10.0.0.1:8443` where the port is not the usual one. Names the device everywhere. */
export function deviceLabel(device: DeviceOptions): string {
  return device.port === undefined || device.port === 443
    ? device.host
    : `${device.host}:${device.port}`;
}

function countIsRight(haType: HaType, count: number): boolean {
  if (haType === 'standalone') return count === 1;
  return haType === 'pair' ? count === 2 : count >= 2;
}

/** @throws LbaasError `bad_request` when the number of devices does not fit, or one is named twice */
export function checkDevices(options: IControlDriverOptions): void {
  const { haType, devices } = options;
  const labels = devices.map(deviceLabel);
  const refuse = (message: string): never => {
    throw new LbaasError('bad_request', 'ERR_DEVICE_CONFIGURATION', message, {
      context: { devices: labels },
    });
  };
  if (!countIsRight(haType, devices.length)) {
    refuse(`HA mode is ${haType} and ${devices.length} hosts found.`);
  }
  if (new Set(labels).size !== labels.length) refuse('A device is listed twice.');
}
