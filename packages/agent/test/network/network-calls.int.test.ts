// What networks cost in calls, counted by the emulator.
import type { ServiceDefinition } from '@f5-lbaas/model';
import type { ServiceParts } from '@f5-lbaas/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { isWrite, named } from '../driver/lab.ts';
import { aNetworkService, startNetworkLab, type NetworkLab } from './network-lab.ts';

let lab: NetworkLab;
afterEach(() => lab.stop());

const POOL_ID = 'lb-1-pool-1';
const MEMBERS = [
  { address: '10.1.0.21', subnet_id: 'subnet-1', network_id: 'network-1' },
  { address: '10.1.0.22', subnet_id: 'subnet-1', network_id: 'network-1' },
];

function upTo(parts: ServiceParts): ServiceDefinition {
  return aNetworkService({ loadbalancer: { provisioning_status: 'PENDING_UPDATE' }, ...parts });
}

/** Load balancer; listener; pool; member; member; monitor: everything in one VLAN. */
function sixRequests(): ServiceDefinition[] {
  const listener = { default_pool_id: POOL_ID };
  return [
    aNetworkService({ loadbalancer: { provisioning_status: 'PENDING_CREATE' } }),
    upTo({ listeners: [{}] }),
    upTo({ listeners: [listener], pools: [{}] }),
    upTo({ listeners: [listener], pools: [{}], members: MEMBERS.slice(0, 1) }),
    upTo({ listeners: [listener], pools: [{}], members: MEMBERS }),
    upTo({ listeners: [listener], pools: [{}], members: MEMBERS, healthmonitors: [{}] }),
  ];
}

async function callsOf(work: () => Promise<unknown>): Promise<string[][]> {
  await Promise.all(lab.devices.map((device) => device.forgetCalls()));
  await work();
  return Promise.all(lab.devices.map(async (device) => (await device.calls()).map(named)));
}

describe('calls in VLAN mode with SNAT', () => {
  it('are 17 for the six requests of an ordinary set-up, at most 2 per change after the first', async () => {
    lab = await startNetworkLab();
    const [first, ...others] = sixRequests();

    const [creation = []] = await callsOf(() => lab.apply(first!));
    const changes: string[][] = [];
    for (const service of others) changes.push((await callsOf(() => lab.apply(service)))[0] ?? []);

    // The requirement is 24; F5's agent needs 99.
    expect([creation.length, changes.flat().length]).toEqual([10, 7]);
    expect(Math.max(...changes.map(({ length }) => length))).toBeLessThanOrEqual(2);
  });

  it.each([1, 10, 100])('are two for member %i on a pair', async (k) => {
    lab = await startNetworkLab({}, { devices: 2 });
    const withMembers = (count: number): ServiceDefinition =>
      upTo({
        listeners: [{ default_pool_id: POOL_ID }],
        pools: [{}],
        members: Array.from({ length: count }, (_, n) => ({
          ...MEMBERS[0],
          address: `10.1.0.${n + 30}`,
        })),
      });
    await lab.apply(withMembers(k - 1));

    const calls = await callsOf(() => lab.apply(withMembers(k)));

    expect(calls.map(({ length }) => length)).toEqual([1, 1]);
  });

  it('are none when there is nothing to do, and only reads for an agent that has just started', async () => {
    lab = await startNetworkLab();
    const service = sixRequests().at(-1)!;
    await lab.apply(service);

    expect(await callsOf(() => lab.apply(service))).toEqual([[]]);

    await lab.restartDriver();
    await lab.driver.resyncTenant('tenant-1', [service], AbortSignal.timeout(10_000));
    expect((await lab.devices[0]!.calls()).filter(isWrite)).toEqual([]);
  });
});
