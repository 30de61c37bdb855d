// VLANs of vCMP guests: made on the host, assigned to the guest, there in the tenant's partition; gone again with the
// last guest that used them, and nothing of anybody else touched.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { waitFor } from '@f5-lbaas/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { asText } from '../../src/object-types/property.ts';
import { allReady, isWrite, named, type LabDevice, type LabOptions } from '../driver/lab.ts';
import {
  aNetwork,
  aNetworkService,
  aSubnet,
  going,
  startNetworkLab,
  type NetworkLab,
} from './network-lab.ts';

let lab: NetworkLab;
afterEach(() => lab.stop());

const NETWORK = '0f3a7c11-5b0e-4f0e-9f3c-1d2e3f4a5b6c';
const OTHER_NETWORK = '1f3a7c11-5b0e-4f0e-9f3c-1d2e3f4a5b6c';
const P = '/Project_tenant-1';
const PORT = [{ name: '1.1', tagged: true }];
const soon = (): AbortSignal => AbortSignal.timeout(5_000);

async function start(options: LabOptions = {}, settings = {}): Promise<void> {
  lab = await startNetworkLab(settings, { devices: 2, vcmpHosts: 1, ...options });
}

function service(
  parts: Parameters<typeof aNetworkService>[0] = {},
  network: Parameters<typeof aNetwork>[1] = {},
): ServiceDefinition {
  const subnet = aSubnet('subnet-1', NETWORK, '10.1.0.0/24');
  return aNetworkService(parts, [aNetwork(NETWORK, network)], [subnet]);
}

/** Another load balancer of the tenant, in VLAN 202. */
function second(parts: Parameters<typeof aNetworkService>[0] = {}): ServiceDefinition {
  const network = aNetwork(OTHER_NETWORK, { 'provider:segmentation_id': 202 });
  const subnet = aSubnet('subnet-2', OTHER_NETWORK, '10.2.0.0/24');
  const loadbalancer = {
    vip_address: '10.2.0.10',
    vip_subnet_id: 'subnet-2',
    network_id: OTHER_NETWORK,
    ...parts.loadbalancer,
  };
  return aNetworkService({ id: 'lb-2', ...parts, loadbalancer }, [network], [subnet]);
}

/** `/Common/vlan-101 101 1.1` */
async function vlansOf(device: LabDevice): Promise<string[]> {
  const items = await device.list('/net/vlan');
  return items
    .map((item) => {
      const ports = (item['interfacesReference'] as { items?: { name: string }[] }).items ?? [];
      return [asText(item['fullPath']), Number(item['tag']), ...ports.map(({ name }) => name)].join(
        ' ',
      );
    })
    .sort();
}

async function assignedOn(host: LabDevice): Promise<Record<string, string[]>> {
  const guests = await host.list('/vcmp/guest');
  return Object.fromEntries(
    guests.map((guest) => [asText(guest['name']), (guest['vlans'] ?? []) as string[]]),
  );
}

function statusOf(outcome: Awaited<ReturnType<NetworkLab['apply']>>) {
  return Object.values(outcome.objects.loadbalancers ?? {})[0];
}

describe.each(['11.6', '13.1', '16.1'])('guests of TMOS %s', (version) => {
  it('get the VLAN through their host and lose it with the last user', async () => {
    await start({ version });
    const [host] = lab.vcmpHosts;

    const outcome = await lab.apply(service({ listeners: [{}] }));

    expect(statusOf(outcome)).toMatchObject({ provisioning_status: 'ACTIVE' });
    expect(await vlansOf(host!)).toEqual(['/Common/vlan-101 101 1.1']);
    expect((await host!.list('/net/vlan'))[0]).toMatchObject({ description: NETWORK });
    expect(await assignedOn(host!)).toEqual({
      'bigip-1.test': ['/Common/vlan-101'],
      'bigip-2.test': ['/Common/vlan-101'],
    });
    for (const guest of lab.devices) expect(await vlansOf(guest)).toEqual([`${P}/vlan-101 101`]);

    await lab.apply(going(service({ listeners: [{}] })));

    expect(await vlansOf(host!)).toEqual([]);
    expect(await assignedOn(host!)).toEqual({ 'bigip-1.test': [], 'bigip-2.test': [] });
    for (const guest of lab.devices) expect(await vlansOf(guest)).toEqual([]);
  });
});

