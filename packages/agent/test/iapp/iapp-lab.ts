// A driver in deployment mode `iapp`, and services as it is tried with.
import { aService, type ServiceParts } from '@f5-lbaas/testkit';
import type { ServiceDefinition } from '@f5-lbaas/model';
import type { ServiceOutcome } from '../../src/driver/agent-driver.ts';
import { asText } from '../../src/object-types/property.ts';
import { createIControlDriver } from '../../src/driver/icontrol-driver.ts';
import type { ConfigMode } from '../../src/driver/icontrol-driver-options.ts';
import { allReady, startLab, type Lab, type LabOptions } from '../driver/lab.ts';

export const TENANT = 'tenant-1';
export const PARTITION = `Project_${TENANT}`;
export const POOL = 'lb-1-pool-1';

export const signal = (): AbortSignal => AbortSignal.timeout(20_000);

export function startIappLab(options: LabOptions = {}): Promise<Lab> {
  return startLab({ ...options, driver: { configMode: 'iapp', ...options.driver } });
}

/** Another driver on the same devices, as after a change of the option. */
export async function changeMode(lab: Lab, configMode: ConfigMode): Promise<void> {
  await lab.driver.stop();
  lab.driver = createIControlDriver({ ...lab.driverOptions, configMode });
  lab.driver.start();
  await allReady(lab.driver, lab.devices.length);
}

export function service(parts: ServiceParts): ServiceDefinition {
  return aService({ tenantId: TENANT, ...parts });
}

/** A listener, its pool, two members and a monitor. */
export function ordinary(more: ServiceParts = {}): ServiceDefinition {
  return service({
    listeners: [{ default_pool_id: POOL }],
    pools: [{}],
    members: [{}, {}],
    healthmonitors: [{}],
    ...more,
  });
}

export function reasons({ objects }: Pick<ServiceOutcome, 'objects'>): Record<string, string> {
  return Object.fromEntries(
    Object.values(objects).flatMap((kind) =>
      Object.entries(kind).flatMap(([id, report]) =>
        report.reason === undefined ? [] : [[id, report.reason] as const],
      ),
    ),
  );
}

/** Paths of everything in the tenant's partition that load balancing is made of. */
export async function contents(lab: Lab, device = 0): Promise<string[]> {
  const lists = await Promise.all(
    [
      '/sys/application/service',
      ...['/ltm/virtual', '/ltm/virtual-address', '/ltm/pool', '/ltm/node', '/ltm/rule'],
      ...['/ltm/monitor/http', '/ltm/persistence/source-addr', '/ltm/persistence/universal'],
    ].map((collection) => lab.devices[device]!.list(collection, PARTITION)),
  );
  return lists
    .flat()
    .map((item) => asText(item['fullPath']).replace(`/${PARTITION}/`, ''))
    .sort();
}
