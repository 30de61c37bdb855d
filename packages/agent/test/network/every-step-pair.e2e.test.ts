// One device of a pair stops after each request of a change that makes or removes networks, or the agent does: the pair
// ends with the same configuration, and deleting leaves nothing behind, neither on a device nor in Neutron.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configurationOf } from '../driver/configuration.ts';
import {
  aNetworkService,
  going,
  pathsOn,
  startNetworkLab,
  type NetworkLab,
} from './network-lab.ts';
import { applyUntilTaken, CONFIGURATION, mend } from './stops.ts';

const TENANT = 'tenant-1';
const signal = (): AbortSignal => AbortSignal.timeout(60_000);

const service = (): ServiceDefinition =>
  aNetworkService({
    listeners: [{ default_pool_id: 'lb-1-pool-1' }],
    pools: [{}],
    members: [{ address: '10.2.0.21', subnet_id: 'subnet-2', network_id: 'network-2' }],
  });

describe.each(['replication', 'autosync'] as const)('a pair with %s', (syncMode) => {
  let lab: NetworkLab;
  let expected: unknown;
  /** Of each device, for making and for removing. */
  let making: number[];
  let removing: number[];

  const shown = async (): Promise<unknown> =>
    Promise.all(
      lab.devices.map(async (device) => [await pathsOn(device), await configurationOf(device)]),
    );

  const requestsOf = async (wanted: ServiceDefinition): Promise<number[]> => {
    await Promise.all(lab.devices.map((device) => device.forgetCalls()));
    await lab.apply(wanted);
    const calls = await Promise.all(lab.devices.map((device) => device.calls()));
    return calls.map(
      (list) => list.filter(({ path }) => new RegExp(CONFIGURATION).test(path)).length,
    );
  };

  /** What a resync of the agent does once all devices are back: repair, then remove what the server does not know. */
  const resync = async (services: ServiceDefinition[]): Promise<void> => {
    await mend(lab);
    const { orphans } = await lab.driver.resyncTenant(TENANT, services, signal());
    await lab.driver.removeOrphans(TENANT, orphans, signal());
    await lab.driver.resyncTenant(TENANT, services, signal());
  };

  const expectNothingLeft = async (when: string): Promise<void> => {
    expect(await shown(), when).toEqual([
      [[], {}],
      [[], {}],
    ]);
    expect(lab.neutron.names, when).toEqual([]);
  };

  /** The agent dies while a device takes its time over a request; another one takes over. */
  const dieDuring = async (wanted: ServiceDefinition, n: number, after: number): Promise<void> => {
    const slow = { kind: 'latency', duration_ms: 600, count: 1, after };
    await lab.devices[n]!.fault({ ...slow, match: { path: CONFIGURATION } });
    const dying = new AbortController();
    const work = lab.driver.applyService(wanted, dying.signal).catch(() => undefined);
    const soon = setTimeout(() => dying.abort(new Error('killed')), 300);
    await work;
    clearTimeout(soon);
    await lab.devices[n]!.clearFaults();
    await lab.restartDriver();
  };

  beforeAll(async () => {
    lab = await startNetworkLab({}, { devices: 2, driver: { syncMode } });
    making = await requestsOf(service());
    expected = await shown();
    removing = await requestsOf(going(service()));
    await expectNothingLeft('at first');
  });
  afterAll(() => lab.stop());

  it.each([0, 1])('whose device %i stops at any request of a creation', async (n) => {
    expect(making[n]).toBeGreaterThan(5);
    for (let after = 0; after < making[n]!; after += 1) {
      await lab.devices[n]!.fault({ kind: 'reset-after', after, match: { path: CONFIGURATION } });
      await applyUntilTaken(lab, service());
      await resync([service()]);

      expect(await shown(), `after request ${after}`).toEqual(expected);
      await applyUntilTaken(lab, going(service()));
      await resync([]);
      await expectNothingLeft(`after request ${after}`);
    }
  });

  it.each([0, 1])('whose device %i stops at any request of a deletion', async (n) => {
    expect(removing[n]).toBeGreaterThan(5);
    for (let after = 0; after < removing[n]!; after += 1) {
      await applyUntilTaken(lab, service());
      await lab.devices[n]!.fault({ kind: 'reset-after', after, match: { path: CONFIGURATION } });
      await applyUntilTaken(lab, going(service()));
      await resync([]);

      await expectNothingLeft(`after request ${after}`);
    }
  });

  it.each([0, 1])('whose agent dies at any request to device %i', async (n) => {
    for (let after = 0; after < Math.max(making[n]!, removing[n]!); after += 1) {
      await dieDuring(service(), n, after);
      await applyUntilTaken(lab, service());
      expect(await shown(), `made, request ${after}`).toEqual(expected);

      await dieDuring(going(service()), n, after);
      await applyUntilTaken(lab, going(service()));
      await resync([]);
      await expectNothingLeft(`gone, request ${after}`);
    }
  });
});
