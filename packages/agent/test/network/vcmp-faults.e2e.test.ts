// Host, guest or agent stop at any request of a change that makes or gives up a guest's VLAN: the next try ends with
// the same configuration on both, and with nothing left over in the end.
import { LbaasError, type ServiceDefinition } from '@f5-lbaas/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asText } from '../../src/object-types/property.ts';
import { allReady, type LabDevice } from '../driver/lab.ts';
import {
  aNetwork,
  aNetworkService,
  aSubnet,
  going,
  startNetworkLab,
  type NetworkLab,
} from './network-lab.ts';

const NETWORK = '0f3a7c11-5b0e-4f0e-9f3c-1d2e3f4a5b6c';
const ANY = '^/mgmt/tm/(ltm|net|sys|transaction|vcmp)';

function service(): ServiceDefinition {
  return aNetworkService(
    { loadbalancer: { network_id: NETWORK }, listeners: [{}] },
    [aNetwork(NETWORK)],
    [aSubnet('subnet-1', NETWORK, '10.1.0.0/24')],
  );
}

let lab: NetworkLab;
let guest: LabDevice;
let host: LabDevice;
let requests: { guest: number; host: number };

const MADE = {
  host: ['/Common/vlan-101 101'],
  assigned: ['/Common/vlan-101'],
  guest: ['/Project_tenant-1/vlan-101 101'],
};
const GONE = { host: [], assigned: [], guest: [] };

async function vlansOf(device: LabDevice): Promise<string[]> {
  const items = await device.list('/net/vlan');
  return items.map((item) => `${asText(item['fullPath'])} ${Number(item['tag'])}`).sort();
}

async function seen(): Promise<unknown> {
  const [one] = await host.list('/vcmp/guest');
  return {
    host: await vlansOf(host),
    assigned: one?.['vlans'] ?? [],
    guest: await vlansOf(guest),
  };
}

/** As the agent manager does: again, as long as nobody can take it. */
async function applyUntilTaken(wanted: ServiceDefinition): Promise<void> {
  for (let attempt = 1; attempt <= 20; attempt += 1) {
    try {
      const outcome = await lab.apply(wanted);
      const reports = Object.values(outcome.objects).flatMap((kind) => Object.values(kind));
      expect(reports.filter((report) => report.provisioning_status === 'ERROR')).toEqual([]);
      return;
    } catch (error) {
      if (!(error instanceof LbaasError && error.kind === 'unavailable')) throw error;
      await allReady(lab.driver, 1);
    }
  }
  throw new Error('Nobody took the change.');
}

/** What a resync at its interval does: what could not be given up at once goes then. */
async function settle(): Promise<void> {
  await allReady(lab.driver, 1);
  await lab.driver.resyncTenant('tenant-1', [], AbortSignal.timeout(10_000));
}

beforeAll(async () => {
  lab = await startNetworkLab({}, { vcmpHosts: 1 });
  [guest, host] = [lab.devices[0]!, lab.vcmpHosts[0]!];
  await lab.apply(service());
  await lab.apply(going(service()));
  expect(await seen()).toEqual(GONE);
  const count = async (device: LabDevice): Promise<number> => (await device.calls()).length;
  requests = { guest: await count(guest), host: await count(host) };
});
afterAll(() => lab.stop());

describe.each(['reset-before', 'reset-after'])('a lost connection (%s)', (kind) => {
  it.each(['host', 'guest'] as const)('to the %s, at any request', async (which) => {
    const device = which === 'host' ? host : guest;
    const most = Math.ceil(requests[which] * 0.7);
    expect(most).toBeGreaterThan(5);
    for (let after = 0; after < most; after += 1) {
      const fault = { kind, count: 1, after, match: { path: ANY } };
      await device.fault(fault);
      await applyUntilTaken(service());
      await device.clearFaults();
      expect(await seen(), `made, request ${after}`).toEqual(MADE);

      await device.fault(fault);
      await applyUntilTaken(going(service()));
      await device.clearFaults();
      await settle();
      expect(await seen(), `gone, request ${after}`).toEqual(GONE);
    }
  });
});

describe('an agent that dies', () => {
  it.each(['host', 'guest'] as const)(
    'while it waits for the %s, at any request',
    async (which) => {
      const device = which === 'host' ? host : guest;
      for (let after = 0; after < Math.ceil(requests[which] * 0.7); after += 1) {
        for (const wanted of [service(), going(service())]) {
          const dying = new AbortController();
          const slow = { kind: 'latency', duration_ms: 500, count: 1, after };
          await device.fault({ ...slow, match: { path: ANY } });
          const work = lab.driver.applyService(wanted, dying.signal).catch(() => undefined);
          const soon = setTimeout(() => dying.abort(new Error('killed')), 400);
          await work;
          clearTimeout(soon);
          await device.clearFaults();
          await lab.restartDriver();
          await applyUntilTaken(wanted);
        }
        await settle();
        expect(await seen(), `request ${after}`).toEqual(GONE);
      }
    },
  );

  it('before the VLAN was made on the guest, and whose load balancer is deleted then, leaves nothing', async () => {
    for (let after = 0; after < 6; after += 1) {
      const dying = new AbortController();
      await guest.fault({
        kind: 'latency',
        duration_ms: 500,
        count: 1,
        after,
        match: { path: ANY },
      });
      const work = lab.driver.applyService(service(), dying.signal).catch(() => undefined);
      const soon = setTimeout(() => dying.abort(new Error('killed')), 400);
      await work;
      clearTimeout(soon);
      await guest.clearFaults();
      await lab.restartDriver();
      await applyUntilTaken(going(service()));
      await settle();
      expect(await seen(), `request ${after}`).toEqual(GONE);
    }
  });
});
