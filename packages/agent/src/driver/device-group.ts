// The device service group: who is ready, who is written, who is asked; probing and events.
import { isDeviceError } from '@f5-lbaas/bigip-client';
import { LbaasError } from '@f5-lbaas/model';
import type { Timer } from '@f5-lbaas/platform';
import type { IcontrolEndpoint } from '@f5-lbaas/rpc';
import { tenantOfPartition } from '../adapters/names.ts';
import type { CompileContext, TemplateOrigin } from '../compile/service-view.ts';
import { Device } from './device.ts';
import { ConfigSync, isSynced } from './config-sync.ts';
import { isAtLeast, type DeviceFacts } from './device-facts.ts';
import type { GroupSync } from './networks/group-networks.ts';
import type { IControlDriverOptions } from './icontrol-driver-options.ts';

export type ResyncListener = (tenantIds: readonly string[] | 'all', reason: string) => void;

const DRAFT_POLICIES_SINCE = [12, 1] as const;
const TLS_13_SINCE = [14, 0] as const;
const DEFAULT_PROBE_INTERVAL_MS = 30_000;
const DEFAULT_SYNC_MS = 120_000;

/** Who is told of devices beside those that ask for them. */
export interface GroupHooks {
  /** What was known of a device beyond its cache counts no more. */
  onDoubt(device: Device): void;
  /** A device is about to become ready. @throws UnfitDeviceError when it must not */
  check(device: Device, signal: AbortSignal): Promise<void>;
  /** The devices are looked at, as every now and then. */
  onProbe(signal: AbortSignal): Promise<void>;
}

export class DeviceGroup {
  readonly devices: readonly Device[];
  readonly #options: IControlDriverOptions;
  readonly #prefix: string;
  readonly #hooks: Partial<GroupHooks>;
  readonly #listeners: ResyncListener[] = [];
  readonly #stopped = new AbortController();
  #probeTimer: Timer | undefined;
  readonly #configSync: ConfigSync;
  /** autosync: the device that is written, for as long as it is ready. */
  #writer: Device | undefined;
  /** autosync: the others may lack something. */
  #isBehind = false;
  /** autosync: the last push did not reach everyone. */
  #isBroken = false;