describe('vCMP', () => {
  it('serves guests on hosts of their own', async () => {
    await start({ vcmpHosts: 2 });

    await lab.apply(service());

    for (const host of lab.vcmpHosts) {
      expect(await vlansOf(host)).toEqual(['/Common/vlan-101 101 1.1']);
    }
    expect(await assignedOn(lab.vcmpHosts[1]!)).toEqual({ 'bigip-2.test': ['/Common/vlan-101'] });
  });

  it('serves every guest of a group that synchronises itself', async () => {
    await start({ driver: { syncMode: 'autosync' } });

    const outcome = await lab.apply(service({ listeners: [{}] }));

    expect(statusOf(outcome)).toMatchObject({ provisioning_status: 'ACTIVE' });
    for (const guest of lab.devices) expect(await vlansOf(guest)).toEqual([`${P}/vlan-101 101`]);
    await lab.apply(going(service({ listeners: [{}] })));
    expect(await vlansOf(lab.vcmpHosts[0]!)).toEqual([]);
    for (const guest of lab.devices) expect(await vlansOf(guest)).toEqual([]);
  });

  it('gives an untagged network the tag that the host chose for it', async () => {
    await start();
    const flat = { 'provider:network_type': 'flat', 'provider:segmentation_id': null };
    const parts = { listeners: [{}] };

    const outcome = await lab.apply(service(parts, flat));

    expect(statusOf(outcome)).toMatchObject({ provisioning_status: 'ACTIVE' });
    const [vlan] = await lab.vcmpHosts[0]!.list('/net/vlan');
    expect(vlan).toMatchObject({ name: 'flat-1-1', description: NETWORK });
    for (const guest of lab.devices) {
      expect(await vlansOf(guest)).toEqual([`${P}/flat-1-1 ${Number(vlan?.['tag'])}`]);
    }
    await lab.apply(service(parts, flat));
    await lab.apply(going(service(parts, flat)));
    expect(await vlansOf(lab.vcmpHosts[0]!)).toEqual([]);
  });

  it('puts a shared network into /Common of the guest', async () => {
    await start();

    const outcome = await lab.apply(service({}, { shared: true }));

    expect(statusOf(outcome)).toMatchObject({ provisioning_status: 'ACTIVE' });
    expect(await vlansOf(lab.devices[0]!)).toEqual(['/Common/vlan-101 101']);
    expect((await lab.devices[0]!.list('/net/vlan'))[0]).toMatchObject({ description: NETWORK });
    await lab.apply(going(service({}, { shared: true })));
    expect(await vlansOf(lab.vcmpHosts[0]!)).toEqual([]);
  });

  it('costs a host a constant number of calls for new VLANs, and none for what uses them', async () => {
    await start();
    const [host] = lab.vcmpHosts;
    await lab.apply(service());
    await Promise.all([host!, ...lab.devices].map((device) => device.forgetCalls()));

    await lab.apply(second());
    const calls = (await host!.calls()).map(named).sort();
    await host!.forgetCalls();
    await lab.devices[0]!.forgetCalls();
    await lab.apply(second({ listeners: [{}] }));
    await lab.apply(second({ listeners: [{}], pools: [{}] }));

    const look = ['GET /net/vlan', 'GET /vcmp/guest'];
    const assign = ['PATCH /vcmp/guest/bigip-1.test', 'PATCH /vcmp/guest/bigip-2.test'];
    expect(calls).toEqual([...look, ...look, ...assign, 'POST /net/vlan'].sort());
    expect(await host!.calls()).toEqual([]);
    expect((await lab.devices[0]!.calls()).filter(({ path }) => path.includes('/net/'))).toEqual(
      [],
    );
  });
});

