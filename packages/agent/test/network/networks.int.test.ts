// Networks on devices: made for what uses them, gone with the last user, on every device and in Neutron.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { waitFor } from '@f5-lbaas/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { allReady } from '../driver/lab.ts';
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
const NOTHING: string[] = [];

async function everywhere(): Promise<string[][]> {
  return Promise.all(lab.devices.map(pathsOn));
}

function withMember(id: string, vip: string, part: object = {}): ServiceDefinition {
  return aNetworkService({
    id,
    loadbalancer: { vip_address: vip },
    pools: [{}],
    members: [{ address: '10.2.0.21', subnet_id: 'subnet-2', network_id: 'network-2', ...part }],
  });
}

function statusOf(
  outcome: Awaited<ReturnType<NetworkLab['apply']>>,
  kind: 'members' | 'loadbalancers',
) {
  return Object.values(outcome.objects[kind] ?? {})[0];
}

describe('networks of a tenant', () => {
  it('are made on every device of a pair, each with a self IP of its own', async () => {
    lab = await startNetworkLab({}, { devices: 2 });

    const outcome = await lab.apply(withMember('lb-1', '10.1.0.10'));

    expect(statusOf(outcome, 'loadbalancers')).toMatchObject({ provisioning_status: 'ACTIVE' });
    const [first, second] = await everywhere();
    expect(first).toEqual(
      expect.arrayContaining([
        `vlan ${P}/vlan-101`,
        `vlan ${P}/vlan-102`,
        `route-domain ${P}/Project_tenant-1`,
        `self ${P}/local-bigip-1.test-subnet-1`,
        `self ${P}/local-bigip-1.test-subnet-2`,
        `snat-translation ${P}/snat-traffic-group-1-subnet-1_0`,
        `snatpool ${P}/Project_tenant-1`,
        `node ${P}/10.2.0.21%1`,
      ]),
    );
    expect(second).toContain(`self ${P}/local-bigip-2.test-subnet-1`);
    expect(lab.neutron.names).toEqual([
      'local-bigip-1.test-subnet-1',
      'local-bigip-1.test-subnet-2',
      'local-bigip-2.test-subnet-1',
      'local-bigip-2.test-subnet-2',
      'snat-traffic-group-1-subnet-1_0',
      'snat-traffic-group-1-subnet-2_0',
    ]);
    const [pool] = await lab.devices[0]!.list('/ltm/snatpool');
    expect(pool).toMatchObject({
      members: [`${P}/snat-traffic-group-1-subnet-1_0`, `${P}/snat-traffic-group-1-subnet-2_0`],
    });
  });

  it('carry the virtual servers: VLAN, SNAT pool, traffic group and route domain', async () => {
    lab = await startNetworkLab({}, { devices: 2 });
    const service = aNetworkService({ listeners: [{}] });

    await lab.apply(service);

    const [virtual] = await lab.devices[0]!.list('/ltm/virtual');
    const [address] = await lab.devices[0]!.list('/ltm/virtual-address');
    const folders = await lab.devices[0]!.list('/sys/folder');
    expect(virtual).toMatchObject({
      vlansEnabled: true,
      vlans: [`${P}/vlan-101`],
      sourceAddressTranslation: { type: 'snat', pool: `${P}/Project_tenant-1` },
    });
    expect(address).toMatchObject({ address: '10.1.0.10%1' });
    expect(folders.find(({ fullPath }) => fullPath === P)).toMatchObject({
      inheritedTrafficGroup: 'false',
      trafficGroup: '/Common/traffic-group-1',
    });
  });

  it('go with their last user, and not before', async () => {
    lab = await startNetworkLab({}, { devices: 2 });
    const one = withMember('lb-1', '10.1.0.10');
    const two = aNetworkService({ id: 'lb-2', loadbalancer: { vip_address: '10.1.0.11' } });
    await lab.apply(one);
    await lab.apply(two);

    await lab.apply(going(one));

    const [left = []] = await everywhere();
    expect(left).toContain(`vlan ${P}/vlan-101`);
    expect(left).toContain(`self ${P}/local-bigip-1.test-subnet-1`);
    expect(left.filter((path) => path.includes('102') || path.includes('subnet-2'))).toEqual([]);
    expect(lab.neutron.names.filter((name) => name.includes('subnet-2'))).toEqual([]);

    await lab.apply(going(two));

    expect(await everywhere()).toEqual([NOTHING, NOTHING]);
    expect(lab.neutron.names).toEqual([]);
  });

  it('of a pool of LBaaS v1 come with its members and its vip, and go with each', async () => {
    lab = await startNetworkLab({}, { devices: 2 });
    const nowhere = { vip_address: '', vip_subnet_id: '', vip_port_id: '' };
    const pool = aNetworkService({ id: 'lb-1', loadbalancer: nowhere, pools: [{}] });
    const withMembers = { ...pool, members: withMember('lb-1', '10.1.0.10').members };
    const withVip = { ...withMembers, loadbalancer: withMember('lb-1', '10.1.0.10').loadbalancer };
    const ofMembers = (names: readonly string[]) =>
      names.filter((name) => name.includes('local-')).map((name) => name.slice(-'subnet-N'.length));

    const alone = await lab.apply(pool);

    expect(statusOf(alone, 'loadbalancers')).toMatchObject({ provisioning_status: 'ACTIVE' });
    expect(lab.neutron.names).toEqual([]);
    const served = await lab.apply(withMembers);
    expect(statusOf(served, 'members')).toMatchObject({ provisioning_status: 'ACTIVE' });
    expect(ofMembers(lab.neutron.names)).toEqual(['subnet-2', 'subnet-2']);
    await lab.apply(withVip);
    expect(ofMembers(lab.neutron.names)).toEqual(['subnet-1', 'subnet-2', 'subnet-1', 'subnet-2']);

    await lab.apply(withMembers);

    expect(ofMembers(lab.neutron.names)).toEqual(['subnet-2', 'subnet-2']);
    const [left = []] = await everywhere();
    expect(left.filter((path) => path.includes('101') || path.includes('subnet-1'))).toEqual([]);
    await lab.apply(going(withMembers));
    expect(await everywhere()).toEqual([NOTHING, NOTHING]);
    expect(lab.neutron.names).toEqual([]);
  });

  it('go with the last member in them', async () => {
    lab = await startNetworkLab();
    await lab.apply(withMember('lb-1', '10.1.0.10'));

    const outcome = await lab.apply(
      withMember('lb-1', '10.1.0.10', { provisioning_status: 'PENDING_DELETE' }),
    );

    expect(statusOf(outcome, 'members')).toEqual({ provisioning_status: 'DELETED' });
    const [left = []] = await everywhere();
    expect(left.filter((path) => path.includes('102') || path.includes('subnet-2'))).toEqual([]);
    expect(lab.neutron.names.some((name) => name.includes('subnet-2'))).toBe(false);
    expect(left).toContain(`vlan ${P}/vlan-101`);
  });

  it('leave nothing when the agent died between devices and Neutron', async () => {
    lab = await startNetworkLab();
    const service = withMember('lb-1', '10.1.0.10');
    await lab.apply(service);
    const names = lab.neutron.names;
    await lab.apply(going(service));
    const ports = await lab.neutron.start();
    for (const name of names) {
      const request = { name, subnetId: 'subnet-1', loadbalancerId: 'lb-1' };
      await ports.ensure({ ...request, vnicType: 'normal' }, AbortSignal.timeout(1_000));
    }

    await lab.restartDriver();
    await lab.apply(going(service));

    expect(lab.neutron.names).toEqual([]);
  });

  it('are kept by a restart, and repaired by a resync', async () => {
    lab = await startNetworkLab({}, { devices: 2 });
    const service = withMember('lb-1', '10.1.0.10');
    await lab.apply(service);
    const before = await everywhere();
    const ports = [...lab.neutron.ports.keys()];
    await lab.devices[1]!.wipe();

    await lab.restartDriver();
    const { orphans } = await lab.driver.resyncTenant(
      'tenant-1',
      [service],
      AbortSignal.timeout(10_000),
    );

    expect(await everywhere()).toEqual(before);
    expect([...lab.neutron.ports.keys()]).toEqual(ports);
    expect(orphans).toEqual([]);
  });

  it('go from a device that was away meanwhile as soon as it is back', async () => {
    lab = await startNetworkLab({}, { devices: 2 });
    const service = withMember('lb-1', '10.1.0.10');
    await lab.apply(service);
    await lab.devices[1]!.fault({ kind: 'reset-before' });

    const { skippedDevices } = await lab.apply(going(service));

    expect(skippedDevices).toHaveLength(1);
    const kept = lab.neutron.names;
    expect(kept).toContain('local-bigip-2.test-subnet-1');
    expect(kept).toContain('snat-traffic-group-1-subnet-1_0');
    await lab.devices[1]!.clearFaults();
    await allReady(lab.driver, 2);
    await lab.driver.resyncTenant('tenant-1', [], AbortSignal.timeout(10_000));
    const later = await lab.driver.resyncTenant('tenant-1', [], AbortSignal.timeout(10_000));
    await lab.driver.removeOrphans('tenant-1', later.orphans, AbortSignal.timeout(10_000));
    expect(await everywhere()).toEqual([NOTHING, NOTHING]);
    expect(lab.neutron.names).toEqual([]);
  });

  it('show the health of members in a route domain', async () => {
    lab = await startNetworkLab();
    const service = aNetworkService({
      pools: [{}],
      members: [{ address: '10.1.0.21', subnet_id: 'subnet-1', network_id: 'network-1' }],
      healthmonitors: [{ type: 'TCP', delay: 1, timeout: 1, max_retries_down: 1 }],
    });
    await lab.apply(service);

    // Whether anything answers at the address is the machine's matter; that there is a verdict is ours.
    const verdict = await waitFor(
      async () =>
        (await lab.driver.pollHealth([service], AbortSignal.timeout(5_000))).members?.[
          'lb-1-member-1'
        ],
      { what: 'a verdict on the member' },
    );
    expect(['ONLINE', 'ERROR']).toContain(verdict);
  });

  it('fail alone: a member whose subnet has no address left holds up nobody', async () => {
    lab = await startNetworkLab();
    lab.neutron.exhausted.add('subnet-2');

    const outcome = await lab.apply(withMember('lb-1', '10.1.0.10'));

    expect(statusOf(outcome, 'loadbalancers')).toMatchObject({ provisioning_status: 'ACTIVE' });
    expect(statusOf(outcome, 'members')).toMatchObject({
      provisioning_status: 'ERROR',
      reason: expect.stringContaining('No more addresses on subnet subnet-2') as string,
    });
    expect((await everywhere())[0]).not.toContain(`vlan ${P}/vlan-102`);
  });

  it('that the device refuses put the load balancer in ERROR with its message', async () => {
    lab = await startNetworkLab();
    await lab.devices[0]!.reader.create(
      '/net/vlan',
      { name: 'by-hand', partition: 'Common', tag: 101 },
      AbortSignal.timeout(1_000),
    );

    const outcome = await lab.apply(aNetworkService());

    expect(statusOf(outcome, 'loadbalancers')).toMatchObject({
      provisioning_status: 'ERROR',
      reason: expect.stringContaining('VLAN tag 101') as string,
    });
    expect((await everywhere())[0]).toEqual(['vlan /Common/by-hand']);
  });
});

