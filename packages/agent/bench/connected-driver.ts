// The device driver, connected to one emulated device in another process.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { silentLogger, systemClock, systemRandom } from '@f5-lbaas/platform';
import { waitFor } from '@f5-lbaas/testkit';
import { createIControlDriver } from '../src/driver/icontrol-driver.ts';
import type { DeviceOptions } from '../src/driver/icontrol-driver-options.ts';
import type { Tenants } from './services.ts';

export interface BenchDriver {
  /** @throws Error when something could not be applied */
  apply(service: ServiceDefinition): Promise<void>;
  /** @throws Error when something was left over or could not be applied */
  resync(tenant: Tenants[number]): Promise<void>;
  stop(): Promise<void>;
}

const TIMEOUT_MS = 600_000;

function checkAll(outcome: { objects: Partial<Record<string, Record<string, object>>> }): void {
  const failed = JSON.stringify(outcome.objects).match(/"ERROR"/g);
  if (failed !== null) throw new Error(`Objects in ERROR: ${JSON.stringify(outcome.objects)}`);
}

/** Resolves when the device is ready. */
export async function connectedDriver(device: DeviceOptions): Promise<BenchDriver> {
  const driver = createIControlDriver({
    devices: [device],
    haType: 'standalone',
    syncMode: 'replication',
    environmentPrefix: 'Project',
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    deviceProbeIntervalMs: 0,
  });
  driver.start();
  await waitFor(() => driver.operational, { what: 'the device to be ready', timeoutMs: 60_000 });
  return {
    apply: async (service) =>
      checkAll(await driver.applyService(service, AbortSignal.timeout(TIMEOUT_MS))),
    async resync({ tenantId, services }) {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const { outcomes, orphans } = await driver.resyncTenant(tenantId, services, signal);
      outcomes.forEach(checkAll);
      if (orphans.length > 0) throw new Error(`Orphans: ${JSON.stringify(orphans)}`);
    },
    stop: () => driver.stop(),
  };
}
