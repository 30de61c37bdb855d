// Networks below load balancers, on the devices: allocate, make what is missing before a service is applied, and
// take away what nobody uses afterwards. docs/adr/0010-allocation-and-networks.md has the reasons.
// Invariants: a partition's networks change only under its tenant's lock; /Common only under the device's own;
// nothing in /Common goes while any address on the device, or any change under way here, is in its networks.
import type { DeviceItem } from '@f5-lbaas/bigip-client';
import { LbaasError, type ServiceDefinition } from '@f5-lbaas/model';
import type { IcontrolEndpoint } from '@f5-lbaas/rpc';
import { createKeyedLock, type Logger } from '@f5-lbaas/platform';
import {
  COMMON,
  gatewayName,
  localSelfIpName,
  segmentPortName,
} from '../adapters/network-names.ts';
import { partitionName } from '../adapters/names.ts';
import { allocate, type AllocatedDevice } from '../allocate/allocate.ts';
import {
  AllowedAddressPairs,
  type AddressBinding,
  type VlanBinding,
} from '../allocate/bindings.ts';
import { networkNeeds, ownersOf, vipSubnetId, type NetworkNeeds } from '../allocate/needs.ts';
import type { NetworkPorts } from '../allocate/ports.ts';
import {
  leavingPeers,
  type ForwardingChange,
  type Peer,
  type TunnelPeers,
} from '../allocate/tunnel-peers.ts';
import { RouteDomainIds } from '../allocate/route-domain-ids.ts';
import {
  serviceNetworks,
  snatNames,
  type Allocation,
  type PlacementContext,
} from '../allocate/service-networks.ts';
import { buildNetworks } from '../builders/network-builder.ts';
import type { CompiledService, CompileProblem } from '../compile/compiled-service.ts';
import type { ServiceNetworks } from '../compile/service-networks.ts';
import type { NetworkSettings } from '../config/network-settings.ts';
import { keyOf } from '../object-types/device-object.ts';
import { asText } from '../object-types/property.ts';
import { ownerKey, type OwnerKey } from '../plan/desired-partition.ts';
import type { Step } from '../plan/step.ts';
import type { Device } from './device.ts';
import type { HaType } from './icontrol-driver-options.ts';
import { DeviceNetworks } from './device-networks.ts';
import { pendingIn } from './outcome.ts';

export interface NetworkProvisionerOptions {
  settings: NetworkSettings;
  ports: NetworkPorts;
  /** Told of tunnels; absent: nobody is. */
  peers?: TunnelPeers | undefined;
  /** Told of VLANs on interfaces; absent: nobody is. */
  vlanBinding?: VlanBinding | undefined;
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
  logger: Logger;
}

/** A service's networks as they now are. */
export interface PreparedNetworks {
  needs: NetworkNeeds;
  /** Devices on which the service can go on, with what compiling needs to know. */
  byDevice: ReadonlyMap<Device, ServiceNetworks>;
  /** What was missing on each device, as steps. */
  planned: ReadonlyMap<Device, readonly Step[]>;
  /** What has no network, and why. */
  problems: readonly CompileProblem[];
}

export interface NetworkTask {
  service: ServiceDefinition;
  devices: readonly Device[];
  /** Nothing is written, neither to devices nor to Neutron. */
  isDryRun: boolean;
}

/** Stands where a new address would. */
const NEW_ADDRESS = 'new-address';

/** Ports that are only thought of. */
const NO_PORTS: Pick<NetworkPorts, 'ensure'> = {
  ensure: ({ address }) => Promise.resolve(address ?? NEW_ADDRESS),
};

export class NetworkProvisioner {
  readonly #options: NetworkProvisionerOptions;
  readonly #ids = new RouteDomainIds();
  readonly #addresses: AddressBinding | undefined;
  /** Ports of addresses that a device gave up and that are still to be looked at. */
  readonly #unowned = new Set<string>();
  readonly #networks = new Map<Device, DeviceNetworks>();
  readonly #common = createKeyedLock();
  /** Subnets that changes under way count on. */
  readonly #held = new Map<string, number>();

