// Tunnelled networks: tunnels, whom they reach, and what Neutron's l2population messages say about that.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { afterEach, describe, expect, it } from 'vitest';
import { forwardingChanges } from '../../src/manager/tunnel-messages.ts';
import type { NetworkSettings } from '../../src/config/network-settings.ts';
import { asText } from '../../src/object-types/property.ts';
import {
  aNetwork,
  aNetworkService,
  going,
  pathsOn,
  startNetworkLab,
  type NetworkLab,
} from './network-lab.ts';

let lab: NetworkLab;
afterEach(() => lab.stop());

const P = '/Project_tenant-1';
const TUNNELS: Partial<NetworkSettings> = {
  vtep: { folder: 'Common', selfIpName: 'vtep' },
  tunnelTypes: ['vxlan', 'gre'],
};

async function startTunnelLab(
  settings: Partial<NetworkSettings> = {},
  version = '16.1',
): Promise<void> {
  lab = await startNetworkLab({ ...TUNNELS, ...settings }, { version });
  const signal = AbortSignal.timeout(2_000);
  for (const [n, { reader }] of lab.devices.entries()) {
    await reader.create('/net/vlan', { name: 'underlay', partition: 'Common', tag: 4000 }, signal);
    await reader.create(
      '/net/self',
      {
        name: 'vtep',
        partition: 'Common',
        address: `10.20.0.${n + 5}/24`,
        vlan: '/Common/underlay',
      },
      signal,
    );
  }
  await lab.restartDriver();
}

function tunnelled(type: 'vxlan' | 'gre', memberPart: object = {}): ServiceDefinition {
  const key = type === 'vxlan' ? 'vxlan_vteps' : 'gre_vteps';
  const port = {
    id: 'p',
    name: '',
    tenant_id: 'tenant-1',
    network_id: 'network-1',
    mac_address: 'fa:16:3e:00:00:21',
    device_id: '',
    device_owner: '',
    fixed_ips: [],
  };
  return aNetworkService(
    {
      loadbalancer: { [key]: ['10.20.0.91', '10.20.0.92', '10.20.0.5'] },
      pools: [{}],
      members: [
        {
          address: '10.1.0.21',
          subnet_id: 'subnet-1',
          network_id: 'network-1',
          port,
          [key]: ['10.20.0.92'],
          ...memberPart,
        },
      ],
    },
    [aNetwork('network-1', { 'provider:network_type': type, 'provider:segmentation_id': 10_093 })],
  );
}

async function recordsOf(tunnel: string): Promise<[string, string][]> {
  const path = `/net/fdb/tunnel/~Project_tenant-1~${tunnel}/records`;
  const items = await lab.devices[0]!.reader.list(path, {}, AbortSignal.timeout(1_000));
  return items
    .map((item): [string, string] => [asText(item['name']), asText(item['endpoint'])])
    .sort();
}

