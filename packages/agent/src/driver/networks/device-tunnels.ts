// Tunnels of one device: where it ends them, and whom it reaches through them.
import type { ForwardingChange } from '../../allocate/forwarding-change.ts';
import type { NetworkSettings } from '../../config/network-settings.ts';
import { keyOf, partitionOf, type DeviceObjects } from '../../object-types/device-object.ts';
import { withoutAddresses, withoutPeers, withPeers } from '../../plan/network-peers.ts';
import type { Device } from '../device.ts';
import type { NetworkCache } from './network-cache.ts';
import type { NetworkWriter } from './network-writer.ts';
import { withFolder } from './partition-folder.ts';
import { Vtep } from './vtep.ts';

export class DeviceTunnels {
  readonly vtep: Vtep;
  readonly #device: Device;
  readonly #cache: NetworkCache;
  readonly #writer: NetworkWriter;
  readonly #withStaticArp: boolean;

  constructor(
    device: Device,
    cache: NetworkCache,
    writer: NetworkWriter,
    settings: NetworkSettings,
  ) {
    this.vtep = new Vtep(device.client, settings);
    this.#device = device;
    this.#cache = cache;
    this.#writer = writer;
    this.#withStaticArp = settings.populateStaticArp;
  }

  /** @returns one was missing. @throws DeviceError */
  async ensureProfiles(signal: AbortSignal): Promise<boolean> {
    const isNew = await this.vtep.ensureProfiles(signal);
    if (isNew) this.#device.noteChange();
    return isNew;
  }

  /** Partitions with a tunnel of the network. @throws DeviceError */
  async partitionsWith(change: ForwardingChange, signal: AbortSignal): Promise<string[]> {
    const paths = await this.#cache.tunnels.pathsOf(change, signal);
    return paths.map(partitionOf);
  }

  /** @throws DeviceError */
  async forward(partition: string, change: ForwardingChange, signal: AbortSignal): Promise<void> {
    const paths = await this.#cache.tunnels.pathsOf(change, signal);
    for (const path of paths.filter((one) => partitionOf(one) === partition)) {
      const known = await this.#cache.load(partition, signal);
      if (!known.has(keyOf({ type: 'tunnel', path }))) continue;
      const desired = await this.#changed(known, path, change, signal);
      const before = withFolder(partition, known);
      await this.#writer.apply(partition, before, withFolder(partition, desired), signal);
    }
  }

  async #changed(
    known: DeviceObjects,
    path: string,
    { action, peers: all }: ForwardingChange,
    signal: AbortSignal,
  ): Promise<DeviceObjects> {
    const own = await this.vtep.address(signal);
    const peers = all.filter(({ vtep }) => vtep !== own);
    if (action === 'add') return withPeers(known, path, peers, this.#withStaticArp);
    return action === 'remove' ? withoutPeers(known, peers, path) : withoutAddresses(known, peers);
  }
}