describe('flat networks', () => {
  it('are untagged, on the interface that the device has for them', async () => {
    lab = await startNetworkLab({
      interfaces: [
        { physicalNetwork: 'default', interface: '1.1', isTagged: true },
        { physicalNetwork: 'physnet2', interface: '1.2', isTagged: false },
      ],
    });
    const network = aNetwork('network-1', {
      'provider:network_type': 'flat',
      'provider:segmentation_id': null,
      'provider:physical_network': 'physnet2',
    });
    const service = aNetworkService({}, [network]);

    await lab.apply(service);

    const [vlan] = await lab.devices[0]!.list('/net/vlan');
    expect(vlan).toMatchObject({
      fullPath: `${P}/flat-1-2`,
      description: 'network-1',
      interfacesReference: { items: [{ name: '1.2', untagged: true }] },
    });
    await lab.apply(going(service));
    expect(await everywhere()).toEqual([NOTHING]);
  });
});

describe('overlapping subnets of a tenant', () => {
  const overlapping = (): ServiceDefinition =>
    aNetworkService(
      {
        pools: [{}],
        members: [{ address: '10.1.0.21', subnet_id: 'subnet-2', network_id: 'network-2' }],
      },
      undefined,
      [
        aSubnet('subnet-1', 'network-1', '10.1.0.0/24'),
        aSubnet('subnet-2', 'network-2', '10.1.0.0/24'),
      ],
    );

  it('get a route domain each, as many as the tenant may have', async () => {
    lab = await startNetworkLab({ routeDomainsPerTenant: 2 });
    lab.neutron.subnets.set('subnet-2', '10.1.0');

    const outcome = await lab.apply(overlapping());

    expect(statusOf(outcome, 'members')).toMatchObject({ provisioning_status: 'ACTIVE' });
    const [paths = []] = await everywhere();
    expect(paths).toContain(`route-domain ${P}/Project_tenant-1_aux_2`);
    expect(paths).toContain(`node ${P}/10.1.0.21%2`);

    await lab.restartDriver();
    await lab.apply(going(overlapping()));
    expect(await everywhere()).toEqual([NOTHING]);
  });

  it('are an error of the member when the tenant may have only one', async () => {
    lab = await startNetworkLab({ routeDomainsPerTenant: 1 });
    lab.neutron.subnets.set('subnet-2', '10.1.0');

    const outcome = await lab.apply(overlapping());

    expect(statusOf(outcome, 'members')).toMatchObject({ provisioning_status: 'ERROR' });
    expect(statusOf(outcome, 'loadbalancers')).toMatchObject({ provisioning_status: 'ACTIVE' });
  });
});

