// Brings one service to devices: networks, compile, plan, apply, each device side by side with the others.
import type { ServiceDefinition } from '@f5-lbaas/model';
import type { Logger } from '@f5-lbaas/platform';
import { MaterialStore } from '../certificates/material-store.ts';
import { compileService } from '../compile/compile-service.ts';
import type { CompileProblem } from '../compile/compiled-service.ts';
import type { CompileContext } from '../compile/service-view.ts';
import { EsdCatalog } from '../esd/esd-catalog.ts';
import { EsdDirectory } from '../esd/esd-directory.ts';
import { plannedStep } from '../inspect/planned-step.ts';
import { ownerKey, type OwnerKey } from '../plan/desired-partition.ts';
import type { Step } from '../plan/step.ts';
import type { ServicePlan } from './agent-driver.ts';
import type { DeviceGroup } from './device-group.ts';
import type { Device } from './device.ts';
import type { IControlDriverOptions } from './icontrol-driver-options.ts';
import type { NetworkProvisioner } from './networks/network-provisioner.ts';
import { blockedBy, withProblems, type PreparedNetworks } from './networks/prepared-networks.ts';
import { knownBadOf } from './outcome.ts';
import { provision, type ProvisionResult } from './provision.ts';

interface Written {
  device: Device;
  result: ProvisionResult & { problems?: readonly CompileProblem[] };
}

/** What became of one service on the devices that were written. */
export interface Applied {
  service: ServiceDefinition;
  written: readonly Written[];
  failures: ReadonlyMap<OwnerKey, string>;
  /** Steps on devices that were not written the service but its networks. */
  elsewhere: ReadonlyMap<Device, readonly Step[]>;
}

/** The partition is made with whatever comes first to it. */
function isFirst({ action, target }: Step, index: number, steps: readonly Step[]): boolean {
  const same = steps.findIndex((one) => one.action === action && one.target.path === target.path);
  return target.type !== 'folder' || same === index;
}

export function devicesOf(written: readonly { device: Device }[]): Device[] {
  return [...new Set(written.map(({ device }) => device))];
}

/** What was, or would have been, sent. */
export function plansOf({ service, written, elsewhere }: Applied): ServicePlan[] {
  const loadbalancerId = service.loadbalancer.id;
  return [
    ...written.map(({ device, result }) => ({
      loadbalancerId,
      device: device.host,
      steps: result.planned.map(plannedStep),
      problems: (result.problems ?? []).map(({ owner, reason }) => ({ ...owner, reason })),
    })),
    ...[...elsewhere].map(([device, steps]) => ({
      loadbalancerId,
      device: device.host,
      steps: steps.map(plannedStep),
      problems: [],
    })),
  ];
}

export class ServiceWriter {
  readonly #group: DeviceGroup;
  readonly #prefix: string;
  readonly #networks: NetworkProvisioner | undefined;
  readonly #materials: MaterialStore;
  readonly #parentSslProfile: string | undefined;
  readonly #esds: EsdCatalog | undefined;
  readonly #logger: Logger;

  /** @param networks undefined in global routed mode */
  constructor(
    options: IControlDriverOptions,
    group: DeviceGroup,
    prefix: string,
    networks: NetworkProvisioner | undefined,
  ) {
    const { esdDirectory, logger } = options;
    this.#group = group;
    this.#prefix = prefix;
    this.#networks = networks;
    this.#logger = logger;
    this.#parentSslProfile = options.parentSslProfile;
    this.#esds = esdDirectory
      ? new EsdCatalog(new EsdDirectory(esdDirectory, logger), logger)
      : undefined;
    this.#materials = new MaterialStore({ ...options, reader: options.secrets });
  }

  /** What compiling depends on beside the service. */
  get context(): CompileContext {
    const parentSslProfile = this.#parentSslProfile;
    return {
      prefix: this.#prefix,
      ...this.#group.facts,
      ...(parentSslProfile === undefined ? {} : { parentSslProfile }),
    };
  }

  /** Sorted; none while no device can be asked. */
  async esdNames(devices: readonly Device[], signal: AbortSignal): Promise<readonly string[]> {
    if (devices.length === 0) return [];
    const services = await this.#esds?.services(devices, signal);
    return [...(services?.keys() ?? [])].sort();
  }

  /**
   * @param isDryRun nothing is sent
   * @throws LbaasError `unavailable` when no device takes it now
   */
  write(
    service: ServiceDefinition,
    devices: readonly Device[],
    signal: AbortSignal,
    isDryRun: boolean,
  ): Promise<Applied> {
    if (this.#networks === undefined) return this.#writeOn(service, devices, signal, isDryRun);
    return this.#networks.around(
      { service, devices, isDryRun },
      async (prepared) => {
        const failures = blockedBy(service, prepared);
        const reached = [...prepared.byDevice.keys()];
        const elsewhere = prepared.planned;
        if (failures !== undefined) return { service, written: [], failures, elsewhere };
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
    const context = { ...this.context, material, ...(esds === undefined ? {} : { esds }) };
    const knownBad = knownBadOf(service);
    const task = { files, prefix: this.#prefix, knownBad, isDryRun, logger: this.#logger };
    const written = await this.#group.onEach(devices, async (device) => {
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
    const elsewhere = new Map(prepared?.planned);
    for (const { device } of written) elsewhere.delete(device);
    return { service, written, failures, elsewhere };
  }
}
