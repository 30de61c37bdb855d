// Tunnels of the group's devices: where they end, and whom they reach.
import type { IcontrolEndpoint } from '@f5-lbaas/rpc';
import type { ForwardingChange } from '../../allocate/forwarding-change.ts';
import type { GroupNetworks } from './group-networks.ts';

export class TunnelForwarding {
  readonly #group: GroupNetworks;

  constructor(group: GroupNetworks) {
    this.#group = group;
  }

  /**
   * Partitions in which a device takes part in the network. Where one does, service definitions that are under way are
   * applied with the change.
   * @throws DeviceError
   */
  async partitionsWith(change: ForwardingChange, signal: AbortSignal): Promise<string[]> {
    const { options, ready } = this.#group;
    const found = await options.onEach(ready, (device) =>
      this.#group.on(device).tunnels.partitionsWith(change, signal),
    );
    const partitions = [...new Set(found.flatMap(({ result }) => result))];
    if (partitions.length > 0) this.#group.news.note(change);
    return partitions;
  }

  /** Under the lock of the partition's tenant. @throws LbaasError `unavailable` */
  async forward(partition: string, change: ForwardingChange, signal: AbortSignal): Promise<void> {
    const { options, ready } = this.#group;
    await options.onEach(ready, (device) => {
      const work = (): Promise<void> =>
        this.#group.on(device).tunnels.forward(partition, change, signal);
      return this.#group.writing(device, partition, work, signal);
    });
  }

  /** Addresses at which the ready devices end tunnels. */
  async endPoints(signal: AbortSignal): Promise<string[]> {
    const { options, ready } = this.#group;
    const found = await options.onEach(ready, (device) =>
      this.#group.on(device).tunnels.vtep.address(signal),
    );
    return found.flatMap(({ result }) => result ?? []);
  }

  /** States of devices, with the addresses at which they end tunnels as far as they are known. */
  withEndPoints(endpoints: Record<string, IcontrolEndpoint>): Record<string, IcontrolEndpoint> {
    const known = new Map(
      this.#group.options
        .devices()
        .map((device) => [device.host, this.#group.on(device).tunnels.vtep.known]),
    );
    return Object.fromEntries(
      Object.entries(endpoints).map(([host, endpoint]) => [
        host,
        { ...endpoint, local_ip: known.get(host) ?? 'VTEP disabled' },
      ]),
    );
  }
}
