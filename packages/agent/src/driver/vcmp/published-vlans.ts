// The guest's side: VLANs that its host lets it use appear in its /Common, and have to go from there before one with
// the tag can be made in a tenant's partition.
import { isDeviceError, itemPath, orAbsent } from '@f5-lbaas/bigip-client';
import { LbaasError } from '@f5-lbaas/model';
import type { Clock } from '@f5-lbaas/platform';
import { COMMON } from '../../adapters/network-names.ts';
import { asText } from '../../object-types/property.ts';
import type { Device } from '../device.ts';
import { HostRefusal } from './vcmp-host.ts';

/** A VLAN that is on the guest. */
interface GuestItem {
  path: string;
  description: string;
}

/** By tag, which is unique on a device. */
export type GuestItems = ReadonlyMap<number, GuestItem>;

/** A VLAN as its user wants it on the guest. */
export interface ExpectedVlan {
  tag: number;
  networkId: string;
  /** Full path on the guest. */
  path: string;
}

export interface PublishedVlansOptions {
  device: Device;
  clock: Clock;
  /** Longest wait for a VLAN to appear. @default 30000 */
  waitMs?: number | undefined;
}

const DEFAULT_WAIT_MS = 30_000;
const POLL_MS = 250;
const POLL_MAX_MS = 1_000;
const VLANS = '/net/vlan';

export class PublishedVlans {
  readonly #options: PublishedVlansOptions;

  constructor(options: PublishedVlansOptions) {
    this.#options = options;
  }

  /** One call. @throws DeviceError */
  async read(signal: AbortSignal): Promise<GuestItems> {
    const items = await this.#options.device.client.list(VLANS, {}, signal);
    return new Map(
      items.map((item) => [
        Number(item['tag']),
        { path: asText(item['fullPath']), description: asText(item['description']) },
      ]),
    );
  }

  /**
   * @param first what was last read. @returns what is there once all tags are
   * @throws LbaasError `unavailable` when they do not come, DeviceError
   */
  async waitFor(
    tags: readonly number[],
    first: GuestItems,
    signal: AbortSignal,
  ): Promise<GuestItems> {
    const { clock, device, waitMs = DEFAULT_WAIT_MS } = this.#options;
    const deadline = clock.nowMs() + waitMs;
    let present = first;
    for (let pauseMs = POLL_MS; ; pauseMs = Math.min(2 * pauseMs, POLL_MAX_MS)) {
      const absent = tags.filter((tag) => !present.has(tag));
      if (absent.length === 0) return present;
      const leftMs = deadline - clock.nowMs();
      if (leftMs <= 0) {
        const message =
          `vCMP guest ${device.host} has not got VLAN ${absent.join(', ')} ` +
          `from its host within ${waitMs / 1000} s.`;
        throw new LbaasError('unavailable', 'ERR_VCMP_GUEST', message);
      }
      await clock.sleep(Math.min(pauseMs, leftMs), signal);
      present = await this.read(signal);
    }
  }

  /**
   * Removes from /Common what the host has published of VLANs that are to be elsewhere, or made anew with the
   * description by which they are known.
   * @returns tags that were removed. @throws HostRefusal when something of others uses one, DeviceError
   */
  async clear(
    expected: readonly ExpectedVlan[],
    present: GuestItems,
    signal: AbortSignal,
  ): Promise<number[]> {
    const published = expected.flatMap(({ tag, networkId, path }) => {
      const item = present.get(tag);
      if (item === undefined || !item.path.startsWith(`/${COMMON}/`)) return [];
      const isMade = item.path === path && item.description === networkId;
      return isMade ? [] : [{ tag, path: item.path }];
    });
    for (const { path } of published) await this.#remove(path, signal);
    return published.map(({ tag }) => tag);
  }

  async #remove(path: string, signal: AbortSignal): Promise<void> {
    try {
      await orAbsent(this.#options.device.client.remove(itemPath(VLANS, path), signal));
    } catch (error) {
      if (!isDeviceError(error, 'in_use', 'refused', 'forbidden')) throw error;
      throw new HostRefusal(error.deviceMessage, { cause: error });
    }
  }
}
