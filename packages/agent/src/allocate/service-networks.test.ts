import { systemClock } from '@f5-lbaas/platform';
import { aService } from '@f5-lbaas/testkit';
import { describe, expect, it } from 'vitest';
import type { PlacedNetwork } from '../compile/service-networks.ts';
import type { NetworkSettings } from '../config/network-settings.ts';
import { ForwardingNews } from './forwarding-news.ts';
import { networkNeeds } from './needs.ts';
import { serviceNetworks, snatNames, type NetworkDevice } from './service-networks.ts';

const SETTINGS: NetworkSettings = {
  useNamespaces: true,
  routeDomainsPerTenant: 1,
  isRouteDomainStrict: false,
  useSnat: true,
  snatAddressesPerSubnet: 2,
  commonNetworks: false,
  commonExternalNetworks: true,
  existingVlans: {},
  interfaces: [
    { physicalNetwork: 'default', interface: '1.1', isTagged: true },
    { physicalNetwork: 'physnet1', interface: '1.2', isTagged: true },
    { physicalNetwork: 'physnet1', interface: '2.1', isTagged: false, host: '10.0.0.2' },
  ],
  tunnelTypes: [],
  populateStaticArp: false,
  l2Population: false,
  vnicType: 'baremetal',
};
const CONTEXT = {
  settings: SETTINGS,
  tenantId: 'tenant-1',
  partition: 'Project_tenant-1',
  haType: 'pair' as const,
  trafficGroups: ['traffic-group-1', 'traffic-group-2'],
  news: new ForwardingNews(systemClock),
};

function linkOn(
  device: Partial<NetworkDevice>,
  physicalNetwork = 'physnet1',
  { kind = 'vlan', likeHost }: { kind?: string; likeHost?: string } = {},
): PlacedNetwork {
  const service = {
    ...aService(),
    networks: {
      'network-1': {
        id: 'network-1',
        name: '',
        tenant_id: 'tenant-1',
        shared: false,
        subnets: [],
        'provider:network_type': kind,
        'provider:segmentation_id': 101,
        'provider:physical_network': physicalNetwork,
      },
    },
    subnets: {
      'subnet-1': {
        id: 'subnet-1',
        name: '',
        tenant_id: 'tenant-1',
        network_id: 'network-1',
        ip_version: 4 as const,
        cidr: '127.10.0.0/24',
        gateway_ip: null,
      },
    },
  };
  const all = { host: '10.0.0.1', deviceName: 'a', localAddress: undefined, isGuest: false };
  const allocation = { routeDomains: new Map(), addresses: new Map<string, string>() };
  const needs = networkNeeds(service, SETTINGS);
  const networks = serviceNetworks(service, needs, { ...all, ...device }, allocation, {
    ...CONTEXT,
    likeHost,
  });
  return networks.subnets[0]!.network;
}

describe('interfaces of VLANs', () => {
  it.each([
    ['of the physical network', {}, 'physnet1', { name: '1.2', tagged: true }],
    [
      'of the physical network on that device',
      { host: '10.0.0.2:8443' },
      'physnet1',
      { name: '2.1', tagged: false },
    ],
    ['of all others', {}, 'physnet9', { name: '1.1', tagged: true }],
  ])('are those %s', (_, device, physicalNetwork, expected) => {
    expect(linkOn(device, physicalNetwork).interface).toEqual(expected);
  });

  it('are the device’s own where config sync makes links of one name of them', () => {
    const device = { host: '10.0.0.2' };

    const own = linkOn(device, 'physnet1', { kind: 'flat' });
    const like = linkOn(device, 'physnet1', { kind: 'flat', likeHost: '10.0.0.1' });

    expect([own.path, like.path]).toEqual([
      '/Project_tenant-1/flat-2-1',
      '/Project_tenant-1/flat-1-2',
    ]);
    expect(like.interface).toEqual({ name: '2.1', tagged: false });
  });

  it('are on an interface of the host on a vCMP guest', () => {
    expect(linkOn({ isGuest: true })).toMatchObject({ path: '/Project_tenant-1/vlan-101' });
    expect(linkOn({ isGuest: true })).toMatchObject({
      isOnGuest: true,
      interface: { name: '1.2' },
    });
  });
});

describe('SNAT addresses', () => {
  it.each([
    ['standalone', 'traffic-group-local-only'],
    ['pair', 'traffic-group-1'],
    ['scalen', 'traffic-group-[12]'],
  ] as const)('of a %s group are named by its traffic group', (haType, group) => {
    const [first = '', second = ''] = snatNames('subnet-1', { ...CONTEXT, haType });

    expect(first).toMatch(new RegExp(`^snat-${group}-subnet-1_0$`));
    expect(second).toMatch(/_1$/);
  });

  it('are none without SNAT', () => {
    const settings = { ...SETTINGS, useSnat: false };
    expect(snatNames('subnet-1', { ...CONTEXT, settings })).toEqual([]);
  });
});
