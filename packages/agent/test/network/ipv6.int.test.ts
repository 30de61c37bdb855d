// Networks with IPv6: addresses in route domains, self IPs, source addresses, gateways, tunnels between IPv6 end points,
// and load balancers whose members are of the other family.
import type { ServiceDefinition } from '@f5-lbaas/model';
import type { ServiceParts } from '@f5-lbaas/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import type { NetworkSettings } from '../../src/config/network-settings.ts';
import { forwardingChanges } from '../../src/manager/forwarding-changes.ts';
import { asText } from '../../src/object-types/property.ts';
import { isWrite, type LabOptions } from '../driver/lab.ts';
import {
  aNetwork,
  aNetworkService,
  aSubnet,
  going,
  pathsOn,
  startNetworkLab,
  type NetworkLab,
} from './network-lab.ts';
import { recordsOf, startTunnelLab } from './tunnel-lab.ts';

let lab: NetworkLab;
afterEach(() => lab.stop());

const P = '/Project_tenant-1';
const HOST_MASK = 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff';
const VERSIONS = ['11.6', '13.1', '17.1'];
const PORT = {
  id: 'p',
  name: '',
  tenant_id: 'tenant-1',
  network_id: 'network-2',
  mac_address: 'fa:16:3e:00:00:21',
  device_id: '',
  device_owner: '',
  fixed_ips: [],
};

const subnet6 = (id: string, networkId: string, cidr: string) =>
  aSubnet(id, networkId, cidr, { ip_version: 6, gateway_ip: cidr.replace(/\/.*$/, '1') });

/** VIP fd00:1::10 on network-1, member fd00:2::21 on network-2, both written the long way. */
function inIpv6(type = 'vlan', parts: ServiceParts = {}): ServiceDefinition {
  const segment = (id: number) => ({
    'provider:network_type': type,
    'provider:segmentation_id': id,
  });
  const member = { address: 'FD00:2:0::0021', subnet_id: 'subnet-2', network_id: 'network-2' };
  return aNetworkService(
    {
      listeners: [{ default_pool_id: 'lb-1-pool-1' }],
      pools: [{}],
      members: [{ ...member, port: PORT }],
      ...parts,
      loadbalancer: { vip_address: 'FD00:1:0:0::10', ...parts.loadbalancer },
    },
    [aNetwork('network-1', segment(101)), aNetwork('network-2', segment(102))],
    [
      subnet6('subnet-1', 'network-1', 'fd00:1::/64'),
      subnet6('subnet-2', 'network-2', 'fd00:2::/64'),
    ],
  );
}

const inNeutron = (): void => {
  lab.neutron.subnets.set('subnet-1', 'fd00:1::').set('subnet-2', 'fd00:2::');
};

async function start(
  settings: Partial<NetworkSettings> = {},
  options: LabOptions = {},
): Promise<void> {
  lab = await startNetworkLab(settings, { devices: 2, ...options });
  inNeutron();
}

async function applied(service: ServiceDefinition): Promise<void> {
  const { objects } = await lab.apply(service);
  const reports = Object.values(objects).flatMap((one) => Object.values(one));
  expect(reports.filter((report) => report.provisioning_status !== 'ACTIVE')).toEqual([]);
}

const all = (collection: string) =>
  Promise.all(lab.devices.map((device) => device.list(collection, 'Project_tenant-1')));

/** A new process finds everything as it should be; afterwards nothing is left. */
async function settledAndRemovable(service: ServiceDefinition, left: string[] = []): Promise<void> {
  await lab.restartDriver();
  const signal = AbortSignal.timeout(10_000);
  const { differences } = await lab.driver.resyncTenant('tenant-1', [service], signal);
  await lab.apply(service);
  const calls = (await Promise.all(lab.devices.map((device) => device.calls()))).flat();
  expect({ differences, written: calls.filter(isWrite) }).toEqual({ differences: [], written: [] });
  await lab.apply(going(service));
  expect(await Promise.all(lab.devices.map(pathsOn))).toEqual(lab.devices.map(() => left));
  expect(lab.neutron.names).toEqual([]);
}

