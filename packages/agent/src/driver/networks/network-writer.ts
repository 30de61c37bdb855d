// Writes a partition's networks on one device, keeps what is known of them in step, and tells those around.
import { isDeviceError } from '@f5-lbaas/bigip-client';
import type { Logger } from '@f5-lbaas/platform';
import { applySteps } from '../../apply/apply-steps.ts';
import { type DeviceObjects } from '../../object-types/device-object.ts';
import { settledNetworks } from '../../plan/network-partition.ts';
import { planSteps } from '../../plan/plan.ts';
import type { Step } from '../../plan/step.ts';
import type { Device } from '../device.ts';
import type { GuestVlans } from '../vcmp/guest-vlans.ts';
import type { NetworkCache } from './network-cache.ts';
import type { NetworkNeighbours } from './network-neighbours.ts';
import { withoutFolder } from './partition-folder.ts';

export interface NetworkWrite {
  /** The device's words; undefined: it took what it was given. */
  refusal?: string;
  /** What was known did not fit. */
  isStale: boolean;
  /** Nothing is left to do. */
  isWhole: boolean;
  /** Steps sent. */
  writes: number;
}

interface NetworkWriterOptions {
  logger: Logger;
  /** Told of VLANs that go. */
  guestVlans: GuestVlans | undefined;
}

export class NetworkWriter {
  readonly #device: Device;
  readonly #cache: NetworkCache;
  readonly #neighbours: NetworkNeighbours;
  readonly #logger: Logger;
  readonly #removed = new Set<string>();
  readonly #guestVlans: GuestVlans | undefined;

  constructor(
    device: Device,
    cache: NetworkCache,
    neighbours: NetworkNeighbours,
    { logger, guestVlans }: NetworkWriterOptions,
  ) {
    this.#guestVlans = guestVlans;
    this.#device = device;
    this.#cache = cache;
    this.#neighbours = neighbours;
    this.#logger = logger.child({ device: device.host });
  }

  /**
   * Paths of addresses that were removed, perhaps, since it was last asked for; their names are those of their ports.
   */
  takeRemoved(): string[] {
    const paths = [...this.#removed];
    this.#removed.clear();
    return paths;
  }

  /** Both sides with the partition's folder where it is there. @throws DeviceError */
  async apply(
    partition: string,
    current: DeviceObjects,
    desired: DeviceObjects,
    signal: AbortSignal,
  ): Promise<NetworkWrite> {
    const steps = planSteps(current, desired);
    const whole = { isStale: false, isWhole: true, writes: steps.length };
    if (steps.length === 0) {
      this.#cache.store(partition, withoutFolder(desired));
      return whole;
    }
    // Before the answer, which may be lost.
    if (steps.some(isVlanRemoval)) this.#guestVlans?.suspect();
    try {
      const result = await applySteps(this.#device.client, steps, signal);
      if (result.kind === 'done') {
        this.#noteRemoved(steps.filter((step) => !result.left.includes(step)));
        await this.#neighbours.tell(steps, current, desired, signal);
      }
      if (result.kind === 'done' && result.left.length === 0) {
        this.#cache.store(partition, settledNetworks(withoutFolder(desired)));
        return whole;
      }
      this.#cache.drop(partition);
      if (result.kind === 'done') {
        const left = result.left.map(({ target }) => target.path);
        this.#logger.warn(
          { partition, left },
          'Networks that are not needed could not be removed.',
        );
        return { ...whole, isWhole: false };
      }
      const { kind, deviceMessage } = result.error;
      this.#logger.warn({ partition, err: result.error }, 'Networks were refused.');
      const isStale = kind === 'absent' || kind === 'exists';
      return { refusal: deviceMessage, isStale, isWhole: false, writes: 0 };
    } catch (error) {
      // Some of it may be gone all the same.
      this.#noteRemoved(steps);
      this.#cache.drop(partition);
      this.#device.cache.drop(partition);
      if (!isDeviceError(error, 'unknown_outcome')) throw error;
      return { refusal: error.deviceMessage, isStale: true, isWhole: false, writes: 0 };
    } finally {
      this.#device.noteChange();
    }
  }

  #noteRemoved(steps: readonly Step[]): void {
    for (const { action, target } of steps) {
      const hasPort = target.type === 'self' || target.type === 'snat-translation';
      if (action === 'remove' && hasPort) this.#removed.add(target.path);
    }
  }
}

function isVlanRemoval({ action, target }: Step): boolean {
  return action === 'remove' && target.type === 'vlan';
}
