// What preparing, forwarding and releasing networks share: the devices' networks, what is held, numbers given out.
// Invariants: a partition's networks change only under its tenant's lock; /Common only under the device's own.
import { createKeyedLock, type Clock, type Logger } from '@f5-lbaas/platform';
import { COMMON } from '../../adapters/network-names.ts';
import { partitionName } from '../../adapters/names.ts';
import {
  AllowedAddressPairs,
  type AddressBinding,
  type VlanBinding,
} from '../../allocate/bindings.ts';
import { ForwardingNews } from '../../allocate/forwarding-news.ts';
import type { NetworkPorts } from '../../allocate/ports.ts';
import { RouteDomainIds } from '../../allocate/route-domain-ids.ts';
import type { PlacementContext } from '../../allocate/service-networks.ts';
import type { TunnelPeers } from '../../allocate/tunnel-peers.ts';
import type { NetworkSettings } from '../../config/network-settings.ts';
import { asText } from '../../object-types/property.ts';
import type { Device } from '../device.ts';
import type { HaType } from '../icontrol-driver-options.ts';
import type { GuestVlans } from '../vcmp/guest-vlans.ts';
import { DeviceNetworks } from './device-networks.ts';

export interface NetworkProvisionerOptions {
  settings: NetworkSettings;
  ports: NetworkPorts;
  /** Told of tunnels; absent: nobody is. */
  peers?: TunnelPeers | undefined;
  /** Told of VLANs on interfaces; absent: nobody is. */
  vlanBinding?: VlanBinding | undefined;
  /** VLANs of a device on its vCMP host; absent: there are no hosts. */
  guestVlans?: ((device: Device) => GuestVlans) | undefined;
  /** As `objectPrefix` makes it. */
  prefix: string;
  haType: HaType;
  /** All devices of the group, ready or not. */
  devices: () => readonly Device[];
  /** Bare names, sorted. */
  trafficGroups: () => readonly string[];
  /** Runs work on devices side by side; devices that fail for their own sake drop out. */
  onEach: <T>(
    devices: readonly Device[],
    work: (device: Device) => Promise<T>,
  ) => Promise<{ device: Device; result: T }[]>;
  clock: Clock;
  /** Undefined: every device is written. */
  configSync?: GroupSync | undefined;
  logger: Logger;
}

/** A group of which one device is written, and config sync brings the others what they share. */
export interface GroupSync {
  /** Ready devices that are not the one that is written. */
  peers: () => readonly Device[];
  /** Brings everything shared to the peers. @returns false when one of them may lack some of it */
  push: () => Promise<boolean>;
  /** The last push did not reach everyone. */
  isBroken: () => boolean;
}

export class GroupNetworks {
  readonly options: NetworkProvisionerOptions;
  /** Numbers of route domains that were given out. */
  readonly ids = new RouteDomainIds();
  readonly news: ForwardingNews;
  /** Undefined: nobody has to be told of addresses. */
  readonly addresses: AddressBinding | undefined;
  readonly #networks = new Map<Device, DeviceNetworks>();
  readonly #common = createKeyedLock();
  /** Subnets that changes under way count on. */
  readonly #held = new Map<string, number>();

  constructor(options: NetworkProvisionerOptions) {
    this.options = options;
    this.news = new ForwardingNews(options.clock);
    const { allowedAddressPorts: fixed } = options.settings;
    const macs = (signal: AbortSignal): Promise<string[]> => this.#macs(signal);
    this.addresses =
      fixed &&
      new AllowedAddressPairs(
        options.ports,
        fixed === 'learned' ? undefined : new Map(Object.entries(fixed)),
        macs,
      );
  }

  get ready(): readonly Device[] {
    return this.options.devices().filter((device) => device.ready);
  }

  on(device: Device): DeviceNetworks {
    const known = this.#networks.get(device);
    if (known !== undefined) return known;
    const { settings, logger, peers, vlanBinding: vlans, configSync } = this.options;
    const guestVlans = this.options.guestVlans?.(device);
    const around = { peers, vlans, addresses: this.addresses, news: this.news };
    const isLocalOnly = (): boolean => configSync?.peers().includes(device) === true;
    const made = new DeviceNetworks(device, {
      ...{ settings, logger, guestVlans, isLocalOnly },
      ...around,
    });
    this.#networks.set(device, made);
    return made;
  }

  /**
   * Runs work that writes a partition: /Common has no tenant whose lock would keep others out. Where config sync ties
   * devices together, it is one for all of them.
   */
  writing<T>(
    device: Device,
    partition: string,
    work: () => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    if (partition !== COMMON) return work();
    const key = this.options.configSync === undefined ? device.host : 'group';
    return this.#common.run(key, work, signal);
  }

  /** Runs work while subnets stay, whoever gives them up meanwhile. */
  async holding<T>(subnets: readonly string[], work: () => Promise<T>): Promise<T> {
    this.#hold(subnets, 1);
    try {
      return await work();
    } finally {
      this.#hold(subnets, -1);
    }
  }

  get heldSubnets(): ReadonlySet<string> {
    return new Set(this.#held.keys());
  }

  placement(tenantId: string): PlacementContext {
    const { settings, prefix, haType, trafficGroups, configSync, devices } = this.options;
    return {
      settings,
      haType,
      tenantId,
      partition: partitionName(prefix, tenantId),
      trafficGroups: trafficGroups(),
      news: this.news,
      likeHost: configSync === undefined ? undefined : devices()[0]?.host,
    };
  }

  #hold(subnets: readonly string[], change: 1 | -1): void {
    for (const id of subnets) {
      const count = (this.#held.get(id) ?? 0) + change;
      if (count === 0) this.#held.delete(id);
      else this.#held.set(id, count);
    }
  }

  async #macs(signal: AbortSignal): Promise<string[]> {
    const lists = await this.options.onEach(this.ready, ({ client }) =>
      client.list('/net/interface', {}, signal),
    );
    return lists
      .flatMap(({ result }) => result)
      .filter(({ name }) => name !== 'mgmt')
      .map(({ macAddress }) => asText(macAddress).toLowerCase());
  }
}