describe('route domains', () => {
  it('are strict when told so, and numbered around what is taken', async () => {
    lab = await startNetworkLab({ isRouteDomainStrict: true });
    await lab.devices[0]!.reader.create(
      '/net/route-domain',
      { name: 'theirs', partition: 'Common', id: 1 },
      AbortSignal.timeout(1_000),
    );

    await Promise.all(
      ['tenant-1', 'tenant-2'].map((tenantId, n) =>
        lab.apply(
          aNetworkService({ tenantId, id: `lb-${n}` }, [
            aNetwork('network-1', { tenant_id: tenantId, 'provider:segmentation_id': 200 + n }),
          ]),
        ),
      ),
    );

    const domains = await lab.devices[0]!.list('/net/route-domain');
    const ours = domains.filter(({ partition }) => partition !== 'Common');
    expect(ours.map(({ id, strict }) => [id, strict]).sort()).toEqual([
      [2, 'enabled'],
      [3, 'enabled'],
    ]);
  });

  it('are not made without namespaces', async () => {
    lab = await startNetworkLab({ useNamespaces: false });

    await lab.apply(aNetworkService());

    const [paths = []] = await everywhere();
    expect(paths.some((path) => path.startsWith('route-domain'))).toBe(false);
    expect(paths).toContain(`self ${P}/local-bigip-1.test-subnet-1`);
  });
});

