// Networks of one device: what it has, what is made on it.
import type { Logger } from '@f5-lbaas/platform';
import { COMMON } from '../../adapters/network-names.ts';
import type { SubnetNeed } from '../../allocate/needs.ts';
import type { NetworkDevice } from '../../allocate/service-networks.ts';
import type { ServiceNetworks } from '../../compile/service-networks.ts';
import type { NetworkSettings } from '../../config/network-settings.ts';
import { byKey, type DeviceObject, type DeviceObjects } from '../../object-types/device-object.ts';
import { assuredNetworks } from '../../plan/network-partition.ts';
import { planSteps } from '../../plan/plan.ts';
import type { Step } from '../../plan/step.ts';
import type { Device } from '../device.ts';
import { DeviceRelease } from './device-release.ts';
import { DeviceTunnels } from './device-tunnels.ts';
import type { GuestVlans } from '../vcmp/guest-vlans.ts';
import { guestVlansOf, withTags } from '../vcmp/wanted-vlans.ts';
import { isVcmpGuest } from '../vcmp/vcmp-hosts.ts';
import { NetworkCache } from './network-cache.ts';
import { NetworkNeighbours, type NeighbourOptions } from './network-neighbours.ts';
import { NetworkWriter } from './network-writer.ts';
import { folderOf, type FolderToMake } from './partition-folder.ts';

const ROUNDS_MAX = 3;

export interface DeviceNetworksOptions extends NeighbourOptions {
  settings: NetworkSettings;
  logger: Logger;
  /** VLANs on the vCMP host; undefined: there are no hosts, or the device is written by others. */
  guestVlans: GuestVlans | undefined;
  /** Config sync brings the rest. */
  isLocalOnly: () => boolean;
}

export interface AssureRequest {
  partition: string;
  wanted: readonly DeviceObject[];
  networks: ServiceNetworks;
  /** How the partition is made when there is none. */
  folder: FolderToMake;
  /** Nothing is sent. */
  isDryRun: boolean;
  planned: Step[];
}

export class DeviceNetworks {
  readonly cache: NetworkCache;
  readonly tunnels: DeviceTunnels;
  readonly release: DeviceRelease;
  readonly #device: Device;
  readonly #writer: NetworkWriter;
  readonly #guestVlans: GuestVlans | undefined;

  constructor(device: Device, options: DeviceNetworksOptions) {
    const { settings } = options;
    const neighbours = new NetworkNeighbours(device, options);
    this.#device = device;
    this.#guestVlans = options.guestVlans;
    this.cache = new NetworkCache(device, settings, options.isLocalOnly);
    this.#writer = new NetworkWriter(device, this.cache, neighbours, options);
    this.tunnels = new DeviceTunnels(device, this.cache, this.#writer, settings);
    this.release = new DeviceRelease(device, this.cache, this.#writer);
  }

  /** Whatever was known may be wrong now. */
  clear(): void {
    this.cache.clear();
    this.tunnels.vtep.clear();
    this.#guestVlans?.clear();
  }

  /** The next look at the partition's networks reads them. */
  drop(partition: string): void {
    this.cache.drop(partition);
    this.#guestVlans?.drop();
  }

  /** What allocation has to know of the device. @throws DeviceError */
  async facts(needs: readonly SubnetNeed[], signal: AbortSignal): Promise<NetworkDevice> {
    const { host, facts } = this.#device;
    const isGuest = isVcmpGuest(this.#device);
    const hasTunnels = needs.some(({ kind }) => kind === 'vxlan' || kind === 'gre');
    const localAddress = hasTunnels ? await this.tunnels.vtep.address(signal) : undefined;
    return { host, deviceName: facts?.deviceName ?? '', localAddress, isGuest };
  }

  /**
   * Makes what is missing, on a vCMP guest first on its host.
   * @param planned takes what was missing on the device, as steps. @returns the device's refusal, or its host's
   * @throws DeviceError, LbaasError `unavailable`
   */
  async assure(request: AssureRequest, signal: AbortSignal): Promise<string | undefined> {
    if (this.#guestVlans === undefined || request.isDryRun) return this.#assure(request, signal);
    const { partition, networks, wanted } = request;
    const paths = new Set(wanted.filter(({ type }) => type === 'vlan').map(({ path }) => path));
    const known = await this.cache.load(partition, signal);
    const vlans = guestVlansOf({ partition, networks }, known).filter(({ path }) =>
      paths.has(path),
    );
    return this.#guestVlans.around(
      vlans,
      (tags) => this.#assure({ ...request, wanted: withTags(wanted, tags) }, signal),
      signal,
    );
  }

  /** Makes a partition with nothing in it. @returns the device's refusal. @throws DeviceError */
  ensurePartition(partition: string, signal: AbortSignal): Promise<string | undefined> {
    const wanted = [folderOf(partition)];
    return this.#assure({ partition, wanted, folder: {}, isDryRun: false, planned: [] }, signal);
  }

  async #assure(
    { partition, wanted, folder: made, isDryRun, planned }: Omit<AssureRequest, 'networks'>,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const folder = folderOf(partition, made);
    for (let round = 1; ; round += 1) {
      const { isNew, current } = await this.#current(partition, folder, signal);
      const desired = assuredNetworks(current, wanted.length === 0 ? [] : [folder, ...wanted]);
      if (round === 1) planned.push(...planSteps(current, desired));
      if (isDryRun) return undefined;
      const outcome = await this.#writer.apply(partition, current, desired, signal);
      if (outcome.refusal === undefined) {
        if (outcome.writes > 0 && isNew) this.cache.noteFolder(partition, true);
        return undefined;
      }
      if (!outcome.isStale || round === ROUNDS_MAX) return outcome.refusal;
      this.#device.cache.drop(partition);
    }
  }

  /** Networks of the partition, and those that it shares, may have lost a user. */
  suspect(partition: string): void {
    this.cache.suspect(partition);
    this.cache.suspect(COMMON);
  }

  /** The networks of a partition and, when there is one, the partition. */
  async #current(
    partition: string,
    folder: DeviceObject,
    signal: AbortSignal,
  ): Promise<{ isNew: boolean; current: DeviceObjects }> {
    const known = await this.cache.load(partition, signal);
    const isNew = partition !== COMMON && !(await this.cache.hasFolder(partition, signal));
    return { isNew, current: isNew ? known : byKey([...known.values(), folder]) };
  }

  /** After VLANs went: the vCMP host takes them back. Costs nothing when none did. @throws DeviceError */
  async releaseHost(signal: AbortSignal): Promise<void> {
    await this.#guestVlans?.release(signal);
  }

  /** Paths of addresses that were removed, perhaps, since it was last asked for. */
  takeRemoved(): string[] {
    return this.#writer.takeRemoved();
  }
}
