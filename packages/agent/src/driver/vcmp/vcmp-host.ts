// One vCMP host: its VLANs, and which of them its guests may use.
// Invariants: a guest's list of VLANs is changed only right after it was read, under the host's lock: operators and
// other agents have VLANs in it, too. VLANs that are not ours are neither changed nor removed.
import {
  isDeviceError,
  itemPath,
  type BigIpClient,
  type DeviceError,
} from '@f5-lbaas/bigip-client';
import { LbaasError } from '@f5-lbaas/model';
import { createKeyedLock, type Logger } from '@f5-lbaas/platform';
import { applySteps } from '../../apply/apply-steps.ts';
import { normalise } from '../../normalise/normalise.ts';
import { byKey, type DeviceObject, type DeviceObjects } from '../../object-types/device-object.ts';
import { asList, asText } from '../../object-types/property.ts';
import { planSteps } from '../../plan/plan.ts';
import {
  leftOver,
  releasable,
  servingVlan,
  tagOf,
  vlanAt,
  vlanChange,
  type HostGuest,
  type HostLayout,
  type Serving,
  type WantedVlan,
} from './host-layout.ts';

/** The host does not do what a guest needs, and asking again does not help; the message is for an ERROR. */
export class HostRefusal extends Error {}

/** A guest may use a VLAN of its host. */
export interface AssignedVlan {
  wanted: WantedVlan;
  /** On the host. */
  path: string;
  tag: number;
  /** It could not use it before. */
  isNew: boolean;
}

/** What a guest tells of itself when VLANs are taken from it. */
export interface Releasing {
  /** Names that changes under way count on. */
  held: () => ReadonlySet<string>;
  /** Gives up VLANs that nobody uses. @param ours may go. @returns tags of those that stay, of all VLANs */
  tags: (ours: readonly DeviceObject[]) => Promise<ReadonlySet<number>>;
}

const ROUNDS_MAX = 3;
const NOT_LICENSED = /must be licensed\/provisioned for the URI vcmp/;
const LATER = ['unreachable', 'not_ready', 'unauthenticated', 'unknown_outcome'] as const;
/** Someone else was there first, or the answer was lost: what the host shows now tells. */
const STALE = ['exists', 'absent', 'unknown_outcome'] as const;

function guestPath(name: string): string {
  return itemPath('/vcmp/guest', name);
}

export class VcmpHost {
  /** How operators know it. */
  readonly host: string;
  readonly #client: BigIpClient;
  readonly #logger: Logger;
  readonly #lock = createKeyedLock();
  #isUnsaved = false;

