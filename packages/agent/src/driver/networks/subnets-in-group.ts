// Makes the subnets of one service in a group that config sync ties together. What it leaves to each device is written
// on every one, the rest on one.
// Invariant: whatever the written device holds can be loaded by its ready peers at any moment, since the group may
// synchronise itself at any moment. So a partition reaches the peers first, then they get links, route domains and
// self IPs, and only then the written device gets what refers to those.
// Peers never originate a change that is synchronised: it could be taken for newer than the written device's.
import type { Logger } from '@f5-lbaas/platform';
import { COMMON } from '../../adapters/network-names.ts';
import type { SubnetNeed } from '../../allocate/needs.ts';
import type { ServiceNetworks } from '../../compile/service-networks.ts';
import type { DeviceObject } from '../../object-types/device-object.ts';
import { isDeviceLocal } from '../../plan/device-local.ts';
import type { Step } from '../../plan/step.ts';
import type { Device } from '../device.ts';
import type { DeviceNetworks } from './device-networks.ts';
import type { GroupNetworks, GroupSync } from './group-networks.ts';
import { folderOf, type FolderToMake } from './partition-folder.ts';
import {
  bind,
  builtOn,
  hasTunnel,
  networksWithout,
  refusalsOf,
  withoutEndPoint,
  type SubnetsOnDevice,
  type SubnetsTask,
} from './subnets-on-device.ts';

/** One partition's part of what the subnets come to. */
interface PartitionWork {
  partition: string;
  folder: FolderToMake;
  /** On each device. */
  wanted: ReadonlyMap<Device, readonly DeviceObject[]>;
  networks: ReadonlyMap<Device, ServiceNetworks>;
  isDryRun: boolean;
}

export class GroupSubnets {
  readonly #group: GroupNetworks;
  readonly #sync: GroupSync;
  readonly #writer: Device;
  readonly #tasks: ReadonlyMap<Device, SubnetsTask>;
  readonly #task: SubnetsTask;
  readonly #planned = new Map<Device, Step[]>();
  readonly #signal: AbortSignal;
  readonly #logger: Logger;

