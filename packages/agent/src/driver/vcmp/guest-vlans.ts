// VLANs of one vCMP guest: its host has to have them and let the guest use them before they can be made on the guest.
// Invariants: nothing is asked for VLANs that were seen to be right; a VLAN is taken from the guest on its host only
// when the guest has none of the tag and no change under way here counts on it. Every step can be the last one: the
// next run reads host and guest and goes on from what they show.
import { isDeviceError } from '@f5-lbaas/bigip-client';
import type { Logger } from '@f5-lbaas/platform';
import { asText } from '../../object-types/property.ts';
import { tagOf, type WantedVlan } from './host-layout.ts';
import {
  PublishedVlans,
  type ExpectedVlan,
  type GuestItems,
  type PublishedVlansOptions,
} from './published-vlans.ts';
import { HostRefusal, type AssignedVlan, type Releasing } from './vcmp-host.ts';
import { isVcmpGuest, type GuestHome, type VcmpHosts } from './vcmp-hosts.ts';

export interface GuestVlan extends WantedVlan {
  /** Full path on the guest. */
  path: string;
  /** The guest has it. */
  isThere: boolean;
}

export interface GuestVlansOptions extends PublishedVlansOptions {
  hosts: VcmpHosts;
  logger: Logger;
}

const ROUNDS_MAX = 3;
const NO_TAGS: ReadonlyMap<string, number> = new Map();

export class GuestVlans {
  readonly #options: GuestVlansOptions;
  readonly #published: PublishedVlans;
  readonly #logger: Logger;
  /** `null`: no host has the guest. */
  #home: GuestHome | null | undefined;
  /** By name: what the host lets the guest use, and the guest has. */
  readonly #known = new Map<string, AssignedVlan>();
  /** Names that changes under way count on. */
  readonly #held = new Map<string, number>();
  /** The host may have something for the guest that it does not need. */
  #isDoubtful = true;

  constructor(options: GuestVlansOptions) {
    this.#options = options;
    this.#published = new PublishedVlans(options);
    this.#logger = options.logger.child({ device: options.device.host });
  }

  /** Whatever was known may be wrong now. */
  clear(): void {
    this.#home = undefined;
    this.#known.clear();
    this.#isDoubtful = true;
  }

  /** The next change looks at the host again. */
  drop(): void {
    this.#known.clear();
  }

  /** The guest may need a VLAN of its host no more. */
  suspect(): void {
    this.#isDoubtful = true;
  }

