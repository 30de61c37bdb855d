// Those around a device, told of what came and went on it: who sends into its tunnels, its switch ports, its Neutron
// ports.
import { subnetOfName } from '../../adapters/network-names.ts';
import type { AddressBinding, VlanBinding } from '../../allocate/bindings.ts';
import type { ForwardingNews } from '../../allocate/forwarding-news.ts';
import type { TunnelEnd, TunnelPeers } from '../../allocate/tunnel-peers.ts';
import {
  isFields,
  keyOf,
  nameOf,
  type DeviceObject,
  type DeviceObjects,
} from '../../object-types/device-object.ts';
import { bareAddress } from '../../object-types/networks.ts';
import { asList, asText } from '../../object-types/property.ts';
import type { Step } from '../../plan/step.ts';
import type { Device } from '../device.ts';

export interface NeighbourOptions {
  /** Told of tunnels; undefined: nobody is. */
  peers: TunnelPeers | undefined;
  /** Told of addresses that went; undefined: nobody is. */
  addresses: AddressBinding | undefined;
  /** Forgets what was said of networks whose tunnels go. */
  news: ForwardingNews;
  /** Told of VLANs on interfaces; undefined: nobody is. */
  vlans: VlanBinding | undefined;
}

export class NetworkNeighbours {
  readonly #device: Device;
  readonly #options: NeighbourOptions;

  constructor(device: Device, options: NeighbourOptions) {
    this.#device = device;
    this.#options = options;
  }

  /** @throws LbaasError `unavailable` */
  async tell(
    steps: readonly Step[],
    before: DeviceObjects,
    after: DeviceObjects,
    signal: AbortSignal,
  ): Promise<void> {
    for (const { action, target } of steps) {
      const object = (action === 'remove' ? before : after).get(keyOf(target));
      if (object === undefined || action === 'modify') continue;
      this.#tellOfTunnel(action, object);
      await this.#tellOfVlan(action, object);
      if (action === 'remove') await this.#tellOfAddress(object, signal);
    }
  }

  #tellOfTunnel(action: 'create' | 'remove', object: DeviceObject): void {
    const { peers, news } = this.#options;
    if (object.type !== 'tunnel') return;
    const end = tunnelEnd(object);
    if (action === 'remove') {
      news.forget(end.networkId);
      peers?.withdraw(end);
    } else {
      peers?.announce(end);
    }
  }

  async #tellOfVlan(action: 'create' | 'remove', object: DeviceObject): Promise<void> {
    const { vlans } = this.#options;
    if (vlans === undefined || object.type !== 'vlan') return;
    const deviceName = this.#device.facts?.deviceName ?? '';
    const tag = Number(object.properties['tag'] ?? 0);
    for (const port of asList(object.properties['interfaces']).filter(isFields)) {
      const name = asText(port['name']);
      if (action === 'create') await vlans.allowVlan(deviceName, name, tag);
      else await vlans.pruneVlan(deviceName, name, tag);
    }
  }

  async #tellOfAddress(
    { type, path, properties }: DeviceObject,
    signal: AbortSignal,
  ): Promise<void> {
    if (type !== 'self' && type !== 'snat-translation') return;
    const subnet = subnetOfName(nameOf(path), this.#device.facts?.deviceName ?? '');
    const address = bareAddress(asText(properties['address']));
    if (subnet !== undefined) await this.#options.addresses?.unbind(subnet, address, signal);
  }
}

function tunnelEnd({ path, properties }: DeviceObject): TunnelEnd {
  return {
    networkId: asText(properties['description']),
    type: nameOf(path).startsWith('tunnel-gre-') ? 'gre' : 'vxlan',
    key: Number(properties['key']),
    endPoint: asText(properties['localAddress']),
  };
}
