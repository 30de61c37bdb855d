// Whatever is lost on the way while networks are made or taken away: the next try ends with the same configuration,
// and nothing is left over on the device or in Neutron.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aNetworkService,
  going,
  pathsOn,
  startNetworkLab,
  type NetworkLab,
} from './network-lab.ts';
import { applyUntilTaken, CONFIGURATION } from './stops.ts';

function build(): ServiceDefinition {
  return aNetworkService({
    listeners: [{ default_pool_id: 'lb-1-pool-1' }],
    pools: [{}],
    members: [{ address: '10.2.0.21', subnet_id: 'subnet-2', network_id: 'network-2' }],
  });
}

let lab: NetworkLab;
let built: string[];
let ports: string[];
let requestsMax = 0;

beforeAll(async () => {
  lab = await startNetworkLab();
  const callsOf = async (service: ServiceDefinition): Promise<number> => {
    await lab.devices[0]!.forgetCalls();
    await lab.apply(service);
    return (await lab.devices[0]!.calls()).length;
  };
  const making = await callsOf(build());
  built = await pathsOn(lab.devices[0]!);
  ports = lab.neutron.names;
  requestsMax = Math.max(making, await callsOf(going(build())));
});
afterAll(() => lab.stop());

describe.each(['reset-before', 'reset-after'])('a device that is lost (%s)', (kind) => {
  it('at any request has the same networks afterwards, and none in the end', async () => {
    const device = lab.devices[0]!;
    expect(requestsMax).toBeGreaterThan(10);
    for (let after = 0; after < requestsMax; after += 1) {
      const fault = { kind, count: 1, after, match: { path: CONFIGURATION } };
      await device.fault(fault);
      await applyUntilTaken(lab, build());
      await device.clearFaults();
      expect(await pathsOn(device), `made, request ${after}`).toEqual(built);
      expect(lab.neutron.names, `made, request ${after}`).toEqual(ports);

      await device.fault(fault);
      await applyUntilTaken(lab, going(build()));
      await device.clearFaults();
      // What could not be removed at once is looked at with the tenant's next change or resync.
      await lab.driver.resyncTenant('tenant-1', [], AbortSignal.timeout(10_000));
      expect(await pathsOn(device), `gone, request ${after}`).toEqual([]);
      expect(lab.neutron.names, `gone, request ${after}`).toEqual([]);
    }
  });
});

describe('an agent that dies', () => {
  it('after any request leaves nothing that the next one does not finish', async () => {
    const device = lab.devices[0]!;
    for (let after = 0; after < requestsMax; after += 2) {
      for (const service of [build(), going(build())]) {
        const dying = new AbortController();
        const slow = { kind: 'latency', duration_ms: 1_000, count: 1, after };
        await device.fault({ ...slow, match: { path: CONFIGURATION } });
        const work = lab.driver.applyService(service, dying.signal).catch(() => undefined);
        const soon = setTimeout(() => dying.abort(new Error('killed')), 100);
        await work;
        clearTimeout(soon);
        await device.clearFaults();
        await lab.restartDriver();
        await applyUntilTaken(lab, service);
      }
      await lab.driver.resyncTenant('tenant-1', [], AbortSignal.timeout(10_000));
      expect(await pathsOn(device), `request ${after}`).toEqual([]);
      expect(lab.neutron.names, `request ${after}`).toEqual([]);
    }
  });
});