describe('tenants at once', () => {
  function ofTenant(n: number): ServiceDefinition {
    const [tenantId, id] = [`tenant-${n}`, NETWORK.replace('0f3a', `0f3${n}`)];
    const network = aNetwork(id, { tenant_id: tenantId, 'provider:segmentation_id': 300 + n });
    const subnet = aSubnet(`sub-${n}`, id, `10.3${n}.0.0/24`, { tenant_id: tenantId });
    const loadbalancer = {
      vip_address: `10.3${n}.0.10`,
      vip_subnet_id: subnet.id,
      network_id: id,
    };
    lab.neutron.subnets.set(subnet.id, `10.3${n}.0`);
    return aNetworkService({ id: `lb-${n}`, tenantId, loadbalancer }, [network], [subnet]);
  }

  it('take nothing from each other while VLANs come and go', async () => {
    await start();
    const all = [1, 2, 3, 4].map(ofTenant);
    const [one, two, three, four] = all as [ServiceDefinition, ...ServiceDefinition[]];
    await Promise.all([one, two!].map((each) => lab.apply(each)));

    const outcomes = await Promise.all([
      ...[going(one), going(two!)].map((each) => lab.apply(each)),
      ...[three!, four!].map((each) => lab.apply(each)),
    ]);

    expect(outcomes.map((outcome) => statusOf(outcome)?.provisioning_status)).toEqual([
      ...['DELETED', 'DELETED'],
      ...['ACTIVE', 'ACTIVE'],
    ]);
    const vlans = ['/Common/vlan-303', '/Common/vlan-304'];
    expect((await vlansOf(lab.vcmpHosts[0]!)).map((vlan) => vlan.split(' ')[0])).toEqual(vlans);
    for (const assigned of Object.values(await assignedOn(lab.vcmpHosts[0]!))) {
      expect([...assigned].sort()).toEqual(vlans);
    }
    for (const guest of lab.devices) {
      expect(await vlansOf(guest)).toEqual([
        '/Project_tenant-3/vlan-303 303',
        '/Project_tenant-4/vlan-304 304',
      ]);
    }
  });
});

describe('a vCMP host that was changed', () => {
  it('saves its configuration, and only then', async () => {
    await start({ driver: { deviceProbeIntervalMs: 30 } });
    const [host, guest] = [lab.vcmpHosts[0]!, lab.devices[0]!];
    const count = async (device: LabDevice, call: string): Promise<number> =>
      (await device.calls()).filter((one) => named(one) === call).length;
    const threeLooks = async (): Promise<void> => {
      const before = await count(guest, 'GET /sys/folder');
      const isOver = async () => (await count(guest, 'GET /sys/folder')) >= before + 3;
      await waitFor(isOver, { what: 'three looks at the devices' });
    };

    await lab.apply(service());
    await threeLooks();
    expect(await count(host, 'POST /sys/config')).toBeGreaterThan(0);
    await host.forgetCalls();
    await threeLooks();

    expect(await host.calls()).toEqual([]);
  });

  it('is left alone by a plan', async () => {
    await start();

    const plans = await lab.driver.planService(service(), soon());

    expect(plans.flatMap(({ steps }) => steps).length).toBeGreaterThan(0);
    expect((await lab.vcmpHosts[0]!.calls()).filter(isWrite)).toEqual([]);
  });
});