  /** @param tasks of the written device, which is the first, and its peers */
  constructor(
    group: GroupNetworks,
    sync: GroupSync,
    tasks: ReadonlyMap<Device, SubnetsTask>,
    signal: AbortSignal,
  ) {
    const [first] = tasks;
    if (first === undefined) throw new Error('No device to write.');
    this.#group = group;
    this.#sync = sync;
    [this.#writer, this.#task] = first;
    this.#tasks = tasks;
    this.#signal = signal;
    this.#logger = group.options.logger;
  }

  /** @throws DeviceError of the written device, LbaasError `unavailable` */
  async make(): Promise<Map<Device, SubnetsOnDevice>> {
    const unreachable = new Map(
      [...this.#tasks.values()].flatMap((one) => [...withoutEndPoint(one)]),
    );
    const refused = await refusalsOf(this.#task, unreachable, (subnets) => this.#attempt(subnets));
    if (refused.size > 0) this.#suspectAll();
    const made = new Map<Device, SubnetsOnDevice>();
    for (const [device, task] of this.#tasks) {
      const networks = networksWithout(task, refused);
      await bind(this.#group, task.service, networks, this.#signal);
      made.set(device, { networks, refused, planned: this.#planned.get(device) ?? [] });
    }
    return made;
  }

  /** @returns why it cannot be had */
  async #attempt(subnets: readonly SubnetNeed[]): Promise<string | undefined> {
    const { isDryRun, context } = this.#task;
    const built = new Map([...this.#tasks].map(([device, one]) => [device, builtOn(one, subnets)]));
    const networks = new Map([...built].map(([device, one]) => [device, one.networks]));
    const folder = { trafficGroup: networks.get(this.#writer)?.trafficGroup };
    const hasNewProfiles =
      !isDryRun &&
      hasTunnel(subnets) &&
      (await this.#on(this.#writer).tunnels.ensureProfiles(this.#signal));
    for (const [partition, part] of [
      [COMMON, 'common'],
      [context.partition, 'tenant'],
    ] as const) {
      const wanted = new Map([...built].map(([device, one]) => [device, one[part]]));
      if ((wanted.get(this.#writer) ?? []).length === 0) continue;
      const work = { partition, folder, wanted, networks, isDryRun };
      const refusal = await this.#group.writing(
        this.#writer,
        partition,
        () => (isDryRun ? this.#look(work) : this.#inStages(work, hasNewProfiles)),
        this.#signal,
      );
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  async #look({ wanted, ...work }: PartitionWork): Promise<undefined> {
    await this.#group.options.onEach([...wanted.keys()], (device) => {
      const all = wanted.get(device) ?? [];
      const own = device === this.#writer ? all : all.filter(isDeviceLocal);
      return this.#assure(device, work, own);
    });
    return undefined;
  }

  async #inStages(work: PartitionWork, hasNewProfiles: boolean): Promise<string | undefined> {
    const shared = await this.#shareFolder(work, hasNewProfiles);
    if (shared !== undefined) return shared;
    const local = await this.#makeLocal(work);
    if (local !== undefined) return local;
    const rest = (work.wanted.get(this.#writer) ?? []).filter((one) => !isDeviceLocal(one));
    return this.#write(work, rest);
  }

  /** The partition and the tunnel profiles reach the peers before anything that lives in the one or uses the other. */
  async #shareFolder(work: PartitionWork, hasNewProfiles: boolean): Promise<string | undefined> {
    const { partition, folder } = work;
    const refusal =
      partition === COMMON ? undefined : await this.#write(work, [folderOf(partition, folder)]);
    if (refusal !== undefined) return refusal;
    const isMissing = partition !== COMMON && (await this.#isMissingSomewhere(partition));
    if (this.#peers.length > 0 && (isMissing || hasNewProfiles)) await this.#sync.push();
    return undefined;
  }

  async #isMissingSomewhere(partition: string): Promise<boolean> {
    if (this.#peers.length === 0) return false;
    const found = await this.#group.options.onEach([this.#writer, ...this.#peers], (device) =>
      this.#on(device).cache.hasFolder(partition, this.#signal),
    );
    return found.some(({ result }) => !result);
  }

  /**
   * A peer that still lacks the partition cannot load what the written device holds, for want of links that it gets
   * here. It makes a partition of its own for them, outside of the device group; the next push takes that in.
   */
  async #makeLocal(work: PartitionWork): Promise<string | undefined> {
    const made = await this.#group.options.onEach([this.#writer, ...this.#peers], (device) => {
      const own = (work.wanted.get(device) ?? []).filter(isDeviceLocal);
      const isLocal = device !== this.#writer;
      return this.#assure(device, { ...work, folder: { ...work.folder, isLocal } }, own);
    });
    for (const { device, result } of made) {
      if (result === undefined) continue;
      // A peer that could not be given everything is in the wrong, not the subnet.
      if (device === this.#writer || !this.#sync.isBroken()) return result;
      this.#logger.warn(
        { device: device.host, partition: work.partition, reason: result },
        'Networks are missing on a device that config sync does not reach.',
      );
    }
    return undefined;
  }

  /** Shared objects, on the written device. */
  async #write(
    work: Omit<PartitionWork, 'wanted'>,
    objects: readonly DeviceObject[],
  ): Promise<string | undefined> {
    const [written] = await this.#group.options.onEach([this.#writer], (device) =>
      this.#assure(device, work, objects),
    );
    return written?.result;
  }

  #assure(
    device: Device,
    { partition, folder, networks: all, isDryRun }: Omit<PartitionWork, 'wanted'>,
    wanted: readonly DeviceObject[],
  ): ReturnType<DeviceNetworks['assure']> {
    const planned = this.#planned.get(device) ?? [];
    this.#planned.set(device, planned);
    const networks = all.get(device);
    if (networks === undefined) throw new Error(`Nothing was placed on ${device.host}.`);
    const request = { partition, wanted, networks, folder, isDryRun, planned };
    return this.#on(device).assure(request, this.#signal);
  }

  /** What was made for a subnet that is refused elsewhere is of no use. */
  #suspectAll(): void {
    if (this.#task.isDryRun) return;
    for (const device of this.#tasks.keys()) this.#on(device).suspect(this.#task.context.partition);
  }

  get #peers(): readonly Device[] {
    return [...this.#tasks.keys()].filter((device) => device !== this.#writer && device.ready);
  }

  #on(device: Device): DeviceNetworks {
    return this.#group.on(device);
  }
}
