// Takes away what nobody uses any more in a group that config sync ties together: what refers to links and self IPs on
// the written device, that from the peers by a push, then links, route domains and self IPs on every device, and the
// partition at last. Users are those on the written device.
import { COMMON } from '../../adapters/network-names.ts';
import type { Peer } from '../../allocate/forwarding-change.ts';
import { byKey, type DeviceObjects } from '../../object-types/device-object.ts';
import { isDeviceLocal } from '../../plan/device-local.ts';
import type { NetworkUsers } from '../../plan/network-partition.ts';
import type { Device } from '../device.ts';
import { leftFor, type DeviceRelease, type TenantUsers } from './device-release.ts';
import type { GroupNetworks, GroupSync } from './group-networks.ts';

interface Settling {
  users: NetworkUsers;
  leaving: readonly Peer[];
}

export class GroupRelease {
  readonly #group: GroupNetworks;
  readonly #sync: GroupSync;
  readonly #writer: Device;

  constructor(group: GroupNetworks, sync: GroupSync, writer: Device) {
    this.#group = group;
    this.#sync = sync;
    this.#writer = writer;
  }

  /** @returns the partition is no more. @throws LbaasError `unavailable` */
  async tenant(partition: string, leaving: readonly Peer[], signal: AbortSignal): Promise<boolean> {
    const users = await this.#usersOf(partition, signal);
    if (users === undefined) return true;
    if (!(await this.#isInDoubt(partition, signal))) return false;
    const isSettled = await this.#settle({ users, leaving }, signal);
    if (!isSettled) this.#suspect(partition);
    const left = this.#group.on(this.#writer).cache.known(partition)?.size;
    if (!isSettled || !users.isBare || left !== 0) return false;
    return this.#onWriter((release) => release.removePartition(partition, signal));
  }

  /** @param held subnets that changes under way count on. @throws LbaasError `unavailable` */
  async common(held: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    if (this.#group.on(this.#writer).cache.known(COMMON) === undefined) return;
    if (!(await this.#isInDoubt(COMMON, signal))) return;
    const users = await this.#onWriter((release) => release.usersOfCommon(held, signal));
    if (users === undefined) return;
    const isSettled = await this.#settle({ users, leaving: [] }, signal);
    if (!isSettled || held.size > 0) this.#suspect(COMMON);
  }

  /**
   * A partition that only peers have is one that they missed the end of. They cannot let go of it while their own
   * links and self IPs are in it, nor of those while it is in use; so it is there once more, empty, for as long as
   * it takes.
   */
  async #usersOf(partition: string, signal: AbortSignal): Promise<TenantUsers | undefined> {
    const users = await this.#onWriter((release) => release.usersOfTenant(partition, signal));
    if (users !== undefined) return users;
    const found = await this.#onAll((device) =>
      this.#group.on(device).cache.hasFolder(partition, signal),
    );
    if (!found.some(({ result }) => result)) return undefined;
    await this.#group.options.onEach([this.#writer], (device) =>
      this.#group.on(device).ensurePartition(partition, signal),
    );
    return this.#onWriter((release) => release.usersOfTenant(partition, signal));
  }

  /** Asks all: each has to be looked at once. */
  async #isInDoubt(partition: string, signal: AbortSignal): Promise<boolean> {
    const found = await this.#onAll((device) =>
      this.#group.on(device).release.isInDoubt(partition, signal),
    );
    return found.some(({ result }) => result);
  }

  /** @returns nothing is there any more that should not be */
  async #settle({ users, leaving }: Settling, signal: AbortSignal): Promise<boolean> {
    const { partition } = users;
    const leftOf = (known: DeviceObjects): DeviceObjects => leftFor(users, leaving, known);
    const shared = await this.#onWriter((release) =>
      release.reduce(partition, (known) => withSharedOf(leftOf(known), known), signal),
    );
    if (!shared) return false;
    // A peer that the push does not reach refuses what it still needs.
    if (this.#isLosing(partition, leftOf)) await this.#sync.push();
    const local = await this.#onAll((device) =>
      this.#group.on(device).release.reduce(partition, leftOf, signal),
    );
    return local.every(({ result }) => result);
  }

  #isLosing(partition: string, leftOf: (known: DeviceObjects) => DeviceObjects): boolean {
    return this.#sync.peers().some((device) => {
      const known = this.#group.on(device).cache.known(partition);
      return known !== undefined && leftOf(known).size < known.size;
    });
  }

  #suspect(partition: string): void {
    for (const device of this.#devices) this.#group.on(device).suspect(partition);
  }

  async #onWriter<T>(work: (release: DeviceRelease) => Promise<T>): Promise<T> {
    const [done] = await this.#group.options.onEach([this.#writer], (device) =>
      work(this.#group.on(device).release).then((result) => ({ result })),
    );
    if (done === undefined) throw new Error('Nothing was done.');
    return done.result.result;
  }

  #onAll<T>(work: (device: Device) => Promise<T>): Promise<{ device: Device; result: T }[]> {
    return this.#group.options.onEach(this.#devices, work);
  }

  get #devices(): readonly Device[] {
    return [this.#writer, ...this.#sync.peers()];
  }
}

/** The device's own as it is, and what of the shared objects is left. */
function withSharedOf(left: DeviceObjects, known: DeviceObjects): DeviceObjects {
  return byKey([
    ...[...known.values()].filter(isDeviceLocal),
    ...[...left.values()].filter((object) => !isDeviceLocal(object)),
  ]);
}