describe('IPv6 networks', () => {
  it.each(VERSIONS)('have VIP, members, self IPs and SNAT addresses (TMOS %s)', async (version) => {
    await start({}, { version });
    const service = inIpv6();

    await applied(service);

    for (const [address] of await all('/ltm/virtual-address')) {
      expect(address).toMatchObject({ address: 'fd00:1::10%1', mask: HOST_MASK });
    }
    for (const [virtual] of await all('/ltm/virtual')) {
      expect(virtual).toMatchObject({
        destination: `${P}/Project_lb-1:80`,
        mask: HOST_MASK,
        source: '::%1/0',
        vlans: [`${P}/vlan-101`],
      });
    }
    for (const [pool] of await all('/ltm/pool')) {
      expect(pool).toMatchObject({
        membersReference: { items: [{ name: 'fd00:2::21%1.8080', address: 'fd00:2::21%1' }] },
      });
    }
    for (const selves of await all('/net/self')) {
      const addresses = selves.map(({ address }) => address).sort();
      expect(addresses).toEqual([
        expect.stringMatching(/^fd00:1::[0-9a-f]+%1\/64$/),
        expect.stringMatching(/^fd00:2::[0-9a-f]+%1\/64$/),
      ]);
    }
    const [snats = [], others] = await all('/ltm/snat-translation');
    expect(snats.map(({ address }) => address)).toEqual(others?.map(({ address }) => address));
    expect(snats[0]).toMatchObject({
      fullPath: `${P}/snat-traffic-group-1-subnet-1_0`,
      address: expect.stringMatching(/^fd00:1::[0-9a-f]+%1$/) as string,
    });
    await settledAndRemovable(service);
  });

  it.each(VERSIONS)('may have the devices as their gateway (TMOS %s)', async (version) => {
    await start({ useSnat: false }, { version });
    const service = inIpv6();

    await applied(service);

    for (const selves of await all('/net/self')) {
      expect(selves.find(({ name }) => name === 'gw-subnet-2')).toMatchObject({
        address: 'fd00:2::1%1/64',
        floating: 'enabled',
        vlan: `${P}/vlan-102`,
      });
    }
    for (const virtuals of await all('/ltm/virtual')) {
      expect(virtuals.find(({ name }) => name === 'gw-subnet-2')).toMatchObject({
        ipForward: true,
        destination: `${P}/::%1.0`,
        mask: 'any',
        source: '::%1/0',
        vlans: [`${P}/vlan-102`],
      });
    }
    for (const addresses of await all('/ltm/virtual-address')) {
      expect(addresses.find(({ name }) => name === '::%1')).toMatchObject({ address: 'any6%1' });
    }
    await settledAndRemovable(service);
  });

  it('are in /Common without route domains where tenants share them', async () => {
    await start({ commonNetworks: true });
    const service = inIpv6();

    await applied(service);

    const [address] = await lab.devices[1]!.list('/ltm/virtual-address');
    expect(address).toMatchObject({ address: 'fd00:1::10' });
    const selves = await lab.devices[1]!.list('/net/self', 'Common');
    expect(selves).toMatchObject([
      { address: expect.stringMatching(/^fd00:1::[0-9a-f]+\/64$/) as string },
      { address: expect.stringMatching(/^fd00:2::[0-9a-f]+\/64$/) as string },
    ]);
    await settledAndRemovable(service);
  });

  it('that overlap get a route domain each', async () => {
    await start({ routeDomainsPerTenant: 2 });
    lab.neutron.subnets.set('subnet-2', 'fd00:1::');
    const service = inIpv6();
    service.subnets['subnet-2'] = subnet6('subnet-2', 'network-2', 'fd00:1:0:0::/60');
    service.members[0]!.address = 'fd00:1::21';

    await applied(service);

    const [nodes = []] = await all('/ltm/node');
    expect(nodes).toMatchObject([{ address: 'fd00:1::21%2' }]);
    await settledAndRemovable(service);
  });
});