  constructor(options: NetworkProvisionerOptions) {
    this.#options = options;
    const { allowedAddressPorts: fixed } = options.settings;
    const macs = (signal: AbortSignal): Promise<string[]> => this.#macs(signal);
    this.#addresses =
      fixed &&
      new AllowedAddressPairs(
        options.ports,
        fixed === 'learned' ? undefined : new Map(Object.entries(fixed)),
        macs,
      );
  }

  /** Whatever was known of the device may be wrong now. */
  forget(device: Device): void {
    this.#on(device).clear();
  }

  /** The next look at the tenant's networks reads them. */
  drop(device: Device, partition: string): void {
    this.#on(device).drop(partition);
  }

  /**
   * Runs work on a service whose networks are there.
   * @throws LbaasError `unavailable` when networks or ports cannot be had now: nothing is decided, try again
   */
  async around<T>(
    task: NetworkTask,
    work: (prepared: PreparedNetworks) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const needs = networkNeeds(task.service, this.#options.settings);
    await this.#waitForSegments(needs, task, signal);
    const subnets = needs.subnets.map(({ subnet }) => subnet.id);
    this.#hold(subnets, 1);
    try {
      const prepared = await this.#prepare(task, needs, signal);
      return await work(prepared);
    } finally {
      this.#hold(subnets, -1);
    }
  }

  /** Partitions in which a device takes part in the network. @throws DeviceError */
  async partitionsWith(change: ForwardingChange, signal: AbortSignal): Promise<string[]> {
    const ready = this.#options.devices().filter((device) => device.ready);
    const found = await this.#options.onEach(ready, (device) =>
      this.#on(device).partitionsWith(change, signal),
    );
    return [...new Set(found.flatMap(({ result }) => result))];
  }