  /**
   * Runs work that makes VLANs on the guest, once its host lets it use them.
   * @param work is given the VLANs' tags by full path. @returns its refusal, or the host's
   * @throws DeviceError of the guest, LbaasError `unavailable` when the host cannot be asked or the guest does not
   *   get a VLAN in time
   */
  async around(
    vlans: readonly GuestVlan[],
    work: (tags: ReadonlyMap<string, number>) => Promise<string | undefined>,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    if (vlans.length === 0 || !isVcmpGuest(this.#options.device)) return work(NO_TAGS);
    const names = vlans.map(({ name }) => name);
    this.#hold(names, 1);
    try {
      const refusal = await this.#make(vlans, work, signal);
      if (refusal !== undefined) this.suspect();
      return refusal;
    } catch (error) {
      this.suspect();
      this.#home = undefined;
      if (error instanceof HostRefusal) return error.message;
      throw error;
    } finally {
      this.#hold(names, -1);
    }
  }

  /**
   * Takes from the guest, on its host, VLANs that it does not need any more. Costs nothing when none went. A host that
   * cannot be asked is tried again with the next change.
   * @throws DeviceError of the guest
   */
  async release(signal: AbortSignal): Promise<void> {
    if (!this.#isDoubtful || !isVcmpGuest(this.#options.device)) return;
    this.#isDoubtful = false;
    try {
      const home = await this.#findHome(signal);
      if (home === undefined) return;
      const releasing: Releasing = {
        held: () => new Set(this.#held.keys()),
        tags: (ours) => this.#neededTags(ours, signal),
      };
      if (!(await home.host.release(home.guest, releasing, signal))) this.suspect();
    } catch (error) {
      this.suspect();
      this.#home = undefined;
      if (isDeviceError(error)) throw error;
      signal.throwIfAborted();
      this.#logger.warn({ err: error }, 'VLANs that are not needed stay on the vCMP host.');
    }
  }

  async #make(
    vlans: readonly GuestVlan[],
    work: (tags: ReadonlyMap<string, number>) => Promise<string | undefined>,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const isRight = vlans.every(({ name, isThere }) => isThere && this.#known.has(name));
    if (!isRight) await this.#compare(vlans, signal);
    const expected = vlans.flatMap((vlan) => {
      const known = this.#known.get(vlan.name);
      return known === undefined ? [] : [{ ...vlan, tag: known.tag }];
    });
    const missing = expected.filter(({ isThere }) => !isThere);
    const tags = new Map(expected.map(({ path, tag }) => [path, tag]));
    for (let round = 1; ; round += 1) {
      const refusal = await work(tags);
      if (refusal === undefined || missing.length === 0 || round === ROUNDS_MAX) return refusal;
      // The host may have published a VLAN once more between its going from /Common and its being made.
      const present = await this.#published.read(signal);
      if ((await this.#published.clear(missing, present, signal)).length === 0) return refusal;
    }
  }

  /** What is on the guest stays in use while its host cannot be compared. */
  async #compare(vlans: readonly GuestVlan[], signal: AbortSignal): Promise<void> {
    try {
      await this.#assign(vlans, signal);
    } catch (error) {
      const isNeeded = isDeviceError(error) || vlans.some(({ isThere }) => !isThere);
      if (isNeeded || signal.aborted) throw error;
      this.#logger.warn({ err: error }, 'The VLANs of a vCMP guest could not be compared.');
    }
  }

  async #assign(vlans: readonly GuestVlan[], signal: AbortSignal): Promise<void> {
    const home = await this.#findHome(signal);
    if (home === undefined) return;
    const assigned = await home.host.assign(home.guest, vlans, signal);
    const missing = vlans.flatMap(({ path, isThere }, index) => {
      const one = assigned[index];
      return isThere || one === undefined
        ? []
        : [{ ...one, path, networkId: one.wanted.networkId, hostPath: one.path }];
    });
    if (missing.length > 0) await this.#takeOver(home, missing, signal);
    for (const one of assigned) this.#known.set(one.wanted.name, one);
  }

  /** Clears the way for VLANs that the host publishes. */
  async #takeOver(
    home: GuestHome,
    missing: readonly (ExpectedVlan & { hostPath: string; isNew: boolean })[],
    signal: AbortSignal,
  ): Promise<void> {
    const first = await this.#published.read(signal);
    const lost = missing.filter(({ tag, isNew }) => !isNew && !first.has(tag));
    if (lost.length > 0) {
      // Begun before and not finished: whether the VLAN was here already cannot be seen, so it is sent again.
      const paths = lost.map(({ hostPath }) => hostPath);
      await home.host.reassign(home.guest, paths, signal);
    }
    const tags = missing.map(({ tag }) => tag);
    const present = await this.#published.waitFor(tags, first, signal);
    await this.#published.clear(missing, present, signal);
  }

  /**
   * Of all VLANs on the guest, once what its host has published of the given ones is gone: nobody has made a VLAN of
   * that. The host's are known only as far as they are among them.
   */
  async #neededTags(
    ours: Parameters<Releasing['tags']>[0],
    signal: AbortSignal,
  ): Promise<ReadonlySet<number>> {
    const present = await this.#published.read(signal);
    const tags = new Set(present.keys());
    for (const vlan of ours) {
      const networkId = asText(vlan.properties['description']);
      const published = { tag: tagOf(vlan), networkId, path: vlan.path };
      for (const tag of await this.#giveUp(published, present, signal)) tags.delete(tag);
    }
    for (const [name, { tag }] of this.#known) if (!tags.has(tag)) this.#known.delete(name);
    return tags;
  }

  /** What something of others uses stays. */
  async #giveUp(
    published: ExpectedVlan,
    present: GuestItems,
    signal: AbortSignal,
  ): Promise<number[]> {
    try {
      return await this.#published.clear([published], present, signal);
    } catch (error) {
      if (error instanceof HostRefusal) return [];
      throw error;
    }
  }

  async #findHome(signal: AbortSignal): Promise<GuestHome | undefined> {
    const { device, hosts } = this.#options;
    this.#home ??= (await hosts.homeOf(device, signal)) ?? null;
    return this.#home ?? undefined;
  }

  #hold(names: readonly string[], change: 1 | -1): void {
    for (const name of names) {
      const count = (this.#held.get(name) ?? 0) + change;
      if (count === 0) this.#held.delete(name);
      else this.#held.set(name, count);
    }
  }
}