  constructor(options: IControlDriverOptions, prefix: string, hooks: Partial<GroupHooks> = {}) {
    this.#options = options;
    this.#hooks = hooks;
    this.#prefix = prefix;
    this.devices = options.devices.map(
      (device) =>
        new Device(device, options, {
          peersOf: (one) => this.#peersOf(one),
          beforeReady: (one) => this.#beforeReady(one),
          onChange: (one) => (this.#isBehind ||= one === this.#writer),
          onDoubt: (one) => hooks.onDoubt?.(one),
          onReady: (one) => this.#announce('all', `Device ${one.host} is ready.`),
        }),
    );
    this.#configSync = new ConfigSync({
      clock: options.clock,
      timeoutMs: options.timeouts?.syncMs ?? DEFAULT_SYNC_MS,
      signal: this.#stopped.signal,
    });
  }

  start(): void {
    this.devices.forEach((device) => device.start());
    this.#probeLater();
  }

  async stop(): Promise<void> {
    this.#stopped.abort(new Error('The driver is stopped.'));
    this.#probeTimer?.cancel();
    await Promise.all(this.devices.map((device) => device.stop()));
  }

  onResyncNeeded(listener: ResyncListener): void {
    this.#listeners.push(listener);
  }

  get ready(): readonly Device[] {
    return this.devices.filter((device) => device.ready);
  }

  /**
   * Devices that changes are written to: all that are ready, or one of them where the group is synchronised. That
   * one stays the same as long as it is ready: a device that returns may have missed what its peer was given.
   */
  writers(): readonly Device[] {
    if (!this.#syncs) return this.ready;
    if (this.#writer?.ready !== true) this.#changeWriter();
    return this.#writer === undefined ? [] : [this.#writer];
  }

  /** As `writers`. @throws LbaasError `unavailable` when there is none */
  requireWriters(): readonly Device[] {
    const writers = this.writers();
    if (writers.length > 0) return writers;
    throw new LbaasError('unavailable', 'ERR_NO_DEVICE', 'No device is ready for provisioning.', {
      context: { devices: this.endpoints() },
    });
  }

  /** Devices that config sync brings what another one is written. None where every device is written. */
  peers(): readonly Device[] {
    return this.#syncs ? this.ready.filter((device) => device !== this.#writer) : [];
  }

  /** Undefined where every device is written. */
  get configSync(): GroupSync | undefined {
    if (!this.#syncs) return undefined;
    return {
      peers: () => this.peers(),
      push: () => (this.#writer === undefined ? Promise.resolve(false) : this.#push(this.#writer)),
      isBroken: () => this.#isBroken,
    };
  }

  get #syncs(): boolean {
    return this.#options.syncMode === 'autosync' && this.#options.haType !== 'standalone';
  }

  #changeWriter(): void {
    const before = this.#writer;
    this.#writer = this.ready[0];
    if (this.#writer === undefined) return;
    // What it holds came from its peer; what the peer did not push is lost.
    this.#writer.cache.clear();
    this.#hooks.onDoubt?.(this.#writer);
    const status = this.#writer.facts?.group?.syncStatus;
    if (before !== undefined || !isSynced(status)) this.#isBehind = true;
    if (before === undefined) return;
    this.#announce('all', `Device ${this.#writer.host} is written to instead of ${before.host}.`);
  }

  /**
   * Brings what was written to the devices that were not written themselves.
   * @param written devices that were brought to the wanted state
   * @returns hosts of the devices that do not have the change
   */
  async synchronise(written: readonly Device[]): Promise<readonly string[]> {
    const without = (some: readonly (Device | undefined)[]): string[] =>
      this.devices.filter((device) => !some.includes(device)).map(({ host }) => host);
    if (!this.#syncs) return without(written.filter((device) => device.ready));
    const writer = this.#writer;
    if (writer?.ready !== true) return without([]);
    if (!this.#isBehind) return without(this.ready);
    return (await this.#push(writer)) ? [] : without([writer]);
  }

  /** False when the group is not in sync; the writer's status says why, and the next change tries again. */
  async #push(device: Device): Promise<boolean> {
    const deviceGroup = device.facts?.group?.name;
    if (deviceGroup === undefined) return false;
    this.#isBehind = false;
    const { partitions: known } = device.cache;
    const partitions = known && new Set(known);
    const isWhole = this.ready.length === this.devices.length;
    const source = { client: device.client, deviceGroup, isWhole };
    const result = await this.guard(device, async () => ({
      problem: await this.#configSync.push(source),
    }));
    const problem = result === undefined ? 'The device was lost.' : result.problem;
    this.#noteLoaded(device, problem === undefined ? partitions : undefined);
    this.#isBroken = problem !== undefined;
    if (problem !== undefined) {
      this.#isBehind = true;
      this.#options.logger.error({ device: device.host, problem }, 'Config sync failed.');
    }
    if (device.ready) device.warn(problem === undefined ? '' : `Config sync: ${problem}`);
    return problem === undefined;
  }

  /** @param partitions what the others have now; undefined: who knows */
  #noteLoaded(source: Device, partitions: ReadonlySet<string> | undefined): void {
    source.noteLoaded();
    for (const device of this.devices.filter((one) => one !== source)) {
      device.noteLoaded();
      if (partitions === undefined) device.cache.clear();
      else device.cache.adopt(partitions);
    }
  }

  async #beforeReady(device: Device): Promise<void> {
    await this.#catchUp(device);
    await this.#hooks.check?.(device, this.#stopped.signal);
  }

  /** autosync: a device that returns is given what its peers hold before it may be written itself. */
  async #catchUp(device: Device): Promise<void> {
    if (!this.#syncs || this.#writer?.ready !== true || this.#writer === device) return;
    if (isSynced(device.facts?.group?.syncStatus)) return;
    await this.#push(this.#writer);
    device.cache.clear();
    await device.cache.listPartitions(device.client, this.#stopped.signal);
  }

  /** What all devices of the group have in common and compiling depends on. */
  get facts(): Omit<CompileContext, 'prefix'> {
    const facts = this.devices.find((device) => device.facts !== undefined)?.facts;
    return {
      trafficGroups: facts?.trafficGroups ?? [],
      hasDraftPolicies: facts === undefined || isAtLeast(facts.version, DRAFT_POLICIES_SINCE),
      hasTls13: facts === undefined || isAtLeast(facts.version, TLS_13_SINCE),
      ...(this.#options.configMode === 'iapp' && { iappTemplate: this.#templateOrigin }),
    };
  }

  /** The poorest decides, so that all devices get the same. */
  get #templateOrigin(): TemplateOrigin {
    const origins = this.devices.map((device) => device.facts?.template);
    return origins.includes('foreign') ? 'foreign' : 'own';
  }

  endpoints(): Record<string, IcontrolEndpoint> {
    return Object.fromEntries(this.devices.map((device) => [device.host, device.endpoint()]));
  }

  /** The device that carries traffic, as last seen by connecting or probing: the first active one, or the first. */
  get activeDevice(): Device | undefined {
    const { ready } = this;
    return ready.find(({ failoverState }) => failoverState === 'active') ?? ready[0];
  }

  /**
   * Runs work on a device. When it fails for the device's sake the device is out, and undefined the answer.
   * @throws what else fails
   */
  async guard<T>(device: Device, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!isDeviceError(error)) throw error;
      device.lost(error);
      return undefined;
    }
  }

  /**
   * Runs work on devices side by side; those that fail for their own sake drop out.
   * @throws LbaasError `unavailable` when all did
   */
  async onEach<T>(
    devices: readonly Device[],
    work: (device: Device) => Promise<T>,
  ): Promise<{ device: Device; result: T }[]> {
    const results = await Promise.all(
      devices.map((device) =>
        this.guard(device, async () => ({ device, result: await work(device) })),
      ),
    );
    const done = results.filter((one) => one !== undefined);
    if (done.length > 0) return done;
    throw new LbaasError('unavailable', 'ERR_NO_DEVICE', 'No device took the change.', {
      context: { devices: this.endpoints() },
    });
  }

  #peersOf(device: Device): readonly DeviceFacts[] {
    return this.ready.flatMap((other) => (other === device ? [] : (other.facts ?? [])));
  }

  #announce(tenantIds: readonly string[] | 'all', reason: string): void {
    this.#listeners.forEach((listener) => listener(tenantIds, reason));
  }

  #probeLater(): void {
    const intervalMs = this.#options.deviceProbeIntervalMs ?? DEFAULT_PROBE_INTERVAL_MS;
    if (intervalMs === 0 || this.#stopped.signal.aborted) return;
    this.#probeTimer = this.#options.clock.after(intervalMs, () => {
      void this.#probeAll().finally(() => this.#probeLater());
    });
  }

  async #probeAll(): Promise<void> {
    const { logger } = this.#options;
    await this.#hooks.onProbe?.(this.#stopped.signal);
    await Promise.all(
      this.ready.map(async (device) => {
        try {
          await this.guard(device, () => this.#probe(device));
        } catch (error) {
          logger.debug({ device: device.host, err: error }, 'Probe ended early.');
        }
      }),
    );
  }

  /**
   * Are the partitions that we know of still there; who is active; is everything saved? One call each, the last two
   * only in a group, and after changes.
   */
  async #probe(device: Device): Promise<void> {
    const { signal } = this.#stopped;
    const vanished = await device.cache.dropVanished(device.client, signal);
    if (this.devices.length > 1) await device.refreshFailoverState(signal);
    await device.saveIfChanged(signal);
    const tenants = vanished.flatMap((name) => tenantOfPartition(this.#prefix, name) ?? []);
    if (tenants.length === 0) return;
    this.#hooks.onDoubt?.(device);
    this.#options.logger.warn({ device: device.host, tenants }, 'Configuration has vanished.');
    this.#announce(tenants, `Device ${device.host} has lost configuration.`);
  }
}