  /** Under the lock of the partition's tenant. @throws LbaasError `unavailable` */
  async forward(partition: string, change: ForwardingChange, signal: AbortSignal): Promise<void> {
    const ready = this.#options.devices().filter((device) => device.ready);
    await this.#options.onEach(ready, (device) => {
      const work = (): Promise<void> => this.#on(device).forward(partition, change, signal);
      return partition === COMMON ? this.#common.run(device.host, work, signal) : work();
    });
  }

  /** Addresses at which the ready devices end tunnels. */
  async endPoints(signal: AbortSignal): Promise<string[]> {
    const ready = this.#options.devices().filter((device) => device.ready);
    const found = await this.#options.onEach(ready, (device) => this.#on(device).endPoint(signal));
    return found.flatMap(({ result }) => result ?? []);
  }

  /** States of devices, with the addresses at which they end tunnels as far as they are known. */
  withEndPoints(endpoints: Record<string, IcontrolEndpoint>): Record<string, IcontrolEndpoint> {
    const known = new Map(
      this.#options.devices().map((device) => [device.host, this.#on(device).knownEndPoint]),
    );
    return Object.fromEntries(
      Object.entries(endpoints).map(([host, endpoint]) => [
        host,
        { ...endpoint, local_ip: known.get(host) ?? 'VTEP disabled' },
      ]),
    );
  }

  /** Something may be in use no more. */
  suspect(device: Device, partition: string): void {
    this.#on(device).suspect(partition);
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
    await this.#release(tenantId, leavingPeers(services), devices, signal);
    for (const { loadbalancer } of services.filter(isLeaving)) {
      await this.#addresses?.unbind(vipSubnetId(loadbalancer), loadbalancer.vip_address, signal);
    }
    for (const service of services) await this.#releasePorts(service, signal);
  }

  async #release(
    tenantId: string,
    leaving: readonly Peer[],
    devices: readonly Device[],
    signal: AbortSignal,
  ): Promise<void> {
    const partition = partitionName(this.#options.prefix, tenantId);
    const ready = devices.filter((device) => device.ready);
    if (ready.length === 0) return;
    await this.#options.onEach(ready, async (device) => {
      const networks = this.#on(device);
      const isGone = await networks.releaseTenant(partition, leaving, signal);
      if (isGone) this.#ids.release(partition);
      await this.#common.run(
        device.host,
        () => networks.releaseCommon(this.#heldSubnets(), signal),
        signal,
      );
    });
    await this.#releaseRemoved(partition, signal);
  }

  /** Ports of addresses that were removed, whoever asked for it: a device that returns has to give up late. */
  async #releaseRemoved(partition: string, signal: AbortSignal): Promise<void> {
    const all = this.#options.devices();
    for (const device of all) {
      for (const name of this.#on(device).takeRemoved()) this.#unowned.add(name);
    }
    for (const name of this.#unowned) {
      const isHeld = [...this.#held.keys()].some((subnet) => name.includes(subnet));
      const isUsed = isHeld || all.some((device) => this.#on(device).hasAddress(partition, name));
      const isOneDevices = name.startsWith('local-');
      if (!isUsed && (isOneDevices || all.every((device) => device.ready))) {
        await this.#options.ports.remove(name, signal);
      }
      this.#unowned.delete(name);
    }
  }

  /** Addresses that devices answer for, on the ports through which they are reached. */
  async #bind(
    { loadbalancer }: ServiceDefinition,
    { subnets }: ServiceNetworks,
    signal: AbortSignal,
  ): Promise<void> {
    if (this.#addresses === undefined || subnets.length === 0) return;
    await this.#addresses.bind(vipSubnetId(loadbalancer), loadbalancer.vip_address, signal);
    for (const { id, selfIp, snat, gateway } of subnets) {
      const own = [selfIp.address, ...snat.map(({ address }) => address)];
      for (const address of gateway === undefined ? own : [...own, gateway]) {
        await this.#addresses.bind(id, address, signal);
      }
    }
  }

  async #macs(signal: AbortSignal): Promise<string[]> {
    const ready = this.#options.devices().filter((device) => device.ready);
    const lists = await this.#options.onEach(ready, ({ client }) =>
      client.list('/net/interface', {}, signal),
    );
    return lists
      .flatMap(({ result }) => result)
      .filter(({ name }) => name !== 'mgmt')
      .map(({ macAddress }) => asText(macAddress).toLowerCase());
  }

  #on(device: Device): DeviceNetworks {
    const known = this.#networks.get(device);
    if (known !== undefined) return known;
    const { settings, logger, peers, vlanBinding: vlans } = this.#options;
    const addresses = this.#addresses;
    const made = new DeviceNetworks(device, { settings, logger, peers, addresses, vlans });
    this.#networks.set(device, made);
    return made;
  }

  #hold(subnets: readonly string[], change: 1 | -1): void {
    for (const id of subnets) {
      const count = (this.#held.get(id) ?? 0) + change;
      if (count === 0) this.#held.delete(id);
      else this.#held.set(id, count);
    }
  }

  #heldSubnets(): ReadonlySet<string> {
    return new Set(this.#held.keys());
  }

  #context(tenantId: string): PlacementContext {
    const { settings, prefix, haType, trafficGroups } = this.#options;
    return {
      settings,
      haType,
      tenantId,
      partition: partitionName(prefix, tenantId),
      trafficGroups: trafficGroups(),
    };
  }

  /** A segment comes when the network is bound on the devices' physical network; until then nobody can go on. */
  async #waitForSegments(
    { unready }: NetworkNeeds,
    { isDryRun }: NetworkTask,
    signal: AbortSignal,
  ): Promise<void> {
    if (unready.length === 0) return;
    const opflex = unready.filter((network) => network['provider:network_type'] === 'opflex');
    for (const { id } of isDryRun ? [] : opflex) {
      await this.#options.ports.ensureOnNetwork(segmentPortName(id), id, signal);
    }
    throw new LbaasError(
      'unavailable',
      'ERR_NETWORK_NOT_READY',
      'Network segment(s) definition incomplete: waiting until the networks are bound.',
      { context: { networks: unready.map(({ id }) => id) } },
    );
  }

  async #prepare(
    { service, devices, isDryRun }: NetworkTask,
    needs: NetworkNeeds,
    signal: AbortSignal,
  ): Promise<PreparedNetworks> {
    const { onEach } = this.#options;
    const ports = isDryRun ? NO_PORTS : this.#options.ports;
    const planned = new Map<Device, Step[]>();
    const context = this.#context(service.loadbalancer.tenant_id);
    const { partition } = context;
    const withCommon = needs.touchesCommon;
    const loaded = await onEach(devices, async (device): Promise<AllocatedDevice> => {
      const networks = this.#on(device);
      return {
        ...(await networks.facts(needs.subnets, signal)),
        listRouteDomains: (listSignal) => this.#listRouteDomains(device, listSignal),
        tenant: await networks.load(partition, signal),
        common: withCommon ? await networks.load(COMMON, signal) : new Map(),
      };
    });
    const allocator = { context, ports, ids: this.#ids };
    const allocated = await allocate(
      service,
      needs,
      loaded.map(({ result }) => result),
      allocator,
      signal,
    );
    const problems = [...needs.problems, ...blamed(service, needs, allocated.failures)];
    const isUsable = ({ subnet }: { subnet: { id: string } }): boolean =>
      !allocated.failures.has(subnet.id);
    const usable = { ...needs, subnets: needs.subnets.filter(isUsable) };
    const byDevice = new Map<Device, ServiceNetworks>();
    await onEach(
      loaded.map(({ device }) => device),
      async (device) => {
        const found = loaded.find((one) => one.device === device)?.result;
        const allocation = allocated.byDevice.get(device.host);
        if (found === undefined || allocation === undefined) return;
        const steps: Step[] = [];
        planned.set(device, steps);
        const wanted = { service, needs: usable, facts: found, allocation, context };
        const task = { ...wanted, isDryRun, planned: steps };
        const unreachable = withoutEndPoint(usable, found, context.settings);
        const reachable = usable.subnets.filter(({ subnet }) => !unreachable.has(subnet.id));
        const refused = new Map([
          ...unreachable,
          ...(await this.#assure(
            device,
            { ...task, needs: { ...usable, subnets: reachable } },
            signal,
          )),
        ]);
        problems.push(...blamed(service, needs, refused));
        const made = usable.subnets.filter(({ subnet }) => !refused.has(subnet.id));
        const placed = { ...usable, subnets: made };
        const networks = serviceNetworks(service, placed, found, allocation, context);
        await this.#bind(service, networks, signal);
        byDevice.set(device, networks);
      },
    );
    return {
      needs,
      byDevice,
      planned,
      problems: problems.map((one) => ({ ...one, keepsOld: true })),
    };
  }

  /** @throws LbaasError `unavailable` when the device is lost: what it has is not known, so no number can be given */
  async #listRouteDomains(device: Device, signal: AbortSignal): Promise<DeviceItem[]> {
    const [answer] = await this.#options.onEach([device], ({ client }) =>
      client.list('/net/route-domain', {}, signal),
    );
    return answer?.result ?? [];
  }

  /** @returns why a device has not taken a subnet, by its id */
  async #assure(
    device: Device,
    { service, needs, facts, allocation, context, isDryRun, planned }: AssureTask,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>> {
    const networks = this.#on(device);
    const attempt = async (subnets: NetworkNeeds['subnets']): Promise<string | undefined> => {
      const some = serviceNetworks(service, { ...needs, subnets }, facts, allocation, context);
      const built = buildNetworks(context.partition, some);
      const { partition } = context;
      const how = { networks: some, isDryRun, planned };
      const common =
        built.common.length === 0
          ? undefined
          : await this.#common.run(
              device.host,
              () => networks.assure({ ...how, partition: COMMON, wanted: built.common }, signal),
              signal,
            );
      return common ?? networks.assure({ ...how, partition, wanted: built.tenant }, signal);
    };
    const refusal = await attempt(needs.subnets);
    if (refusal === undefined) return new Map();
    if (needs.subnets.length === 1) return new Map([[needs.subnets[0]?.subnet.id ?? '', refusal]]);
    const refused = new Map<string, string>();
    for (const need of needs.subnets) {
      const reason = await attempt([need]);
      if (reason !== undefined) refused.set(need.subnet.id, reason);
    }
    return refused;
  }

  /**
   * Ports of subnets that the definition names and that no device has an address in any more. A definition is sent
   * again until its outcome was reported, so a port is not forgotten when the agent dies in between.
   */
  async #releasePorts(service: ServiceDefinition, signal: AbortSignal): Promise<void> {
    const { ports, settings } = this.#options;
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
    if (this.#options.settings.segmentPhysicalNetwork === undefined) return [];
    const needed = new Set(subnets.map(({ network }) => network.id));
    const networks = named.map((id) => service.subnets[id]?.network_id ?? '');
    return [...new Set(networks)].filter((id) => id !== '' && !needed.has(id)).map(segmentPortName);
  }

  async #unusedNames(
    service: ServiceDefinition,
    subnetId: string,
    signal: AbortSignal,
  ): Promise<string[]> {
    const context = this.#context(service.loadbalancer.tenant_id);
    const all = this.#options.devices();
    const ready = all.filter((device) => device.ready);
    const holders = await this.#options.onEach(ready, async (device) => {
      const tenant = await this.#on(device).load(context.partition, signal);
      const common = await this.#on(device).load(COMMON, signal);
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

interface AssureTask {
  service: ServiceDefinition;
  needs: NetworkNeeds;
  facts: AllocatedDevice;
  allocation: Allocation;
  context: PlacementContext;
  isDryRun: boolean;
  planned: Step[];
}

function unused({ result }: { result: { name: string; isThere: boolean } }): string[] {
  return result.isThere ? [] : [result.name];
}

/** Tunnelled subnets on a device that operators have given no end point, with the reason. */
function withoutEndPoint(
  { subnets }: NetworkNeeds,
  { host, localAddress }: AllocatedDevice,
  { vtep }: NetworkSettings,
): Map<string, string> {
  const tunnelled = subnets.filter(({ kind }) => kind === 'vxlan' || kind === 'gre');
  const reason = `Device ${host} is missing the VTEP self IP /${vtep?.folder ?? ''}/${vtep?.selfIpName ?? ''}.`;
  return new Map(
    localAddress === undefined ? tunnelled.map(({ subnet }) => [subnet.id, reason]) : [],
  );
}

/** Whom the reasons concern. @param reasons by subnet id */
function blamed(
  service: ServiceDefinition,
  { subnets }: NetworkNeeds,
  reasons: ReadonlyMap<string, string>,
): CompileProblem[] {
  return subnets.flatMap(({ subnet, isForVip, members }) => {
    const reason = reasons.get(subnet.id);
    if (reason === undefined) return [];
    return ownersOf(service, isForVip, members).map((owner) => ({ owner, reason }));
  });
}

/** Why nothing of the service can be made, by owner; undefined when it can. */
export function blockedBy(
  service: ServiceDefinition,
  { problems }: PreparedNetworks,
): Map<OwnerKey, string> | undefined {
  const cause = problems.find(({ owner }) => owner.kind === 'loadbalancers');
  if (cause === undefined) return undefined;
  const missing = pendingIn(service).map((key) => [key, `Not applied: ${cause.reason}`] as const);
  const reasons = problems.map(({ owner, reason }) => [ownerKey(owner), reason] as const);
  return new Map([...missing, ...reasons]);
}

/** What cannot be had for want of a network stays as it is. */
export function withProblems(
  compiled: CompiledService,
  prepared: PreparedNetworks | undefined,
): CompiledService {
  if (prepared === undefined || prepared.problems.length === 0) return compiled;
  return { ...compiled, problems: [...compiled.problems, ...prepared.problems] };
}

function isLeaving({ loadbalancer }: ServiceDefinition): boolean {
  return loadbalancer.provisioning_status === 'PENDING_DELETE';
}