describe('tunnels between IPv6 end points', () => {
  const vteps = { vxlan_vteps: ['FD00:20::0:91', 'fd00:20::92', 'fd00:20::5'] };
  const member = {
    address: 'fd00:2::21',
    subnet_id: 'subnet-2',
    network_id: 'network-2',
    port: PORT,
    vxlan_vteps: ['FD00:20::92'],
  };
  const service = inIpv6('vxlan', { loadbalancer: vteps, members: [member] });

  it('carry IPv6 networks; members are known by NDP entries', async () => {
    lab = await startTunnelLab(
      { populateStaticArp: true },
      { devices: 2, vtep: (n) => `fd00:20::${n + 5}/64` },
    );
    inNeutron();
    const before = await pathsOn(lab.devices[0]!);

    await applied(service);

    const tunnels = await lab.devices[1]!.list('/net/tunnels/tunnel', 'Project_tenant-1');
    expect(tunnels).toMatchObject([
      { name: 'tunnel-vxlan-101', localAddress: 'fd00:20::6' },
      { name: 'tunnel-vxlan-102', localAddress: 'fd00:20::6' },
    ]);
    const own = ['02:00:65:00:00:05', 'fd00:20::5'];
    const others = [
      ['02:00:65:00:00:91', 'fd00:20::91'],
      ['02:00:65:00:00:92', 'fd00:20::92'],
    ];
    expect(await recordsOf(lab.devices[0]!, 'tunnel-vxlan-101')).toEqual(others);
    expect(await recordsOf(lab.devices[1]!, 'tunnel-vxlan-101')).toEqual([own, ...others]);
    const known = [['fa:16:3e:00:00:21', 'fd00:20::92']];
    expect(await recordsOf(lab.devices[1]!, 'tunnel-vxlan-102')).toEqual(known);
    expect(await all('/net/arp')).toEqual([[], []]);
    expect((await all('/net/ndp'))[1]).toMatchObject([
      { ipAddress: 'fd00:2::21%1', macAddress: 'fa:16:3e:00:00:21' },
    ]);
    await settledAndRemovable(service, before);
  });

  it('follow Neutron, whichever way it writes addresses', async () => {
    lab = await startTunnelLab({}, { devices: 2, vtep: (n) => `fd00:20::${n + 5}/64` });
    inNeutron();
    await applied(service);
    const tell = async (action: 'add' | 'remove', ports: object): Promise<void> => {
      const entries = { 'network-2': { network_type: 'vxlan', segment_id: 102, ports } };
      for (const change of forwardingChanges(entries, action)) {
        await lab.driver.updateForwarding(change, AbortSignal.timeout(2_000));
      }
    };
    const port = [['fa:16:3e:00:00:99', 'fd00:2::99']];

    await tell('add', { 'FD00:20:0::93': port, 'FD00:20:0::6': [['fa:16:3e:00:00:98', '::1']] });

    const added = ['fa:16:3e:00:00:99', 'fd00:20::93'];
    expect(await recordsOf(lab.devices[1]!, 'tunnel-vxlan-102')).toEqual([
      ['fa:16:3e:00:00:21', 'fd00:20::92'],
      added,
    ]);
    await tell('remove', { 'fd00:20:0:0::93': port });
    expect(await recordsOf(lab.devices[1]!, 'tunnel-vxlan-102')).not.toContainEqual(added);
  });
});

describe('an IPv4 VIP with IPv6 members', () => {
  const member = { address: 'fd00:2::21', subnet_id: 'subnet-2' };
  const parts: ServiceParts = {
    loadbalancer: { vip_address: '10.1.0.10' },
    listeners: [{ default_pool_id: 'lb-1-pool-1' }],
    pools: [{}],
  };
  const vlans = [aNetwork('network-1'), aNetwork('network-2', { 'provider:segmentation_id': 102 })];
  const vipSubnet = aSubnet('subnet-1', 'network-1', '10.1.0.0/24');

  it.each([
    ['on a network of their own', 'network-2', ['vlan-101', 'vlan-102']],
    ['on its network', 'network-1', ['vlan-101']],
  ])('has source addresses of both families: %s', async (_, network_id, links) => {
    await start();
    lab.neutron.subnets.set('subnet-1', '10.1.0');
    const service = aNetworkService({ ...parts, members: [{ ...member, network_id }] }, vlans, [
      vipSubnet,
      subnet6('subnet-2', network_id, 'fd00:2::/64'),
    ]);

    await applied(service);

    for (const vlansThere of await all('/net/vlan')) {
      expect(vlansThere.map(({ name }) => name)).toEqual(links);
    }
    for (const [virtual] of await all('/ltm/virtual')) {
      expect(virtual).toMatchObject({ mask: '255.255.255.255', vlans: [`${P}/vlan-101`] });
    }
    for (const snats of await all('/ltm/snat-translation')) {
      expect(snats.map(({ address }) => asText(address)).sort()).toEqual([
        expect.stringMatching(/^10\.1\.0\.\d+%1$/),
        expect.stringMatching(/^fd00:2::[0-9a-f]+%1$/),
      ]);
    }
    for (const [pool] of await all('/ltm/snatpool')) expect(pool?.['members']).toHaveLength(2);
    for (const [node] of await all('/ltm/node')) {
      expect(node).toMatchObject({ address: 'fd00:2::21%1' });
    }
    await settledAndRemovable(service);
  });
});
