// Tunnels of one device: where it ends them, and whom it reaches through them.
import { tunnelName } from '../../adapters/network-names.ts';
import type { ForwardingChange } from '../../allocate/tunnel-peers.ts';
import type { NetworkSettings } from '../../config/network-settings.ts';
import { keyOf } from '../../object-types/device-object.ts';
import { asText } from '../../object-types/property.ts';
import { withoutPeers, withPeers } from '../../plan/network-peers.ts';
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

  /** Partitions with a tunnel of the network. One call. @throws DeviceError */
  async partitionsWith(
    { type, key, networkId }: ForwardingChange,
    signal: AbortSignal,
  ): Promise<string[]> {
    const tunnels = await this.#device.client.list('/net/tunnels/tunnel', {}, signal);
    return tunnels
      .filter((one) => one['name'] === tunnelName(type, key) && one['description'] === networkId)
      .map((one) => asText(one['partition']));
  }

  /** @throws DeviceError */
  async forward(partition: string, change: ForwardingChange, signal: AbortSignal): Promise<void> {
    const known = await this.#cache.load(partition, signal);
    const path = `/${partition}/${tunnelName(change.type, change.key)}`;
    if (!known.has(keyOf({ type: 'tunnel', path }))) return;
    const own = await this.vtep.address(signal);
    const peers = change.peers.filter(({ vtep }) => vtep !== own);
    const desired =
      change.action === 'add'
        ? withPeers(known, path, peers, this.#withStaticArp)
        : withoutPeers(
            known,
            peers.map(({ mac }) => mac),
            path,
          );
    const before = withFolder(partition, known);
    await this.#writer.apply(partition, before, withFolder(partition, desired), signal);
  }
}
