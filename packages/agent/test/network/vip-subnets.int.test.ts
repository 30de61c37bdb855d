// Additional VIPs where the agent makes networks: each subnet is on the devices, and what it needs goes with it.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { afterEach, expect, it } from 'vitest';
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
const ADDITIONAL = { subnet_id: 'subnet-2', ip_address: '10.2.0.10', port_id: 'vip-port' };

function service(): ServiceDefinition {
  return aNetworkService(
    { loadbalancer: { additional_vips: [ADDITIONAL] }, listeners: [{}] },
    [aNetwork('network-1')],
    [
      aSubnet('subnet-1', 'network-1', '10.1.0.0/24'),
      aSubnet('subnet-2', 'network-1', '10.2.0.0/24'),
    ],
  );
}

it('has self IPs and SNAT addresses in the subnets of all VIPs, in one VLAN and route domain', async () => {
  lab = await startNetworkLab();

  const { objects } = await lab.apply(service());

  expect(objects.loadbalancers?.['lb-1']).toMatchObject({ provisioning_status: 'ACTIVE' });
  const paths = await pathsOn(lab.devices[0]!);
  expect(paths.filter((path) => path.startsWith('vlan '))).toEqual([`vlan ${P}/vlan-101`]);
  expect(paths).toEqual(
    expect.arrayContaining([
      `self ${P}/local-bigip-1.test-subnet-1`,
      `self ${P}/local-bigip-1.test-subnet-2`,
      `snat-translation ${P}/snat-traffic-group-local-only-subnet-2_0`,
    ]),
  );
  const addresses = await lab.devices[0]!.list('/ltm/virtual-address');
  expect(addresses.map(({ address }) => address).sort()).toEqual(['10.1.0.10%1', '10.2.0.10%1']);
  for (const virtual of await lab.devices[0]!.list('/ltm/virtual')) {
    expect(virtual).toMatchObject({ vlans: [`${P}/vlan-101`] });
  }

  await lab.apply(going(service()));

  expect(await pathsOn(lab.devices[0]!)).toEqual([]);
  expect(lab.neutron.names).toEqual([]);
});

it('keeps all VIPs on the ports of the devices', async () => {
  lab = await startNetworkLab({
    allowedAddressPorts: { 'subnet-1': ['device-port'], 'subnet-2': ['device-port'] },
  });
  lab.neutron.addPort('device-port', 'fa:16:3e:aa:aa:aa', 'subnet-1');
  const pairs = (): string[] => lab.neutron.ports.get('device-port')?.allowed_address_pairs ?? [];

  await lab.apply(service());
  expect(pairs()).toEqual(expect.arrayContaining(['10.1.0.10', '10.2.0.10']));
  await lab.apply(going(service()));

  expect(pairs()).toEqual([]);
});

it('says which VIP’s subnet cannot be had', async () => {
  lab = await startNetworkLab();
  lab.neutron.exhausted.add('subnet-2');

  const { objects } = await lab.apply(service());

  expect(objects.loadbalancers?.['lb-1']).toMatchObject({
    provisioning_status: 'ERROR',
    reason: expect.stringContaining('subnet subnet-2') as string,
  });
});
