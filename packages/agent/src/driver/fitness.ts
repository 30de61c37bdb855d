// Whether a device fits its group: what operators get wrong when they set up devices, said before anything is
// written. Pure. Messages are those of F5's agent where it has the check.
// @see f5-openstack-agent lbaasv2/drivers/bigip/icontrol_driver.py for checks and messages
import { isAtLeast, UnfitDeviceError, type DeviceFacts } from './device-facts.ts';
import type { HaType } from './icontrol-driver-options.ts';

type Peer = Pick<DeviceFacts, 'deviceName' | 'version' | 'group'>;

const VERSION_MIN = [11, 5] as const;

/** `16.1.2` -> `16.1`. Maintenance releases of one version go together. */
function releaseOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

function groupProblem(
  host: string,
  { group }: DeviceFacts,
  haType: HaType,
  peers: readonly Peer[],
): string | undefined {
  if (group === undefined) return undefined;
  if (group.syncStatus === 'Standalone') {
    return `HA mode is ${haType} and bigip ${host} in standalone mode.`;
  }
  if (group.name === undefined) {
    return `HA mode is ${haType} and no sync failover device group found for device ${host}.`;
  }
  const expected = peers.find((peer) => peer.group?.name !== undefined)?.group?.name;
  return expected === undefined || expected === group.name
    ? undefined
    : `Invalid HA. Device ${host} is in device group ${group.name} but should be in ${expected}.`;
}

function peerProblem(host: string, facts: DeviceFacts, peers: readonly Peer[]): string | undefined {
  if (peers.some(({ deviceName }) => deviceName === facts.deviceName)) {
    return `Device name ${facts.deviceName} of ${host} is already used by another device.`;
  }
  const [peer] = peers;
  // Objects are made for one version, and devices of different versions cannot synchronise.
  return peer === undefined || releaseOf(peer.version) === releaseOf(facts.version)
    ? undefined
    : `Device ${host} runs TMOS ${facts.version} but its group runs ${peer.version}.`;
}

/**
 * DIFFERS: F5's agent keeps a device out while the group is `Disconnected` or in `Sync Failure`. Here every
 * device is written for itself, or a failed sync is reported where it happens; neither is a reason to wait.
 * @param peers the devices of the group that are ready. @throws UnfitDeviceError
 */
export function checkFitness(
  host: string,
  facts: DeviceFacts,
  haType: HaType,
  peers: readonly Peer[],
): void {
  const problem =
    (isAtLeast(facts.version, VERSION_MIN)
      ? undefined
      : `Device ${host} must be at least TMOS ${VERSION_MIN.join('.')}.`) ??
    (facts.ltmLevel === 'none' ? `Device ${host} has no LTM provisioned.` : undefined) ??
    groupProblem(host, facts, haType, peers) ??
    peerProblem(host, facts, peers);
  if (problem !== undefined) throw new UnfitDeviceError(problem);
}
