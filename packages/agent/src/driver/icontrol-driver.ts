// iControlDriver: the agent driver for a BIG-IP device service group. Compile is pure; this is where it meets the
// devices: one tenant at a time, devices of a group side by side, tenants side by side.
// Invariants: lock order is tenant lock, then nothing (the client's write turn is taken inside one request only).
import { LbaasError, type ServiceDefinition, type Statistics } from '@f5-lbaas/model';
import { createKeyedLock, type Logger } from '@f5-lbaas/platform';
import type { IcontrolEndpoint } from '@f5-lbaas/rpc';
import type { ForwardingChange } from '../allocate/tunnel-peers.ts';
import { objectPrefix, partitionName, tenantOfPartition } from '../adapters/names.ts';
import { MaterialStore } from '../certificates/material-store.ts';
import { EsdCatalog } from '../esd/esd-catalog.ts';
import { EsdDirectory } from '../esd/esd-directory.ts';
import { compileService } from '../compile/compile-service.ts';
import type { CompileProblem } from '../compile/compiled-service.ts';
import type { CompileContext } from '../compile/service-view.ts';
import type { ObjectKey, Owner } from '../object-types/device-object.ts';
import { ownerKey, type OwnerKey } from '../plan/desired-partition.ts';
import type { Step } from '../plan/step.ts';
import { plannedStep } from '../inspect/planned-step.ts';
import type {
  AgentDriver,
  ResyncMode,
  ServiceOutcome,
  ServicePlan,
  TenantResync,
} from './agent-driver.ts';
import { DeviceGroup, type ResyncListener } from './device-group.ts';
import type { Device } from './device.ts';
import {
  hasMonitoredMembers,
  healthOf,
  memberStates,
  type HealthByKind,
  type MemberStates,
} from './health.ts';
import { checkDevices, type IControlDriverOptions } from './icontrol-driver-options.ts';
import { orphansIn, removalOf, type Orphan } from './orphans.ts';
import { isSettled, knownBadOf, outcomeOf } from './outcome.ts';
import {
  blockedBy,
  NetworkProvisioner,
  withProblems,
  type PreparedNetworks,
} from './network-provisioner.ts';
import { provision, type ProvisionResult } from './provision.ts';
import { addStatistics, listenerStatistics } from './statistics.ts';

interface Written {
  device: Device;
  result: ProvisionResult & { problems?: readonly CompileProblem[] };
}

/** What became of one service on the devices that were written. */
interface Applied {
  service: ServiceDefinition;
  written: readonly Written[];
  failures: ReadonlyMap<OwnerKey, string>;
}

interface ResyncWork {
  tenantId: string;
  services: readonly ServiceDefinition[];
  mode: ResyncMode;
}

/** The partition is made with whatever comes first to it. */
function isFirst({ action, target }: Step, index: number, steps: readonly Step[]): boolean {
  const same = steps.findIndex((one) => one.action === action && one.target.path === target.path);
  return target.type !== 'folder' || same === index;
}

function plansOf({ service, written }: Applied): ServicePlan[] {
  return written.map(({ device, result }) => ({
    loadbalancerId: service.loadbalancer.id,
    device: device.host,
    steps: result.planned.map(plannedStep),
    problems: (result.problems ?? []).map(({ owner, reason }) => ({ ...owner, reason })),
  }));
}

class IControlDriver implements AgentDriver {
  readonly #logger: Logger;
  readonly #isReadOnly: boolean;
  readonly #prefix: string;
  readonly #group: DeviceGroup;
  readonly #materials: MaterialStore;
  readonly #parentSslProfile: string | undefined;
  readonly #esds: EsdCatalog | undefined;
  readonly #tenants = createKeyedLock();
  /** Undefined in global routed mode. */
  readonly #networks: NetworkProvisioner | undefined;

