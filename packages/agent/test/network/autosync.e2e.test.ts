// Networks in a group that config sync ties together: each device has its own links, route domains and self IPs, what
// they share is written on one and pushed; and a group in which something went wrong on the way comes right again.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { waitFor } from '@f5-lbaas/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort, get, httpBackend, VIP } from '../lbaas/traffic.ts';
import { configurationOf } from '../driver/configuration.ts';
import { allReady, isWrite, named, type LabDevice } from '../driver/lab.ts';
import {
  aNetwork,
  aNetworkService,
  aSubnet,
  going,
  pathsOn,
  startNetworkLab,
  type NetworkLab,
} from './network-lab.ts';

let lab: NetworkLab;
afterEach(() => lab.stop());

const P = '/Project_tenant-1';
const signal = (): AbortSignal => AbortSignal.timeout(30_000);

async function start(
  settings: Parameters<typeof startNetworkLab>[0] = {},
  devices = 2,
): Promise<void> {
  lab = await startNetworkLab(settings, { devices, driver: { syncMode: 'autosync' } });
}

/** A listener in one VLAN, a member in another. */
function aFullService(id = 'lb-1', vip = '10.1.0.10', tenantId = 'tenant-1'): ServiceDefinition {
  return aNetworkService({
    id,
    tenantId,
    loadbalancer: { vip_address: vip },
    listeners: [{ default_pool_id: `${id}-pool-1` }],
    pools: [{}],
    members: [
      { address: vip.replace('10.1.', '10.2.'), subnet_id: 'subnet-2', network_id: 'network-2' },
    ],
  });
}

/** As the agent manager does. */
async function applyUntilTaken(service: ServiceDefinition): Promise<void> {
  await waitFor(
    async () => {
      const outcome = await lab.apply(service).catch(() => undefined);
      return Object.values(outcome?.objects.loadbalancers ?? {}).some(
        ({ provisioning_status: status }) => status === 'ACTIVE' || status === 'DELETED',
      );
    },
    { what: 'the change to be taken', timeoutMs: 20_000 },
  );
}

/** Without what is each device's own. */
function shared(paths: readonly string[]): string[] {
  return paths.filter((path) => !path.includes('/local-'));
}

async function expectAlike(service: ServiceDefinition): Promise<void> {
  const [first, ...others] = await Promise.all(lab.devices.map(pathsOn));
  const [written, ...copies] = await Promise.all(lab.devices.map(configurationOf));
  for (const other of others) expect(shared(other)).toEqual(shared(first ?? []));
  for (const copy of copies) expect(copy).toEqual(written);
  expect(Object.keys(written ?? {})).toContain(
    `/ltm/virtual-address ${P}/Project_${service.loadbalancer.id}`,
  );
  for (const [n, paths] of [first ?? [], ...others].entries()) {
    const own = paths.filter((path) => path.includes('/local-'));
    expect(own).toHaveLength(Object.keys(service.subnets).length);
    for (const path of own) expect(path).toContain(`bigip-${n + 1}.test`);
  }
}

async function expectNothingLeft(): Promise<void> {
  expect(await Promise.all(lab.devices.map(pathsOn))).toEqual(lab.devices.map(() => []));
  expect(await Promise.all(lab.devices.map(configurationOf))).toEqual(lab.devices.map(() => ({})));
  expect(lab.neutron.names).toEqual([]);
}

async function syncStatus(device: LabDevice): Promise<string> {
  const body = await device.reader.get('/cm/sync-status', signal());
  return /"status":\{"description":"([^"]+)"/.exec(JSON.stringify(body))?.[1] ?? '';
}

async function expectInSync(): Promise<void> {
  await waitFor(async () => (await syncStatus(lab.devices[0]!)) === 'In Sync', {
    what: 'the group to be in sync',
  });
}

const LTM = /^\/ltm|^\/sys\/folder/;

