// Sizes that operators have: what a large tenant and a large pool cost. Counts, not times.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { aService } from '@f5-lbaas/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { isWrite, named, startLab, type Lab } from './lab.ts';
import { fullService } from './scenario.ts';

let lab: Lab;
afterEach(() => lab.stop());

const signal = (): AbortSignal => AbortSignal.timeout(60_000);

function loadBalancer(n: number): ServiceDefinition {
  const host = `${Math.floor(n / 250)}.${(n % 250) + 1}`;
  return aService({
    id: `lb-${n}`,
    tenantId: 'tenant-1',
    loadbalancer: { vip_address: `127.10.${host}` },
    listeners: [{ default_pool_id: `lb-${n}-pool-1` }],
    pools: [{}],
    members: [{ address: `10.0.${host}` }, { address: `10.1.${host}` }],
    healthmonitors: [{}],
  });
}

describe('a tenant of 1,000 load balancers', () => {
  it('is compared in at most 25 reads, without a write, by an agent that knows nothing', async () => {
    lab = await startLab();
    const services = Array.from({ length: 1_000 }, (_, n) => loadBalancer(n));
    for (const service of services) await lab.apply(service);
    await lab.restartDriver();

    const resync = await lab.driver.resyncTenant('tenant-1', services, signal());

    const calls = await lab.devices[0]!.calls();
    expect(calls.filter(isWrite)).toEqual([]);
    expect(calls.length).toBeLessThanOrEqual(25);
    expect(resync.orphans).toEqual([]);
    expect(resync.outcomes).toHaveLength(1_000);
  });
});

describe('a pool of 1,000 members', () => {
  it('is created in one transaction, and the next member is one call', async () => {
    lab = await startLab();

    await lab.apply(fullService(1_000));

    const calls = (await lab.devices[0]!.calls()).map(named);
    expect(calls.filter((call) => call === 'POST /transaction')).toHaveLength(1);
    expect(calls).toHaveLength(7);
    const [pool] = await lab.devices[0]!.list('/ltm/pool', 'Project_tenant-1');
    expect(pool).toMatchObject({ membersReference: { items: { length: 1_000 } } });
    await lab.devices[0]!.forgetCalls();
    await lab.apply(fullService(1_001));
    expect(await lab.devices[0]!.calls()).toHaveLength(1);
  });
});
