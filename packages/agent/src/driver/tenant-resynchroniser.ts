// All load balancers of a tenant against what is on the devices, read anew; and the removal of what none explains.
// Under the tenant's lock.
import type { ServiceDefinition } from '@f5-lbaas/model';
import type { Logger } from '@f5-lbaas/platform';
import { partitionName } from '../adapters/names.ts';
import { compileService } from '../compile/compile-service.ts';
import type { ObjectKey, Owner } from '../object-types/device-object.ts';
import type { OwnerKey } from '../plan/desired-partition.ts';
import type { ResyncMode, TenantResync } from './agent-driver.ts';
import type { DeviceGroup } from './device-group.ts';
import type { NetworkProvisioner } from './networks/network-provisioner.ts';
import { orphansIn, removalOf, type Orphan } from './orphans.ts';
import { isSettled, outcomeOf } from './outcome.ts';
import { provision } from './provision.ts';
import { devicesOf, plansOf, type Applied, type ServiceWriter } from './service-writer.ts';

export interface TenantResynchroniserOptions {
  group: DeviceGroup;
  prefix: string;
  writer: ServiceWriter;
  /** Undefined in global routed mode. */
  networks: NetworkProvisioner | undefined;
  isReadOnly: boolean;
  logger: Logger;
}

export interface ResyncWork {
  tenantId: string;
  services: readonly ServiceDefinition[];
  mode: ResyncMode;
}

export class TenantResynchroniser {
  readonly #options: TenantResynchroniserOptions;

  constructor(options: TenantResynchroniserOptions) {
    this.#options = options;
  }

  /** @throws LbaasError `unavailable` */
  async resync(
    { tenantId, services, mode }: ResyncWork,
    signal: AbortSignal,
  ): Promise<TenantResync> {
    const { group, prefix, networks, writer } = this.#options;
    const partition = partitionName(prefix, tenantId);
    const devices = group.requireWriters();
    await group.onEach(devices, (device) => {
      networks?.drop(device, partition);
      device.cache.drop(partition);
      return device.cache.load(device.client, partition, signal);
    });
    const applied: Applied[] = [];
    const claims = new Map<ObjectKey, readonly Owner[]>();
    for (const service of services) {
      const ready = devices.filter((device) => device.ready);
      const isDryRun = mode === 'look' || (mode === 'report' && isSettled(service));
      applied.push(await writer.write(service, ready, signal, isDryRun));
      for (const [key, owners] of compileService(service, writer.context).claims) {
        claims.set(key, owners);
      }
    }
    if (mode === 'repair') await networks?.finish(tenantId, services, devices, signal);
    const left = await group.onEach(devices, (device) =>
      device.cache.load(device.client, partition, signal),
    );
    const orphans = left.flatMap(({ device, result }) =>
      orphansIn(device.host, prefix, result.objects, claims),
    );
    const written = applied.flatMap((one) => one.written);
    const skipped = mode === 'look' ? [] : await group.synchronise(devicesOf(written));
    const outcomes = applied.map(({ service, failures }) =>
      outcomeOf(service, failures, [...skipped]),
    );
    const differences = applied
      .filter(({ service }) => mode === 'look' || isSettled(service))
      .flatMap(plansOf)
      .filter(({ steps }) => steps.length > 0);
    return { tenantId, outcomes, differences, orphans };
  }

  /** @throws LbaasError `unavailable` */
  async remove(tenantId: string, orphans: readonly Orphan[], signal: AbortSignal): Promise<void> {
    const { group, prefix, networks, isReadOnly, logger } = this.#options;
    const partition = partitionName(prefix, tenantId);
    const written = await group.onEach(group.requireWriters(), async (device) => {
      const here = orphans.filter((orphan) => orphan.device === device.host);
      const { objects } = await device.cache.load(device.client, partition, signal);
      const removal = removalOf(partition, prefix, objects, here);
      if (removal.inUse.length > 0) {
        const what = { tenant_id: tenantId, device: device.host, orphans: removal.inUse };
        logger.warn(what, 'Orphans stay: something that is none uses them.');
      }
      const compiled = { ...removal.compiled, keepsPartition: networks !== undefined };
      const task = {
        compiled,
        prefix,
        knownBad: new Set<OwnerKey>(),
        isDryRun: isReadOnly,
        logger,
      };
      return provision(device, task, signal);
    });
    for (const { device, result } of written) {
      for (const [owner, reason] of result.failures) {
        logger.warn({ device: device.host, owner, reason }, 'An orphan could not be removed.');
      }
    }
    for (const { device } of written) networks?.suspect(device, partition);
    await networks?.finish(tenantId, [], group.ready, signal);
    await group.synchronise(devicesOf(written));
  }
}