describe('autosync with networks', () => {
  it.each([2, 3])('gives each of %i devices its own, and pushes the rest', async (devices) => {
    await start({}, devices);
    const service = aFullService();

    const outcome = await lab.apply(service);

    expect(outcome.skippedDevices).toEqual([]);
    await expectAlike(service);
    await expectInSync();
    for (const peer of lab.devices.slice(1)) {
      const writes = (await peer.calls()).filter(isWrite).map(named);
      expect(writes.filter((call) => LTM.test(call.split(' ')[1] ?? ''))).toEqual([]);
    }
    await lab.apply(going(service));
    await expectNothingLeft();
    await expectInSync();
  });

  it('makes the devices the gateway of members’ subnets', async () => {
    await start({ useSnat: false });
    const service = aFullService();

    const outcome = await lab.apply(service);

    expect(outcome.skippedDevices).toEqual([]);
    await expectAlike(service);
    const [a, b] = await Promise.all(lab.devices.map(pathsOn));
    expect(a).toContain(`self ${P}/gw-subnet-2`);
    expect(b).toContain(`self ${P}/gw-subnet-2`);
    await lab.apply(going(service));
    await expectNothingLeft();
  });

  it('puts shared networks into /Common once, and takes them away with the last tenant', async () => {
    await start({ commonNetworks: true });
    const one = aFullService();
    const other = aFullService('lb-2', '10.1.0.11', 'tenant-2');
    await lab.apply(one);
    await lab.apply(other);
    await expectAlike(one);

    await lab.apply(going(one));
    const left = await Promise.all(lab.devices.map(pathsOn));
    for (const paths of left) expect(paths).toContain('vlan /Common/vlan-101');
    await lab.apply(going(other));

    await expectNothingLeft();
  });

  it('makes tunnels, each device with its own end point', async () => {
    await start({ vtep: { folder: 'Common', selfIpName: 'vtep' }, tunnelTypes: ['vxlan'] });
    for (const [n, { reader }] of lab.devices.entries()) {
      const underlay = { name: 'underlay', partition: 'Common', tag: 4000 };
      await reader.create('/net/vlan', underlay, signal());
      const vtep = { address: `10.20.0.${n + 5}/24`, vlan: '/Common/underlay' };
      await reader.create('/net/self', { name: 'vtep', partition: 'Common', ...vtep }, signal());
    }
    await lab.restartDriver();
    const service = aNetworkService(
      {
        loadbalancer: { vxlan_vteps: ['10.20.0.5', '10.20.0.6', '10.20.0.91'] },
        listeners: [{ default_pool_id: 'lb-1-pool-1' }],
        pools: [{}],
        members: [{ address: '10.1.0.21', subnet_id: 'subnet-1', network_id: 'network-1' }],
      },
      [
        aNetwork('network-1', {
          'provider:network_type': 'vxlan',
          'provider:segmentation_id': 10_093,
        }),
      ],
      [aSubnet('subnet-1', 'network-1', '10.1.0.0/24')],
    );

    const outcome = await lab.apply(service);

    expect(outcome.skippedDevices).toEqual([]);
    await expectAlike(service);
    const ends = await Promise.all(
      lab.devices.map(async (device) => {
        const tunnels = await device.list('/net/tunnels/tunnel', 'Project_tenant-1');
        const records = '/net/fdb/tunnel/~Project_tenant-1~tunnel-vxlan-10093/records';
        const peers = await device.reader.list(records, {}, signal());
        return [tunnels[0]?.['localAddress'], peers.map((one) => one['endpoint']).sort()];
      }),
    );
    expect(ends).toEqual([
      ['10.20.0.5', ['10.20.0.6%0', '10.20.0.91%0']],
      ['10.20.0.6', ['10.20.0.5%0', '10.20.0.91%0']],
    ]);
    await lab.apply(going(service));
    expect(await Promise.all(lab.devices.map(pathsOn))).toEqual([
      ['vlan /Common/underlay'],
      ['vlan /Common/underlay'],
    ]);
  });

  it('asks nothing and writes nothing when there is nothing to do', async () => {
    await start();
    const service = aFullService();
    await lab.apply(service);
    await Promise.all(lab.devices.map((device) => device.forgetCalls()));

    await lab.apply(service);

    const calls = await Promise.all(lab.devices.map((device) => device.calls()));
    expect(calls).toEqual([[], []]);
  });
});

