// After a service was applied: networks and ports that nobody uses any more are taken away.
// Invariant: nothing in /Common goes while any address on the device, or any change under way here, is in its networks.
import type { ServiceDefinition } from '@f5-lbaas/model';
import {
  COMMON,
  gatewayName,
  localSelfIpName,
  segmentPortName,
} from '../../adapters/network-names.ts';
import { partitionName } from '../../adapters/names.ts';
import { networkNeeds, vipAddresses, type NetworkNeeds } from '../../allocate/needs.ts';
import { snatNames } from '../../allocate/service-networks.ts';
import type { Peer } from '../../allocate/forwarding-change.ts';
import { leavingPeers } from '../../allocate/tunnel-peers.ts';
import { keyOf, nameOf } from '../../object-types/device-object.ts';
import type { Device } from '../device.ts';
import type { GroupNetworks } from './group-networks.ts';
import { GroupRelease } from './group-release.ts';

export class NetworkRelease {
  readonly #group: GroupNetworks;
  /** Addresses that a device gave up, by path, whose ports are still to be looked at. */
  readonly #unowned = new Set<string>();

  constructor(group: GroupNetworks) {
    this.#group = group;
  }

  /**
   * After the work: removes the tenant's networks, shared ones and ports that nobody uses any more. Costs nothing
   * when nothing was given up.
   */
  async finish(
    tenantId: string,
    services: readonly ServiceDefinition[],
    devices: readonly Device[],
    signal: AbortSignal,
  ): Promise<void> {
    await this.#release(tenantId, leavingPeers(services, this.#group.news), devices, signal);
    const { addresses } = this.#group;
    for (const { loadbalancer } of services.filter(isLeaving)) {
      for (const [subnet, address] of vipAddresses(loadbalancer)) {
        await addresses?.unbind(subnet, address, signal);
      }
    }
    for (const service of services) await this.#releasePorts(service, signal);
  }

  async #release(
    tenantId: string,
    leaving: readonly Peer[],
    devices: readonly Device[],
    signal: AbortSignal,
  ): Promise<void> {
    const partition = partitionName(this.#group.options.prefix, tenantId);
    const ready = devices.filter((device) => device.ready);
    if (ready.length === 0) return;
    const { onEach, configSync } = this.#group.options;
    await onEach(ready, async (device) => {
      const release =
        configSync === undefined
          ? this.#group.on(device).release
          : new GroupRelease(this.#group, configSync, device);
      const isGone = await release.tenant(partition, leaving, signal);
      if (isGone) this.#group.ids.release(partition);
      const common = (): Promise<void> => release.common(this.#group.heldSubnets, signal);
      await this.#group.writing(device, COMMON, common, signal);
      await this.#releaseHosts([device, ...(configSync?.peers() ?? [])], signal);
    });
    await this.#releaseRemoved(signal);
  }

  /** VLANs that vCMP guests need no more. */
  async #releaseHosts(devices: readonly Device[], signal: AbortSignal): Promise<void> {
    await this.#group.options.onEach(devices, (device) =>
      this.#group.on(device).releaseHost(signal),
    );
  }

  /**
   * Ports of addresses that were removed, whoever asked for it: a device that returns has to give up late. As long as
   * a device that may have the address is away, its port stays.
   */
  async #releaseRemoved(signal: AbortSignal): Promise<void> {
    const { ports, devices } = this.#group.options;
    for (const device of devices()) {
      for (const path of this.#group.on(device).takeRemoved()) this.#unowned.add(path);
    }
    for (const path of this.#unowned) {
      const name = nameOf(path);
      const isHeld = [...this.#group.heldSubnets].some((subnet) => name.includes(subnet));
      const holders = this.#holdersOf(name);
      if (!holders.every((device) => device.ready)) continue;
      const isUsed = isHeld || (await this.#isOnAny(holders, path, signal));
      if (isUsed === undefined) continue;
      if (!isUsed) await ports.remove(name, signal);
      this.#unowned.delete(path);
    }
  }

  /** Devices that may have an address of that name. */
  #holdersOf(name: string): readonly Device[] {
    const all = this.#group.options.devices();
    const own = all.filter(({ facts }) => name.startsWith(`local-${facts?.deviceName ?? ''}-`));
    return own.length > 0 ? own : all;
  }

  /** Undefined when a device was lost over the question. */
  async #isOnAny(
    devices: readonly Device[],
    path: string,
    signal: AbortSignal,
  ): Promise<boolean | undefined> {
    const found = await this.#group.options.onEach(devices, (device) =>
      this.#group.on(device).cache.hasAddress(path, signal),
    );
    return found.length < devices.length ? undefined : found.some(({ result }) => result);
  }

  /**
   * Ports of subnets that the definition names and that no device has an address in any more. A definition is sent
   * again until its outcome was reported, so a port is not forgotten when the agent dies in between.
   */
  async #releasePorts(service: ServiceDefinition, signal: AbortSignal): Promise<void> {
    const { ports, settings } = this.#group.options;
    const needs = networkNeeds(service, settings);
    const needed = new Set(needs.subnets.map(({ subnet }) => subnet.id));
    if (needs.unready.length > 0 || needs.problems.length > 0) return;
    const left = needs.named.filter((id) => !needed.has(id));
    const names = await Promise.all(left.map((id) => this.#unusedNames(service, id, signal)));
    const segments = this.#unusedSegments(service, needs);
    await Promise.all([...names.flat(), ...segments].map((name) => ports.remove(name, signal)));
  }

  /** Ports that asked for segments of networks that the service needs no more. */
  #unusedSegments(service: ServiceDefinition, { named, subnets }: NetworkNeeds): string[] {
    if (this.#group.options.settings.segmentPhysicalNetwork === undefined) return [];
    const needed = new Set(subnets.map(({ network }) => network.id));
    const networks = named.map((id) => service.subnets[id]?.network_id ?? '');
    return [...new Set(networks)].filter((id) => id !== '' && !needed.has(id)).map(segmentPortName);
  }

  async #unusedNames(
    service: ServiceDefinition,
    subnetId: string,
    signal: AbortSignal,
  ): Promise<string[]> {
    const context = this.#group.placement(service.loadbalancer.tenant_id);
    const all = this.#group.options.devices();
    const holders = await this.#group.options.onEach(this.#group.ready, async (device) => {
      const { cache } = this.#group.on(device);
      const tenant = await cache.load(context.partition, signal);
      const common = await cache.load(COMMON, signal);
      const name = localSelfIpName(device.facts?.deviceName ?? '', subnetId);
      const isThere = [context.partition, COMMON].some((partition) => {
        const key = keyOf({ type: 'self', path: `/${partition}/${name}` });
        return tenant.has(key) || common.has(key);
      });
      return { name, isThere };
    });
    if (holders.length < all.length) return holders.flatMap(unused);
    const isNowhere = holders.every(({ result }) => !result.isThere);
    const shared = [
      ...snatNames(subnetId, context),
      ...(context.settings.useSnat ? [] : [gatewayName(subnetId)]),
    ];
    return [...holders.flatMap(unused), ...(isNowhere ? shared : [])];
  }
}

function unused({ result }: { result: { name: string; isThere: boolean } }): string[] {
  return result.isThere ? [] : [result.name];
}

function isLeaving({ loadbalancer }: ServiceDefinition): boolean {
  return loadbalancer.provisioning_status === 'PENDING_DELETE';
}