describe('shared networks', () => {
  const shared = (tenantId: string, id: string, vip: string): ServiceDefinition =>
    aNetworkService({ tenantId, id, loadbalancer: { vip_address: vip } }, [
      aNetwork('network-1', { shared: true, tenant_id: 'operator' }),
    ]);

  it('are in /Common once for all tenants, and go with the last of them', async () => {
    lab = await startNetworkLab({}, { devices: 2 });
    const one = shared('tenant-1', 'lb-1', '10.1.0.10');
    const two = shared('tenant-2', 'lb-2', '10.1.0.11');
    await Promise.all([lab.apply(one), lab.apply(two)]);

    const [both = []] = await everywhere();
    expect(both).toEqual(
      expect.arrayContaining([
        'vlan /Common/vlan-101',
        'self /Common/local-bigip-1.test-subnet-1',
        'snat-translation /Common/snat-traffic-group-1-subnet-1_0',
        `snatpool ${P}/Project_tenant-1`,
        'snatpool /Project_tenant-2/Project_tenant-2',
      ]),
    );
    expect(both.some((path) => path.startsWith('route-domain'))).toBe(false);

    await lab.apply(going(one));
    const [left = []] = await everywhere();
    expect(left).toContain('self /Common/local-bigip-1.test-subnet-1');
    expect(left).toContain('snatpool /Project_tenant-2/Project_tenant-2');
    expect(lab.neutron.names).toHaveLength(3);

    await lab.restartDriver();
    await lab.apply(going(two));
    expect(await everywhere()).toEqual([NOTHING, NOTHING]);
    expect(lab.neutron.names).toEqual([]);
  });

  it('that an operator has made are used and never touched', async () => {
    lab = await startNetworkLab({ existingVlans: { 'network-1': 'public' } });
    await lab.devices[0]!.reader.create(
      '/net/vlan',
      { name: 'public', partition: 'Common', tag: 101 },
      AbortSignal.timeout(1_000),
    );
    const service = aNetworkService({ listeners: [{}] });

    const outcome = await lab.apply(service);

    expect(statusOf(outcome, 'loadbalancers')).toMatchObject({ provisioning_status: 'ACTIVE' });
    const [virtual] = await lab.devices[0]!.list('/ltm/virtual');
    expect(virtual).toMatchObject({ vlans: ['/Common/public'] });
    await lab.apply(going(service));
    expect(await everywhere()).toEqual([['vlan /Common/public']]);
  });

  it.each([
    ['external', { 'router:external': true }, {}],
    ['all, where the operator says so', {}, { commonNetworks: true }],
  ])('are %s networks', async (_, part, settings) => {
    lab = await startNetworkLab(settings);
    const service = aNetworkService({}, [aNetwork('network-1', part)]);

    await lab.apply(service);

    expect((await everywhere())[0]).toContain('vlan /Common/vlan-101');
    await lab.apply(going(service));
    expect(await everywhere()).toEqual([NOTHING]);
  });
});

