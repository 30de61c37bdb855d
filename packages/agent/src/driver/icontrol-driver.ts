// iControlDriver: the agent driver for a BIG-IP device service group. Compile is pure; this is where it meets the
// devices: one tenant at a time, devices of a group side by side, tenants side by side.
// Invariants: lock order is tenant lock, then nothing (the client's write turn is taken inside one request only).
import type { ServiceDefinition, Statistics } from '@f5-lbaas/model';
import { createKeyedLock } from '@f5-lbaas/platform';
import type { IcontrolEndpoint } from '@f5-lbaas/rpc';
import type { ForwardingChange } from '../allocate/forwarding-change.ts';
import { objectPrefix, tenantOfPartition } from '../adapters/names.ts';
import type {
  AgentDriver,
  ResyncMode,
  ServiceOutcome,
  ServicePlan,
  TenantResync,
} from './agent-driver.ts';
import { DeviceGroup, type ResyncListener } from './device-group.ts';
import { DevicePolls } from './device-polls.ts';
import type { HealthByKind } from './health.ts';
import { checkDevices, type IControlDriverOptions } from './icontrol-driver-options.ts';
import { NetworkProvisioner } from './networks/network-provisioner.ts';
import type { Orphan } from './orphans.ts';
import { outcomeOf } from './outcome.ts';
import { devicesOf, plansOf, ServiceWriter } from './service-writer.ts';
import type { VcmpHosts } from './vcmp/vcmp-hosts.ts';
import { guestVlansOn, vcmpHostsOf } from './vcmp/connect-hosts.ts';
import { TenantResynchroniser } from './tenant-resynchroniser.ts';

class IControlDriver implements AgentDriver {
  readonly #isReadOnly: boolean;
  readonly #prefix: string;
  readonly #group: DeviceGroup;
  readonly #writer: ServiceWriter;
  readonly #resynchroniser: TenantResynchroniser;
  readonly #polls: DevicePolls;
  readonly #tenants = createKeyedLock();
  /** Undefined in global routed mode. */
  readonly #networks: NetworkProvisioner | undefined;
  /** Undefined where no device's networks depend on a vCMP host. */
  readonly #hosts: VcmpHosts | undefined;