describe('a peer in an autosync group', () => {
  it('that is away is skipped, and gets everything when it returns', async () => {
    await start();
    const [, b] = lab.devices;
    const service = aFullService();
    await b!.fault({ kind: 'device-down' });

    const outcome = await lab.apply(service).catch(() => lab.apply(service));

    expect(outcome.objects.loadbalancers?.['lb-1']).toMatchObject({
      provisioning_status: 'ACTIVE',
    });
    expect(outcome.skippedDevices).toHaveLength(1);
    await b!.clearFaults();
    await allReady(lab.driver, 2);
    await lab.driver.resyncTenant('tenant-1', [service], signal());
    await expectAlike(service);
    await expectInSync();
  });

  it('that was away while the last load balancer went lets go of what it has when it returns', async () => {
    await start();
    const [, b] = lab.devices;
    const service = aFullService();
    await lab.apply(service);
    await b!.fault({ kind: 'device-down' });
    await applyUntilTaken(going(service));
    await b!.clearFaults();
    await allReady(lab.driver, 2);

    expect(await lab.driver.listTenants(signal())).toEqual(['tenant-1']);
    await lab.driver.resyncTenant('tenant-1', [], signal());
    await lab.driver.resyncTenant('tenant-1', [], signal());

    expect(await Promise.all(lab.devices.map(pathsOn))).toEqual([[], []]);
    expect(await Promise.all(lab.devices.map(configurationOf))).toEqual([{}, {}]);
    expect(await lab.driver.listTenants(signal())).toEqual([]);
    await expectInSync();
  });

  it.each([
    ['SNAT', {}],
    ['gateways', { useSnat: false }],
  ])(
    'that has lost everything is repaired although it cannot load anything at first (%s)',
    async (...row) => {
      await start(row[1]);
      const [, b] = lab.devices;
      const one = aFullService();
      const other = aNetworkService(
        {
          id: 'lb-2',
          tenantId: 'tenant-2',
          loadbalancer: { vip_address: '10.1.0.10' },
          listeners: [{}],
        },
        [aNetwork('network-3', { tenant_id: 'tenant-2', 'provider:segmentation_id': 103 })],
        [aSubnet('subnet-1', 'network-3', '10.1.0.0/24', { tenant_id: 'tenant-2' })],
      );
      await lab.apply(one);
      await lab.apply(other);
      const before = await Promise.all([pathsOn(b!), configurationOf(b!)]);

      await b!.wipe();
      await lab.restartDriver();
      await lab.driver.resyncTenant('tenant-1', [one], signal());
      await lab.driver.resyncTenant('tenant-2', [other], signal());

      expect(await Promise.all([pathsOn(b!), configurationOf(b!)])).toEqual(before);
      await expectInSync();
    },
  );

  it('that config sync does not reach gets its networks, and the rest when it can be reached', async () => {
    await start();
    const [a, b] = lab.devices;
    await b!.fault({ kind: 'lose-config-sync' });
    const service = aFullService();

    const outcome = await lab.apply(service);

    expect(outcome.objects.loadbalancers?.['lb-1']).toMatchObject({
      provisioning_status: 'ACTIVE',
    });
    expect(outcome.skippedDevices).toEqual([new URL(b!.url).host]);
    expect(await syncStatus(a!)).toBe('Disconnected');
    await b!.clearFaults();
    await lab.apply(service);
    await expectAlike(service);
    await expectInSync();
  });

  it('whose refusal of a network concerns the load balancer', async () => {
    await start();
    const [a, b] = lab.devices;
    await b!.reader.create('/net/vlan', { name: 'taken', partition: 'Common', tag: 101 }, signal());

    const outcome = await lab.apply(aFullService());

    expect(outcome.objects.loadbalancers?.['lb-1']).toMatchObject({
      provisioning_status: 'ERROR',
      reason: expect.stringContaining('101') as string,
    });
    expect(await pathsOn(a!)).toEqual([]);
    expect(await pathsOn(b!)).toEqual(['vlan /Common/taken']);
    await expectInSync();
  });
});

