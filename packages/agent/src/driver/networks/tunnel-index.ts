// Which networks one device has tunnels of, wherever they are: most of what Neutron says of tunnels is of networks in
// which no device takes part, and must cost nothing.
import type { BigIpClient } from '@f5-lbaas/bigip-client';
import { tunnelName } from '../../adapters/network-names.ts';
import type { ForwardingChange } from '../../allocate/forwarding-change.ts';
import { asText } from '../../object-types/property.ts';

interface Tunnel {
  name: string;
  partition: string;
  /** As its description tells. */
  networkId: string;
}

export class TunnelIndex {
  readonly #client: BigIpClient;
  #known: readonly Tunnel[] | undefined;
  #version = 0;

  constructor(client: BigIpClient) {
    this.#client = client;
  }

  /** A tunnel may have come or gone. */
  forget(): void {
    this.#known = undefined;
    this.#version += 1;
  }

  /** Full paths of the network's tunnels. One call after something was forgotten. @throws DeviceError */
  async pathsOf(
    { networkId, segment }: Pick<ForwardingChange, 'networkId' | 'segment'>,
    signal: AbortSignal,
  ): Promise<string[]> {
    const name = segment && tunnelName(segment.type, segment.key);
    return (await this.#all(signal))
      .filter((one) => one.networkId === networkId && (name === undefined || one.name === name))
      .map((one) => `/${one.partition}/${one.name}`);
  }

  async #all(signal: AbortSignal): Promise<readonly Tunnel[]> {
    if (this.#known !== undefined) return this.#known;
    const version = this.#version;
    const items = await this.#client.list('/net/tunnels/tunnel', {}, signal);
    const tunnels = items.map((item) => ({
      name: asText(item['name']),
      partition: asText(item['partition']),
      networkId: asText(item['description']),
    }));
    if (version === this.#version) this.#known = tunnels;
    return tunnels;
  }
}