describe('tunnels', () => {
  it.each(['11.6', '12.1', '16.1'])(
    'reach peers and members, and go with the last user (TMOS %s)',
    async (version) => {
      await startTunnelLab({}, version);
      const service = tunnelled('vxlan');

      const outcome = await lab.apply(service);

      expect(outcome.objects.loadbalancers).toMatchObject({
        'lb-1': { provisioning_status: 'ACTIVE' },
      });
      const tunnels = await lab.devices[0]!.list('/net/tunnels/tunnel');
      expect(tunnels.find(({ name }) => name === 'tunnel-vxlan-10093')).toMatchObject({
        key: 10_093,
        localAddress: '10.20.0.5',
        profile: '/Common/vxlan_ovs',
        description: 'network-1',
      });
      const [self] = (await lab.devices[0]!.list('/net/self')).filter(
        ({ partition }) => partition !== 'Common',
      );
      expect(self).toMatchObject({ vlan: `${P}/tunnel-vxlan-10093` });

      await lab.restartDriver();
      await lab.devices[0]!.forgetCalls();
      await lab.driver.resyncTenant('tenant-1', [service], AbortSignal.timeout(10_000));
      const writes = (await lab.devices[0]!.calls()).filter(({ method }) => method !== 'GET');
      expect(writes).toEqual([]);

      await lab.apply(going(service));
      expect(await pathsOn(lab.devices[0]!)).toEqual(['vlan /Common/underlay']);
      expect(lab.neutron.names).toEqual([]);
    },
  );

  it('of GRE have a profile of their own; entries name every peer but the device itself', async () => {
    await startTunnelLab();

    await lab.apply(tunnelled('gre'));

    const tunnels = await lab.devices[0]!.list('/net/tunnels/tunnel');
    expect(tunnels.find(({ name }) => name === 'tunnel-gre-10093')).toMatchObject({
      profile: '/Common/gre_ovs',
    });
    expect(await recordsOf('tunnel-gre-10093')).toEqual([
      ['02:27:6d:14:00:5b', '10.20.0.91%0'],
      ['02:27:6d:14:00:5c', '10.20.0.92%0'],
      ['fa:16:3e:00:00:21', '10.20.0.92%0'],
    ]);
  });

  it('have static ARP entries where configured, which go with the tunnel', async () => {
    await startTunnelLab({ populateStaticArp: true });
    const service = tunnelled('vxlan');

    await lab.apply(service);

    expect(await lab.devices[0]!.list('/net/arp')).toMatchObject([
      { fullPath: `${P}/fa:16:3e:00:00:21`, ipAddress: '10.1.0.21%1' },
    ]);
    await lab.apply(going(service));
    expect(await lab.devices[0]!.list('/net/arp')).toEqual([]);
  });

  it('forget members that go', async () => {
    await startTunnelLab({ populateStaticArp: true });
    await lab.apply(tunnelled('vxlan'));

    await lab.apply(tunnelled('vxlan', { provisioning_status: 'PENDING_DELETE' }));

    expect(await recordsOf('tunnel-vxlan-10093')).toEqual([
      ['02:27:6d:14:00:5b', '10.20.0.91%0'],
      ['02:27:6d:14:00:5c', '10.20.0.92%0'],
    ]);
    expect(await lab.devices[0]!.list('/net/arp')).toEqual([]);
  });

  it('follow what Neutron says of peers, and keep it over later changes', async () => {
    await startTunnelLab();
    await lab.apply(tunnelled('gre'));
    const before = await recordsOf('tunnel-gre-10093');
    const fdb = {
      'network-1': {
        network_type: 'gre',
        segment_id: 10_093,
        ports: {
          '10.20.0.93': [
            ['00:00:00:00:00:00', '0.0.0.0'],
            ['FA:16:3E:00:00:99', '10.1.0.99'],
          ],
          '10.20.0.5': [['fa:16:3e:00:00:55', '10.1.0.55']],
        },
      },
      elsewhere: {
        network_type: 'gre',
        segment_id: 7,
        ports: { '10.20.0.93': [['fa:16:3e:00:00:77', '10.1.0.77']] },
      },
    };
    const tell = async (action: 'add' | 'remove'): Promise<void> => {
      for (const change of forwardingChanges(fdb, action)) {
        await lab.driver.updateForwarding(change, AbortSignal.timeout(2_000));
      }
    };

    await tell('add');
    await lab.apply(tunnelled('gre'));

    expect(await recordsOf('tunnel-gre-10093')).toEqual([
      ...before,
      ['fa:16:3e:00:00:99', '10.20.0.93%0'],
    ]);
    await tell('remove');
    expect(await recordsOf('tunnel-gre-10093')).toEqual(before);
  });

  it('need the end point that operators make', async () => {
    lab = await startNetworkLab(TUNNELS);

    const outcome = await lab.apply(tunnelled('vxlan'));

    expect(outcome.objects.loadbalancers?.['lb-1']).toMatchObject({
      provisioning_status: 'ERROR',
      reason: expect.stringContaining('missing the VTEP self IP /Common/vtep') as string,
    });
    expect(lab.driver.operational).toBe(true);
  });
});