describe('the written device of an autosync group', () => {
  it('is followed by another when it goes away, and takes part again when it returns', async () => {
    await start();
    const [a, b] = lab.devices;
    const one = aFullService();
    const two = aFullService('lb-2', '10.1.0.11');
    await lab.apply(one);
    await a!.fault({ kind: 'device-down' });

    await applyUntilTaken(two);
    await lab.apply(going(one));

    const onB = Object.keys(await configurationOf(b!));
    expect(onB).toContain(`/ltm/virtual-address ${P}/Project_lb-2`);
    expect(onB).not.toContain(`/ltm/virtual-address ${P}/Project_lb-1`);
    await a!.clearFaults();
    await allReady(lab.driver, 2);
    await lab.driver.resyncTenant('tenant-1', [two], signal());
    await expectAlike(two);
    await expectInSync();
    await lab.apply(going(two));
    await expectNothingLeft();
  });
});

describe('traffic through an autosync group', () => {
  it('goes on after a failover by command and after the death of the written device', async () => {
    await start();
    lab.neutron.subnets.set('subnet-1', '127.10.0');
    const backend = await httpBackend('one');
    const port = await freePort();
    const service = aNetworkService(
      {
        loadbalancer: { vip_address: VIP },
        listeners: [{ protocol_port: port, default_pool_id: 'lb-1-pool-1' }],
        pools: [{}],
        members: [
          {
            ...{ address: '127.0.0.1', protocol_port: backend.port },
            ...{ subnet_id: 'subnet-1', network_id: 'network-1' },
          },
        ],
      },
      [aNetwork('network-1')],
      [aSubnet('subnet-1', 'network-1', '127.0.0.0/8')],
    );
    const answers = async (): Promise<boolean> =>
      (await get(port).catch(() => undefined))?.body === 'one';
    const isActive = async (device: LabDevice): Promise<boolean> =>
      (await device.reader.get('/sys/db/failover.state', signal()))['value'] === 'active';
    const [a, b] = lab.devices;
    try {
      await lab.apply(service);
      await waitFor(answers, { what: 'the first answer' });

      await a!.reader.run('/sys/failover', { command: 'run', standby: true }, signal());
      await waitFor(() => isActive(b!), { what: 'the failover' });
      await waitFor(answers, { what: 'an answer of the second device' });

      await b!.reader.run('/sys/failover', { command: 'run', standby: true }, signal());
      await waitFor(() => isActive(a!), { what: 'the failover back' });
      await a!.fault({ kind: 'device-down' });
      await waitFor(() => isActive(b!), { what: 'the takeover' });
      await waitFor(answers, { what: 'an answer after the death of the written device' });
      await applyUntilTaken(service);
      expect(await answers()).toBe(true);
    } finally {
      await backend.close();
    }
  });
});

describe('calls in an autosync group', () => {
  it.each([1, 10, 100])('are one write and one push for member %i', async (k) => {
    await start();
    const withMembers = (count: number): ServiceDefinition =>
      aNetworkService({
        listeners: [{ default_pool_id: 'lb-1-pool-1' }],
        pools: [{}],
        members: Array.from({ length: count }, (_, n) => ({
          ...{ address: `10.1.0.${n + 30}`, subnet_id: 'subnet-1', network_id: 'network-1' },
        })),
      });
    await lab.apply(withMembers(k - 1));
    await Promise.all(lab.devices.map((device) => device.forgetCalls()));

    await lab.apply(withMembers(k));

    const [written = [], peer = []] = await Promise.all(
      lab.devices.map((device) => device.calls()),
    );
    const calls = written.map(named).filter((call) => call !== 'GET /cm/sync-status');
    expect(calls).toHaveLength(2);
    expect(calls[1]).toBe('POST /cm');
    expect(peer).toEqual([]);
  });

  it('push twice for a new tenant and twice for its end, whatever there is besides', async () => {
    await start();
    const pushes = async (work: () => Promise<unknown>): Promise<number> => {
      await Promise.all(lab.devices.map((device) => device.forgetCalls()));
      await work();
      const calls = await Promise.all(lab.devices.map((device) => device.calls()));
      return calls.flat().filter((call) => named(call) === 'POST /cm').length;
    };
    const service = aFullService();
    const other = aFullService('lb-2', '10.1.0.11');

    expect(await pushes(() => lab.apply(service))).toBe(2);
    expect(await pushes(() => lab.apply(other))).toBe(1);
    expect(await pushes(() => lab.apply(going(other)))).toBe(1);
    expect(await pushes(() => lab.apply(going(service)))).toBe(2);
  });
});