  constructor(host: string, client: BigIpClient, logger: Logger) {
    this.host = host;
    this.#client = client;
    this.#logger = logger.child({ vcmp_host: host });
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** One call. @throws HostRefusal, LbaasError `unavailable` */
  guests(signal: AbortSignal): Promise<HostGuest[]> {
    return this.#telling(() => this.#guests(signal));
  }

  /**
   * Makes VLANs on the host and lets the guest use them. Four calls when all of it is new, two when nothing is.
   * @throws HostRefusal, LbaasError `unavailable`
   */
  assign(
    guest: string,
    wanted: readonly WantedVlan[],
    signal: AbortSignal,
  ): Promise<AssignedVlan[]> {
    return this.#locked(() => this.#assign(guest, wanted, signal), signal);
  }

  /** Takes VLANs from a guest and gives them again, so that they appear there. @throws as `assign` */
  reassign(guest: string, paths: readonly string[], signal: AbortSignal): Promise<void> {
    return this.#locked(async () => {
      const { vlans } = await this.#guest(guest, signal);
      await this.#setVlans(
        guest,
        vlans.filter((path) => !paths.includes(path)),
        signal,
      );
      await this.#setVlans(guest, [...new Set([...vlans, ...paths])], signal);
    }, signal);
  }

  /**
   * Takes from a guest what it has no VLAN for any more, and removes VLANs that no guest has.
   * @returns whether nothing of it is left. @throws as `assign`, and what `releasing` throws
   */
  release(guest: string, releasing: Releasing, signal: AbortSignal): Promise<boolean> {
    const work = async (): Promise<boolean> => {
      const layout = await this.#telling(() => this.#read(signal));
      const known = findGuest(layout.guests, guest, this.host);
      const held = releasing.held();
      const tags = await releasing.tags(releasable(layout, known, held));
      const { guestVlans, unused } = leftOver(layout, known, tags, held);
      return this.#telling(async () => {
        if (guestVlans !== undefined) await this.#setVlans(guest, guestVlans, signal);
        return (await this.#write(byKey(unused), new Map(), signal)).isWhole;
      });
    };
    return this.#lock.run(this.host, work, signal);
  }

  /** One call after changes, none otherwise. Failing is logged and tried again. */
  async saveIfChanged(signal: AbortSignal): Promise<void> {
    if (!this.#isUnsaved) return;
    this.#isUnsaved = false;
    try {
      await this.#client.run('/sys/config', { command: 'save' }, signal);
    } catch (error) {
      this.#isUnsaved = true;
      this.#logger.warn({ err: error }, 'The vCMP host did not save its configuration.');
    }
  }

  async #assign(
    guest: string,
    wanted: readonly WantedVlan[],
    signal: AbortSignal,
  ): Promise<AssignedVlan[]> {
    const added = new Set<string>();
    for (let round = 1; ; round += 1) {
      const layout = await this.#read(signal);
      const serving = wanted.map((one) => this.#servingVlan(layout, one));
      const { vlans } = findGuest(layout.guests, guest, this.host);
      try {
        const { current, desired } = vlanChange(layout, serving);
        const { writes } = await this.#write(current, desired, signal);
        const missing = serving
          .map(({ vlan }) => vlan.path)
          .filter((path) => !vlans.includes(path));
        if (missing.length > 0) await this.#setVlans(guest, [...vlans, ...missing], signal);
        missing.forEach((path) => added.add(path));
        const isTold = serving.every(({ vlan }) => 'tag' in vlan.properties);
        if (isTold || writes === 0) return serving.map((one) => assigned(one, layout, added));
      } catch (error) {
        if (!isDeviceError(error, ...STALE) || round >= ROUNDS_MAX) throw error;
      }
    }
  }

  #servingVlan(layout: HostLayout, wanted: WantedVlan): Serving {
    const serving = servingVlan(layout, wanted);
    if (typeof serving === 'string') throw new HostRefusal(`vCMP host ${this.host}: ${serving}`);
    return serving;
  }

  async #write(
    current: DeviceObjects,
    desired: DeviceObjects,
    signal: AbortSignal,
  ): Promise<{ writes: number; isWhole: boolean }> {
    const steps = planSteps(current, desired);
    if (steps.length === 0) return { writes: 0, isWhole: true };
    this.#isUnsaved = true;
    const result = await applySteps(this.#client, steps, signal);
    if (result.kind === 'refused') throw result.error;
    const vlans = steps.map(({ action, target }) => `${action} ${target.path}`);
    const left = result.left.map(({ target }) => target.path);
    this.#logger.info({ vlans, left }, 'VLANs of the vCMP host changed.');
    return { writes: steps.length, isWhole: left.length === 0 };
  }

  async #setVlans(guest: string, vlans: readonly string[], signal: AbortSignal): Promise<void> {
    this.#isUnsaved = true;
    await this.#client.modify(guestPath(guest), { vlans: [...vlans] }, signal);
    this.#logger.info({ guest, vlans }, 'VLANs of a vCMP guest changed.');
  }

  async #read(signal: AbortSignal): Promise<HostLayout> {
    const [guests, vlans] = await Promise.all([
      this.#guests(signal),
      this.#client.list('/net/vlan', { expand: true }, signal),
    ]);
    return { guests, vlans: vlans.flatMap((item) => normalise('vlan', item)) };
  }

  async #guests(signal: AbortSignal): Promise<HostGuest[]> {
    const items = await this.#client.list('/vcmp/guest', {}, signal);
    return items.map((item) => ({
      name: asText(item['name']),
      address: asText(item['managementIp']).replace(/\/.*$/, ''),
      vlans: asList(item['vlans']).map(asText),
    }));
  }

  async #guest(name: string, signal: AbortSignal): Promise<HostGuest> {
    return findGuest(await this.#guests(signal), name, this.host);
  }

  #locked<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#lock.run(this.host, () => this.#telling(work), signal);
  }

  /** Errors of the host as errors of whoever needs it: they must not put the guest out of service. */
  async #telling<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw isDeviceError(error) ? hostError(this.host, error) : error;
    }
  }
}

function findGuest(guests: readonly HostGuest[], name: string, host: string): HostGuest {
  const found = guests.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new LbaasError(
    'unavailable',
    'ERR_VCMP_HOST',
    `vCMP host ${host} has no guest ${name} any more.`,
  );
}

function assigned(
  { wanted, vlan }: Serving,
  layout: HostLayout,
  added: ReadonlySet<string>,
): AssignedVlan {
  const tag = tagOf('tag' in vlan.properties ? vlan : (vlanAt(layout, vlan.path) ?? vlan));
  return { wanted, path: vlan.path, tag, isNew: added.has(vlan.path) };
}

function hostError(host: string, error: DeviceError): Error {
  const { deviceMessage, kind } = error;
  if (NOT_LICENSED.test(deviceMessage)) {
    return new HostRefusal(`vCMP host ${host} has no vCMP licensed or provisioned.`, {
      cause: error,
    });
  }
  const message = `vCMP host ${host}: ${deviceMessage}`;
  return LATER.some((one) => one === kind)
    ? new LbaasError('unavailable', 'ERR_VCMP_HOST', message, { cause: error })
    : new HostRefusal(message, { cause: error });
}