  constructor(options: IControlDriverOptions) {
    checkDevices(options);
    this.#logger = options.logger;
    this.#isReadOnly = options.isReadOnly ?? false;
    this.#prefix = objectPrefix(options.environmentPrefix);
    this.#group = new DeviceGroup(options, this.#prefix, (device) =>
      this.#networks?.forget(device),
    );
    this.#networks =
      options.networks &&
      new NetworkProvisioner({
        ...options.networks,
        prefix: this.#prefix,
        haType: options.haType,
        devices: () => this.#group.devices,
        trafficGroups: () => this.#group.facts.trafficGroups,
        onEach: (devices, work) => this.#onEach(devices, work),
        logger: this.#logger,
      });
    this.#parentSslProfile = options.parentSslProfile;
    const { esdDirectory, logger } = options;
    this.#esds = esdDirectory
      ? new EsdCatalog(new EsdDirectory(esdDirectory, logger), logger)
      : undefined;
    this.#materials = new MaterialStore({ ...options, reader: options.secrets });
  }

  start(): void {
    this.#group.start();
  }

  stop(): Promise<void> {
    return this.#group.stop();
  }

  get operational(): boolean {
    return this.#group.ready.length > 0;
  }

  endpoints(): Record<string, IcontrolEndpoint> {
    const endpoints = this.#group.endpoints();
    return this.#networks?.withEndPoints(endpoints) ?? endpoints;
  }

  onResyncNeeded(listener: ResyncListener): void {
    this.#group.onResyncNeeded(listener);
  }

  capacityScore(): Promise<number> {
    return Promise.resolve(0);
  }

  applyService(service: ServiceDefinition, signal: AbortSignal): Promise<ServiceOutcome> {
    return this.#tenants.run(
      service.loadbalancer.tenant_id,
      async () => {
        const devices = this.#writers();
        const outcome = await this.#apply(service, devices, signal);
        return outcome;
      },
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
    return this.#tenants.run(tenantId, () => this.#resync(work, signal), signal);
  }

  planService(service: ServiceDefinition, signal: AbortSignal): Promise<ServicePlan[]> {
    return this.#tenants.run(
      service.loadbalancer.tenant_id,
      async () => plansOf(await this.#write(service, this.#writers(), signal, true)),
      signal,
    );
  }

  removeOrphans(tenantId: string, orphans: readonly Orphan[], signal: AbortSignal): Promise<void> {
    return this.#tenants.run(tenantId, () => this.#remove(tenantId, orphans, signal), signal);
  }

  async listTenants(signal: AbortSignal): Promise<string[]> {
    const lists = await this.#onEach(this.#writers(), (device) =>
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
    for (const partition of await networks.partitionsWith(change, signal)) {
      const tenantId = tenantOfPartition(this.#prefix, partition) ?? partition;
      await this.#tenants.run(tenantId, () => networks.forward(partition, change, signal), signal);
    }
  }

  async tunnelEndPoints(signal: AbortSignal): Promise<readonly string[]> {
    if (this.#networks === undefined || !this.operational) return [];
    return this.#networks.endPoints(signal);
  }

  async pollHealth(
    services: readonly ServiceDefinition[],
    signal: AbortSignal,
  ): Promise<HealthByKind> {
    const states = services.some(hasMonitoredMembers)
      ? await this.#memberStates(services, signal)
      : new Map();
    if (states === undefined) return {};
    const health: HealthByKind = {};
    for (const service of services) {
      for (const [kind, statuses] of Object.entries(healthOf(service, this.#context(), states))) {
        Object.assign((health[kind as keyof HealthByKind] ??= {}), statuses);
      }
    }
    return health;
  }

  /** As the active device shows them; undefined when no device can be asked. */
  async #memberStates(
    services: readonly ServiceDefinition[],
    signal: AbortSignal,
  ): Promise<MemberStates | undefined> {
    const device = this.#group.activeDevice;
    const partitions = new Set(services.map((service) => this.#partition(service)));
    const [partition] = partitions.size === 1 ? partitions : [];
    const pools =
      device &&
      (await this.#group.guard(device, () =>
        device.client.list('/ltm/pool', { partition, expand: true }, signal),
      ));
    return pools && memberStates(pools);
  }

  async pollStatistics(
    services: readonly ServiceDefinition[],
    signal: AbortSignal,
  ): Promise<Record<string, Statistics>> {
    const listeners = new Map(
      services.flatMap((service) => service.listeners.map(({ id }) => [this.#prefix + id, id])),
    );
    if (listeners.size === 0) return {};
    const bodies = await Promise.all(
      this.#group.ready.map((device) =>
        this.#group.guard(device, () => device.client.get('/ltm/virtual/stats', signal)),
      ),
    );
    const sums: Record<string, Statistics> = {};
    for (const body of bodies.filter((one) => one !== undefined)) {
      for (const [id, counters] of listenerStatistics(body, (name) => listeners.get(name))) {
        sums[id] = sums[id] === undefined ? counters : addStatistics(sums[id], counters);
      }
    }
    return sums;
  }

  #context(): CompileContext {
    const parentSslProfile = this.#parentSslProfile;
    return {
      prefix: this.#prefix,
      ...this.#group.facts,
      ...(parentSslProfile === undefined ? {} : { parentSslProfile }),
    };
  }

  #partition(service: ServiceDefinition): string {
    return partitionName(this.#prefix, service.loadbalancer.tenant_id);
  }

  #writers(): readonly Device[] {
    const writers = this.#group.writers();
    if (writers.length > 0) return writers;
    throw new LbaasError('unavailable', 'ERR_NO_DEVICE', 'No device is ready for provisioning.', {
      context: { devices: this.#group.endpoints() },
    });
  }

  /**
   * Runs work on devices side by side; those that fail for their own sake drop out.
   * @throws LbaasError `unavailable` when all did
   */
  async #onEach<T>(
    devices: readonly Device[],
    work: (device: Device) => Promise<T>,
  ): Promise<{ device: Device; result: T }[]> {
    const results = await Promise.all(
      devices.map((device) =>
        this.#group.guard(device, async () => ({ device, result: await work(device) })),
      ),
    );
    const done = results.filter((one) => one !== undefined);
    if (done.length > 0) return done;
    throw new LbaasError('unavailable', 'ERR_NO_DEVICE', 'No device took the change.', {
      context: { devices: this.#group.endpoints() },
    });
  }

  async #apply(
    service: ServiceDefinition,
    devices: readonly Device[],
    signal: AbortSignal,
  ): Promise<ServiceOutcome> {
    const { written, failures } = await this.#write(service, devices, signal);
    await this.#networks?.finish(service.loadbalancer.tenant_id, [service], devices, signal);
    return outcomeOf(service, failures, await this.#synchronise(written));
  }

  #write(
    service: ServiceDefinition,
    devices: readonly Device[],
    signal: AbortSignal,
    isDryRun = this.#isReadOnly,
  ): Promise<Applied> {
    if (this.#networks === undefined) return this.#writeOn(service, devices, signal, isDryRun);
    return this.#networks.around(
      { service, devices, isDryRun },
      async (prepared) => {
        const failures = blockedBy(service, prepared);
        if (failures !== undefined) return { service, written: [], failures };
        const reached = [...prepared.byDevice.keys()];
        return this.#writeOn(service, reached, signal, isDryRun, prepared);
      },
      signal,
    );
  }

  /** @param prepared networks per device; none in global routed mode */
  async #writeOn(
    service: ServiceDefinition,
    devices: readonly Device[],
    signal: AbortSignal,
    isDryRun: boolean,
    prepared?: PreparedNetworks,
  ): Promise<Applied> {
    const { material, contents: files } = await this.#materials.load(service, signal);
    const esds = await this.#esds?.services(devices, signal);
    const context = { ...this.#context(), material, ...(esds === undefined ? {} : { esds }) };
    const knownBad = knownBadOf(service);
    const task = { files, prefix: this.#prefix, knownBad, isDryRun, logger: this.#logger };
    const written = await this.#onEach(devices, async (device) => {
      const networks = prepared?.byDevice.get(device);
      const compiled = withProblems(compileService(service, { ...context, networks }), prepared);
      const result = await provision(device, { ...task, compiled }, signal);
      if (!isDryRun && (result.hasRemoved || result.failures.size > 0)) {
        this.#networks?.suspect(device, compiled.partition);
      }
      const planned = [...(prepared?.planned.get(device) ?? []), ...result.planned].filter(isFirst);
      return { ...result, planned, problems: compiled.problems };
    });
    const failures = new Map<OwnerKey, string>(
      written.flatMap(({ result }) => [
        ...result.failures,
        ...result.problems.map(({ owner, reason }) => [ownerKey(owner), reason] as const),
      ]),
    );
    return { service, written, failures };
  }

  /** @returns devices that do not have the change */
  async #synchronise(written: readonly Written[]): Promise<string[]> {
    const writes = written.map(({ device, result }) => ({ device, writes: result.writes }));
    return [...(await this.#group.synchronise(writes))];
  }

  async #resync(
    { tenantId, services, mode }: ResyncWork,
    signal: AbortSignal,
  ): Promise<TenantResync> {
    const partition = partitionName(this.#prefix, tenantId);
    const devices = this.#writers();
    await this.#onEach(devices, (device) => {
      this.#networks?.drop(device, partition);
      device.cache.drop(partition);
      return device.cache.load(device.client, partition, signal);
    });
    const applied: Applied[] = [];
    const claims = new Map<ObjectKey, readonly Owner[]>();
    for (const service of services) {
      const ready = devices.filter((device) => device.ready);
      const isDryRun = mode === 'look' || (mode === 'report' && isSettled(service));
      applied.push(await this.#write(service, ready, signal, isDryRun));
      for (const [key, owners] of compileService(service, this.#context()).claims) {
        claims.set(key, owners);
      }
    }
    if (mode === 'repair') await this.#networks?.finish(tenantId, services, devices, signal);
    const left = await this.#onEach(devices, (device) =>
      device.cache.load(device.client, partition, signal),
    );
    const orphans = left.flatMap(({ device, result }) =>
      orphansIn(device.host, this.#prefix, result.objects, claims),
    );
    const skipped =
      mode === 'look' ? [] : await this.#synchronise(applied.flatMap(({ written }) => written));
    const outcomes = applied.map(({ service, failures }) =>
      outcomeOf(service, failures, [...skipped]),
    );
    const differences = applied
      .filter(({ service }) => mode === 'look' || isSettled(service))
      .flatMap(plansOf)
      .filter(({ steps }) => steps.length > 0);
    return { tenantId, outcomes, differences, orphans };
  }

  async #remove(tenantId: string, orphans: readonly Orphan[], signal: AbortSignal): Promise<void> {
    const partition = partitionName(this.#prefix, tenantId);
    const written = await this.#onEach(this.#writers(), async (device) => {
      const here = orphans.filter((orphan) => orphan.device === device.host);
      const { objects } = await device.cache.load(device.client, partition, signal);
      const removal = removalOf(partition, this.#prefix, objects, here);
      const compiled = { ...removal, keepsPartition: this.#networks !== undefined };
      const task = {
        compiled,
        prefix: this.#prefix,
        knownBad: new Set<OwnerKey>(),
        isDryRun: this.#isReadOnly,
        logger: this.#logger,
      };
      return provision(device, task, signal);
    });
    for (const { device, result } of written) {
      for (const [owner, reason] of result.failures) {
        this.#logger.warn(
          { device: device.host, owner, reason },
          'An orphan could not be removed.',
        );
      }
    }
    for (const { device } of written) this.#networks?.suspect(device, partition);
    await this.#networks?.finish(tenantId, [], this.#group.ready, signal);
    await this.#synchronise(written);
  }
}

/**
 * Driver for the devices of one group; connects when started.
 * @throws LbaasError `bad_request` when the devices do not fit the HA type
 */
export function createIControlDriver(options: IControlDriverOptions): AgentDriver {
  return new IControlDriver(options);
}
