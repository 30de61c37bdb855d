// The device's end point for tunnels: the self IP that an operator has made for it, and the tunnel profiles.
import { orAbsent, type BigIpClient, type JsonObject } from '@f5-lbaas/bigip-client';
import type { NetworkSettings } from '../../config/network-settings.ts';
import { bareAddress } from '../../object-types/networks.ts';
import { asText } from '../../object-types/property.ts';

/** Unknown destinations are sent to every known end point. */
const PROFILES: readonly { collection: string; body: JsonObject & { name: string } }[] = [
  {
    collection: '/net/tunnels/vxlan',
    body: {
      name: 'vxlan_ovs',
      partition: 'Common',
      defaultsFrom: '/Common/vxlan',
      floodingType: 'multipoint',
      port: 4789,
    },
  },
  {
    collection: '/net/tunnels/gre',
    body: {
      name: 'gre_ovs',
      partition: 'Common',
      defaultsFrom: '/Common/gre',
      floodingType: 'multipoint',
      encapsulation: 'transparent-ethernet-bridging',
    },
  },
];

export class Vtep {
  readonly #client: BigIpClient;
  readonly #settings: NetworkSettings;
  #address: string | undefined;
  #hasProfiles = false;

  constructor(client: BigIpClient, settings: NetworkSettings) {
    this.#client = client;
    this.#settings = settings;
  }

  /** Without asking. */
  get known(): string | undefined {
    return this.#address;
  }

  clear(): void {
    this.#address = undefined;
    this.#hasProfiles = false;
  }

  /** Asked until there is one. @throws DeviceError */
  async address(signal: AbortSignal): Promise<string | undefined> {
    const { vtep } = this.#settings;
    if (vtep === undefined || this.#address !== undefined) return this.#address;
    const path = `/net/self/~${vtep.folder}~${vtep.selfIpName}`;
    const selfIp = await orAbsent(this.#client.get(path, signal));
    if (selfIp === undefined) return undefined;
    this.#address = bareAddress(asText(selfIp['address']));
    return this.#address;
  }

  /** Makes the profiles of tunnels. @returns one was missing. @throws DeviceError */
  async ensureProfiles(signal: AbortSignal): Promise<boolean> {
    if (this.#hasProfiles) return false;
    let isNew = false;
    for (const { collection, body } of PROFILES) {
      const path = `${collection}/~Common~${body.name}`;
      if ((await orAbsent(this.#client.get(path, signal))) !== undefined) continue;
      await this.#client.create(collection, body, signal);
      isNew = true;
    }
    this.#hasProfiles = true;
    return isNew;
  }
}
