// The vCMP hosts that operators have named, and which of them a guest is on.
import type { Logger } from '@f5-lbaas/platform';
import type { Device } from '../device.ts';
import { UnfitDeviceError } from '../device-facts.ts';
import { HostRefusal, type VcmpHost } from './vcmp-host.ts';

/** Platform of vCMP guests: their hosts have the interfaces, and a VLAN of theirs is the host's of the same tag. */
const VCMP_GUEST = 'Z101';

/** A device as its host knows it. */
export interface GuestHome {
  host: VcmpHost;
  /** Name of the guest on the host. */
  guest: string;
}

export function isVcmpGuest({ facts }: Device): boolean {
  return facts?.platform === VCMP_GUEST;
}

/** Management addresses that a device may be known by. */
function addressesOf({ host, facts }: Device): string[] {
  const own = facts?.managementAddress ?? '';
  return [host, host.replace(/:\d+$/, ''), own].filter((address) => address !== '');
}

export class VcmpHosts {
  readonly #hosts: readonly VcmpHost[];
  readonly #logger: Logger;

  constructor(hosts: readonly VcmpHost[], logger: Logger) {
    this.#hosts = hosts;
    this.#logger = logger;
  }

  /**
   * One call for each host. @returns undefined when every host was asked and none has the guest
   * @throws HostRefusal, LbaasError `unavailable` when a host that may have it cannot be asked
   */
  async homeOf(device: Device, signal: AbortSignal): Promise<GuestHome | undefined> {
    const addresses = addressesOf(device);
    const asked = await Promise.allSettled(
      this.#hosts.map(async (host) => ({ host, guests: await host.guests(signal) })),
    );
    for (const answer of asked) {
      if (answer.status === 'rejected') continue;
      const { host, guests } = answer.value;
      const guest = guests.find(({ address }) => addresses.includes(address));
      if (guest !== undefined) return { host, guest: guest.name };
    }
    for (const answer of asked) if (answer.status === 'rejected') throw answer.reason;
    return undefined;
  }

  /**
   * Looks for the host of a device that is a guest, so that operators hear of a mistake before a network needs it. A
   * host that cannot be asked now keeps nobody from what needs no new VLAN.
   * @throws UnfitDeviceError when what is named as a host is none
   */
  async check(device: Device, signal: AbortSignal): Promise<void> {
    if (!isVcmpGuest(device)) return;
    const logger = this.#logger.child({ device: device.host });
    try {
      const home = await this.homeOf(device, signal);
      if (home === undefined) {
        logger.warn({}, 'No vCMP host is known for this guest: its VLANs are left to operators.');
      }
    } catch (error) {
      if (error instanceof HostRefusal) throw new UnfitDeviceError(error.message, { cause: error });
      signal.throwIfAborted();
      logger.warn({ err: error }, 'The vCMP host of this guest is not known yet.');
    }
  }

  /** One call for each host that was changed. */
  async saveIfChanged(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.saveIfChanged(signal)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.close()));
  }
}
