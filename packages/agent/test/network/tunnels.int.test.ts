// Tunnelled networks: tunnels, and whom service definitions say that they reach.
import { afterEach, describe, expect, it } from 'vitest';
import { going, pathsOn, startNetworkLab, type NetworkLab } from './network-lab.ts';
import { recordsOf, startTunnelLab, tunnelled, TUNNELS } from './tunnel-lab.ts';

let lab: NetworkLab;
afterEach(() => lab.stop());

const P = '/Project_tenant-1';
const records = (tunnel: string) => recordsOf(lab.devices[0]!, tunnel);

describe('tunnels', () => {
  it.each(['11.6', '12.1', '16.1'])(
    'reach peers and members, and go with the last user (TMOS %s)',
    async (version) => {
      lab = await startTunnelLab({}, { version });
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
    lab = await startTunnelLab();

    await lab.apply(tunnelled('gre'));

    const tunnels = await lab.devices[0]!.list('/net/tunnels/tunnel');
    expect(tunnels.find(({ name }) => name === 'tunnel-gre-10093')).toMatchObject({
      profile: '/Common/gre_ovs',
    });
    expect(await records('tunnel-gre-10093')).toEqual([
      ['02:27:6d:14:00:5b', '10.20.0.91'],
      ['02:27:6d:14:00:5c', '10.20.0.92'],
      ['fa:16:3e:00:00:21', '10.20.0.92'],
    ]);
  });

  it('have static ARP entries where configured, which go with the tunnel', async () => {
    lab = await startTunnelLab({ populateStaticArp: true });
    const service = tunnelled('vxlan');

    await lab.apply(service);

    expect(await lab.devices[0]!.list('/net/arp')).toMatchObject([
      { fullPath: `${P}/fa:16:3e:00:00:21`, ipAddress: '10.1.0.21%1' },
    ]);
    await lab.apply(going(service));
    expect(await lab.devices[0]!.list('/net/arp')).toEqual([]);
  });

  it('forget members that go', async () => {
    lab = await startTunnelLab({ populateStaticArp: true });
    await lab.apply(tunnelled('vxlan'));

    await lab.apply(tunnelled('vxlan', { provisioning_status: 'PENDING_DELETE' }));

    expect(await records('tunnel-vxlan-10093')).toEqual([
      ['02:27:6d:14:00:5b', '10.20.0.91'],
      ['02:27:6d:14:00:5c', '10.20.0.92'],
    ]);
    expect(await lab.devices[0]!.list('/net/arp')).toEqual([]);
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