describe('what others have on a host', () => {
  it('is kept: VLANs of the guest, and a VLAN that another guest still has', async () => {
    await start();
    const [host] = lab.vcmpHosts;
    await host!.reader.create('/net/vlan', { name: 'ha', partition: 'Common', tag: 900 }, soon());
    const own = { vlans: ['/Common/ha'] };
    await host!.reader.modify('/vcmp/guest/bigip-1.test', own, soon());
    await host!.reader.create('/vcmp/guest', { name: 'foreign' }, soon());
    await lab.apply(service());
    await host!.reader.modify('/vcmp/guest/foreign', { vlans: ['/Common/vlan-101'] }, soon());

    await lab.apply(going(service()));

    expect(await vlansOf(host!)).toEqual(['/Common/ha 900', '/Common/vlan-101 101 1.1']);
    expect(await assignedOn(host!)).toEqual({
      'bigip-1.test': ['/Common/ha'],
      'bigip-2.test': [],
      foreign: ['/Common/vlan-101'],
    });
    expect(await vlansOf(lab.devices[0]!)).toEqual(['/Common/ha 900']);
  });

  it('is used where it has the tag and the interface, and neither renamed nor removed', async () => {
    await start();
    const [host] = lab.vcmpHosts;
    const vlan = { name: 'customer', partition: 'Common', tag: 101, interfaces: PORT };
    await host!.reader.create('/net/vlan', vlan, soon());

    const outcome = await lab.apply(service());
    const used = await vlansOf(lab.devices[0]!);
    await lab.apply(going(service()));

    expect(statusOf(outcome)).toMatchObject({ provisioning_status: 'ACTIVE' });
    expect(used).toEqual([`${P}/vlan-101 101`]);
    expect(await vlansOf(host!)).toEqual(['/Common/customer 101 1.1']);
    expect(await vlansOf(lab.devices[0]!)).toEqual([]);
  });

  it('is said when it stands in the way', async () => {
    await start();
    const vlan = { name: 'vlan-101', partition: 'Common', tag: 101, description: 'of a customer' };
    await lab.vcmpHosts[0]!.reader.create('/net/vlan', vlan, soon());

    const outcome = await lab.apply(service());

    expect(statusOf(outcome)).toMatchObject({
      provisioning_status: 'ERROR',
      reason: expect.stringMatching(
        /^vCMP host .*tag 101 but is not tagged on interface 1\.1/,
      ) as string,
    });
  });

  it('on the guest is not taken away: a VLAN of the tag that something uses', async () => {
    await start({ devices: 1 });
    const [host, guest] = [lab.vcmpHosts[0]!, lab.devices[0]!];
    const vlan = { name: 'customer', partition: 'Common', tag: 101, interfaces: PORT };
    await host.reader.create('/net/vlan', vlan, soon());
    await host.reader.modify('/vcmp/guest/bigip-1.test', { vlans: ['/Common/customer'] }, soon());
    await waitFor(async () => (await vlansOf(guest)).length > 0, { what: 'the VLAN' });
    const self = { name: 'theirs', partition: 'Common', address: '192.0.2.1/24', vlan: 'customer' };
    await guest.reader.create('/net/self', self, soon());

    const outcome = await lab.apply(service());

    expect(statusOf(outcome)).toMatchObject({
      provisioning_status: 'ERROR',
      reason: expect.stringContaining('/Common/customer') as string,
    });
    expect(await vlansOf(guest)).toEqual(['/Common/customer 101']);
  });

  it('made by F5’s agent is taken over', async () => {
    await start();
    const [host] = lab.vcmpHosts;
    const vlan = { name: 'vlan-101', partition: 'Common', tag: 101, description: NETWORK };
    await host!.reader.create('/net/vlan', vlan, soon());

    await lab.apply(service());
    expect(await vlansOf(host!)).toEqual(['/Common/vlan-101 101 1.1']);
    await lab.apply(going(service()));

    expect(await vlansOf(host!)).toEqual([]);
  });
});