  constructor(options: IControlDriverOptions) {
    checkDevices(options);
    this.#isReadOnly = options.isReadOnly ?? false;
    const prefix = objectPrefix(options.environmentPrefix);
    const hosts = vcmpHostsOf(options);
    const group = new DeviceGroup(options, prefix, {
      onDoubt: (device) => this.#networks?.forget(device),
      ...(hosts && {
        check: (device, signal) => hosts.check(device, signal),
        onProbe: (signal) => hosts.saveIfChanged(signal),
      }),
    });
    const networks =
      options.networks &&
      new NetworkProvisioner({
        ...options.networks,
        prefix,
        haType: options.haType,
        devices: () => group.devices,
        trafficGroups: () => group.facts.trafficGroups,
        onEach: (devices, work) => group.onEach(devices, work),
        guestVlans: hosts && ((device) => guestVlansOn(device, hosts, options)),
        clock: options.clock,
        configSync: group.configSync,
        logger: options.logger,
      });
    this.#hosts = hosts;
    this.#prefix = prefix;
    this.#group = group;
    this.#networks = networks;
    this.#polls = new DevicePolls(group, prefix);
    const { logger } = options;
    this.#writer = new ServiceWriter(options, group, prefix, networks);
    this.#resynchroniser = new TenantResynchroniser({
      group,
      prefix,
      networks,
      logger,
      writer: this.#writer,
      isReadOnly: this.#isReadOnly,
    });
  }

  start(): void {
    this.#group.start();
  }

  async stop(): Promise<void> {
    await this.#group.stop();
    await this.#hosts?.close();
  }

  get operational(): boolean {
    return this.#group.ready.length > 0;
  }

  endpoints(): Record<string, IcontrolEndpoint> {
    const endpoints = this.#group.endpoints();
    return this.#networks?.tunnels.withEndPoints(endpoints) ?? endpoints;
  }

  onResyncNeeded(listener: ResyncListener): void {
    this.#group.onResyncNeeded(listener);
  }

  capacityScore(): Promise<number> {
    return Promise.resolve(0);
  }

  esdNames(signal: AbortSignal): Promise<readonly string[]> {
    return this.#writer.esdNames(this.#group.writers(), signal);
  }

  applyService(service: ServiceDefinition, signal: AbortSignal): Promise<ServiceOutcome> {
    return this.#tenants.run(
      service.loadbalancer.tenant_id,
      () => this.#apply(service, signal),
      signal,
    );
  }

  resyncTenant(
    tenantId: string,
    services: readonly ServiceDefinition[],
    signal: AbortSignal,
    mode: ResyncMode = 'repair',
  ): Promise<TenantResync> {
    const work = { tenantId, services, mode: this.#isReadOnly ? ('look' as const) : mode };
    return this.#tenants.run(tenantId, () => this.#resynchroniser.resync(work, signal), signal);
  }

  planService(service: ServiceDefinition, signal: AbortSignal): Promise<ServicePlan[]> {
    return this.#tenants.run(
      service.loadbalancer.tenant_id,
      async () => {
        const devices = this.#group.requireWriters();
        return plansOf(await this.#writer.write(service, devices, signal, true));
      },
      signal,
    );
  }

  removeOrphans(tenantId: string, orphans: readonly Orphan[], signal: AbortSignal): Promise<void> {
    const work = (): Promise<void> => this.#resynchroniser.remove(tenantId, orphans, signal);
    return this.#tenants.run(tenantId, work, signal);
  }

  async listTenants(signal: AbortSignal): Promise<string[]> {
    this.#group.requireWriters();
    // Config sync may have missed that one went.
    const lists = await this.#group.onEach(this.#group.ready, (device) =>
      device.cache.listPartitions(device.client, signal),
    );
    const names = lists.flatMap(({ result }) => [...result]);
    return [
      ...new Set(names.flatMap((name) => tenantOfPartition(this.#prefix, name) ?? [])),
    ].sort();
  }

  async updateForwarding(change: ForwardingChange, signal: AbortSignal): Promise<void> {
    const networks = this.#networks;
    if (networks === undefined || !this.operational) return;
    for (const partition of await networks.tunnels.partitionsWith(change, signal)) {
      const tenantId = tenantOfPartition(this.#prefix, partition) ?? partition;
      await this.#tenants.run(
        tenantId,
        () => networks.tunnels.forward(partition, change, signal),
        signal,
      );
    }
  }

  async tunnelEndPoints(signal: AbortSignal): Promise<readonly string[]> {
    if (this.#networks === undefined || !this.operational) return [];
    return this.#networks.tunnels.endPoints(signal);
  }

  pollHealth(services: readonly ServiceDefinition[], signal: AbortSignal): Promise<HealthByKind> {
    return this.#polls.health(services, signal);
  }

  pollStatistics(
    services: readonly ServiceDefinition[],
    signal: AbortSignal,
  ): Promise<Record<string, Statistics>> {
    return this.#polls.statistics(services, signal);
  }

  async #apply(service: ServiceDefinition, signal: AbortSignal): Promise<ServiceOutcome> {
    const devices = this.#group.requireWriters();
    const { tenant_id: tenantId } = service.loadbalancer;
    const applied = await this.#writer.write(service, devices, signal, this.#isReadOnly);
    await this.#networks?.finish(tenantId, [service], devices, signal);
    const skipped = await this.#group.synchronise(devicesOf(applied.written));
    return outcomeOf(service, applied.failures, [...skipped]);
  }
}

/**
 * Driver for the devices of one group; connects when started.
 * @throws LbaasError `bad_request` when the devices do not fit the HA type
 */
export function createIControlDriver(options: IControlDriverOptions): AgentDriver {
  return new IControlDriver(options);
}