describe('source addresses', () => {
  it('are as many as configured for every subnet', async () => {
    lab = await startNetworkLab({ snatAddressesPerSubnet: 3 });

    await lab.apply(aNetworkService());

    const [pool] = await lab.devices[0]!.list('/ltm/snatpool');
    expect(pool?.['members']).toHaveLength(3);
    expect(lab.neutron.names).toHaveLength(4);
  });

  it('are the self IPs when none are configured', async () => {
    lab = await startNetworkLab({ snatAddressesPerSubnet: 0 });

    await lab.apply(aNetworkService({ listeners: [{}] }));

    const [virtual] = await lab.devices[0]!.list('/ltm/virtual');
    expect(virtual).toMatchObject({ sourceAddressTranslation: { type: 'automap' } });
    expect(await lab.devices[0]!.list('/ltm/snatpool')).toEqual([]);
  });
});

describe('gateway mode', () => {
  it('makes the devices the gateway of members’ subnets, as long as members are there', async () => {
    lab = await startNetworkLab({ useSnat: false }, { devices: 2 });
    const service = withMember('lb-1', '10.1.0.10');

    const outcome = await lab.apply(service);

    expect(statusOf(outcome, 'members')).toMatchObject({ provisioning_status: 'ACTIVE' });
    const selves = await lab.devices[0]!.list('/net/self');
    expect(selves.find(({ name }) => name === 'gw-subnet-2')).toMatchObject({
      address: '10.2.0.1%1/24',
      trafficGroup: '/Common/traffic-group-1',
      floating: 'enabled',
    });
    const virtuals = await lab.devices[0]!.list('/ltm/virtual');
    expect(virtuals.find(({ name }) => name === 'gw-subnet-2')).toMatchObject({
      ipForward: true,
      destination: `${P}/0.0.0.0%1:0`,
      vlans: [`${P}/vlan-102`],
    });
    expect(lab.neutron.names).toContain('gw-subnet-2');

    const gone = withMember('lb-1', '10.1.0.10', { provisioning_status: 'PENDING_DELETE' });
    await lab.apply(gone);
    const [left = []] = await everywhere();
    expect(left.filter((path) => path.includes('subnet-2') || path.includes('0.0.0.0'))).toEqual(
      [],
    );
    expect(lab.neutron.names.some((name) => name.includes('subnet-2'))).toBe(false);

    await lab.apply(going(service));
    expect(await everywhere()).toEqual([NOTHING, NOTHING]);
  });

  it('needs a gateway address', async () => {
    lab = await startNetworkLab({ useSnat: false });
    const service = withMember('lb-1', '10.1.0.10');
    service.subnets['subnet-2']!.gateway_ip = null;

    const outcome = await lab.apply(service);

    expect(statusOf(outcome, 'members')).toMatchObject({
      provisioning_status: 'ERROR',
      reason: expect.stringContaining('Enable f5_snat_mode') as string,
    });
  });
});