describe('trouble with a host', () => {
  it('that is away lets a change wait, tells why, and only where a VLAN is new', async () => {
    await start();
    const [host] = lab.vcmpHosts;
    await lab.apply(service());
    await host!.fault({ kind: 'reset-before' });

    const known = await lab.apply(service({ listeners: [{}] }));
    await expect(lab.apply(second())).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'ERR_VCMP_HOST',
      message: expect.stringMatching(/^vCMP host 127\.0\.0\.1/) as string,
    });
    await lab.driver.resyncTenant('tenant-1', [service({ listeners: [{}] })], soon());

    expect(statusOf(known)).toMatchObject({ provisioning_status: 'ACTIVE' });
    expect(Object.values(lab.driver.endpoints()).map(({ status }) => status)).toEqual([
      'active',
      'active',
    ]);
    await host!.clearFaults();
    expect(statusOf(await lab.apply(second()))).toMatchObject({ provisioning_status: 'ACTIVE' });
    expect(await vlansOf(host!)).toHaveLength(2);
  });

  it('that is away when a VLAN goes is made up for when it is back', async () => {
    await start();
    const [host] = lab.vcmpHosts;
    await lab.apply(service());
    await host!.fault({ kind: 'reset-before' });

    const outcome = await lab.apply(going(service()));

    expect(statusOf(outcome)).toEqual({ provisioning_status: 'DELETED' });
    await host!.clearFaults();
    expect(await vlansOf(host!)).toHaveLength(1);
    await lab.driver.resyncTenant('tenant-1', [], soon());
    expect(await vlansOf(host!)).toEqual([]);
  });

  it('that is none puts the guest out with the reason', async () => {
    const started = startNetworkLab({}, { devices: 1, vcmpHosts: 1 });
    lab = await started;
    await lab.vcmpHosts[0]!.reader.modify('/sys/provision/vcmp', { level: 'none' }, soon());
    await lab.devices[0]!.fault({ kind: 'reset-before', count: 20 });
    await expect(lab.apply(service())).rejects.toMatchObject({ kind: 'unavailable' });
    await lab.devices[0]!.clearFaults();

    const [endpoint] = await waitFor(
      () => {
        const found = Object.values(lab.driver.endpoints());
        return found[0]?.status_message.includes('licensed') === true ? found : undefined;
      },
      { what: `the reason: ${JSON.stringify(lab.driver.endpoints())}` },
    );

    expect(endpoint).toMatchObject({
      status: 'error',
      status_message: expect.stringMatching(
        /^vCMP host .* has no vCMP licensed or provisioned/,
      ) as string,
    });
    await waitFor(
      () =>
        lab.vcmpHosts[0]!.reader.modify(
          '/sys/provision/vcmp',
          { level: 'dedicated' },
          soon(),
        ).catch(() => undefined),
      { what: 'the host to provision vCMP again' },
    );
    await allReady(lab.driver, 1);
  });

  it('that loses the assignment is repaired by the next resync', async () => {
    await start();
    const [host] = lab.vcmpHosts;
    await lab.apply(service());
    await host!.reader.modify('/vcmp/guest/bigip-1.test', { vlans: [] }, soon());

    await lab.driver.resyncTenant('tenant-1', [service()], soon());

    expect((await assignedOn(host!))['bigip-1.test']).toEqual(['/Common/vlan-101']);
    expect(await vlansOf(lab.devices[0]!)).toEqual([`${P}/vlan-101 101`]);
  });

  it('whose guest gets no VLAN in time lets the change wait', async () => {
    await start({ driver: { timeouts: { guestVlanMs: 10, reconnectMs: 50 } } });

    await expect(lab.apply(service())).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'ERR_VCMP_GUEST',
      message: expect.stringContaining('has not got VLAN 101') as string,
    });
    const taken = await waitFor(() => lab.apply(service()).catch(() => undefined), {
      what: 'the change to be taken',
    });
    expect(statusOf(taken)).toMatchObject({ provisioning_status: 'ACTIVE' });
  });

  it('that nobody has named leaves the VLANs to operators', async () => {
    await start({ driver: { vcmpHosts: [] } });

    const outcome = await lab.apply(service());

    expect(statusOf(outcome)).toMatchObject({ provisioning_status: 'ACTIVE' });
    expect(await vlansOf(lab.devices[0]!)).toEqual([`${P}/vlan-101 101`]);
    expect((await lab.vcmpHosts[0]!.calls()).filter(isWrite)).toEqual([]);
  });
});
