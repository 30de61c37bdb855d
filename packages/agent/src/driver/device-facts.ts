// What a device is asked when it is connected.
// @see f5-openstack-agent lbaasv2/drivers/bigip/icontrol_driver.py
import type { BigIpClient } from '@f5-lbaas/bigip-client';
import type { TemplateOrigin } from '../compile/service-view.ts';
import { asText } from '../object-types/property.ts';
import type { HaType } from './icontrol-driver-options.ts';
import { readSyncStatus } from './sync-status.ts';

export interface DeviceFacts {
  deviceName: string;
  version: string;
  platform: string;
  serialNumber: string;
  /** As the device gives it. */
  managementAddress: string;
  failoverState: string;
  /** Level of the module that everything here needs; `none` when it is off. */
  ltmLevel: string;
  /** Of the f5.lbaas template on it; undefined in deployment mode `objects`. */
  template?: TemplateOrigin;
  /** Undefined for standalone devices. */
  group: GroupFacts | undefined;
  /** Names of the floating traffic groups, sorted. */
  trafficGroups: readonly string[];
}

interface GroupFacts {
  /** Sync-failover group that the device is in; undefined when it is in none. */
  name: string | undefined;
  autoSync: boolean;
  syncStatus: string;
}

/** The device does not fit; the message is for its status. */
export class UnfitDeviceError extends Error {}

const LOCAL_ONLY = 'traffic-group-local-only';

/** Compares the first two numbers of a TMOS version. */
export function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [have = 0, haveMinor = 0] = version.split('.').map(Number);
  return have > major || (have === major && haveMinor >= minor);
}

export async function readFailoverState(client: BigIpClient, signal: AbortSignal): Promise<string> {
  return asText((await client.get('/sys/db/failover.state', signal))['value']) || 'unknown';
}

async function readGroup(client: BigIpClient, signal: AbortSignal): Promise<GroupFacts> {
  const [{ status }, groups] = await Promise.all([
    readSyncStatus(client, signal),
    client.list('/cm/device-group', {}, signal),
  ]);
  const group = groups.find((one) => one['type'] === 'sync-failover');
  return {
    name: group && asText(group['name']),
    autoSync: group?.['autoSync'] === 'enabled',
    syncStatus: status,
  };
}

/** Five calls, three for a standalone device. @throws UnfitDeviceError, DeviceError */
export async function readDeviceFacts(
  client: BigIpClient,
  host: string,
  haType: HaType,
  signal: AbortSignal,
): Promise<DeviceFacts> {
  const [devices, provisioning, trafficGroups, group] = await Promise.all([
    client.list('/cm/device', {}, signal),
    client.get('/sys/provision/ltm', signal),
    client.list('/cm/traffic-group', {}, signal),
    haType === 'standalone' ? undefined : readGroup(client, signal),
  ]);
  const self = devices.find(
    (device) => device['selfDevice'] === 'true' || device['selfDevice'] === true,
  );
  if (self === undefined) throw new UnfitDeviceError(`Device ${host} does not list itself.`);
  return {
    deviceName: asText(self['name']),
    version: asText(self['version']),
    platform: asText(self['platformId']),
    serialNumber: asText(self['chassisId']),
    managementAddress: asText(self['managementIp']),
    failoverState: asText(self['failoverState']) || 'unknown',
    ltmLevel: asText(provisioning['level']) || 'none',
    group,
    trafficGroups: trafficGroups
      .map((one) => asText(one['name']))
      .filter((name) => name !== LOCAL_ONLY)
      .sort(),
  };
}
