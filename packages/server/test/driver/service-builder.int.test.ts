// The service definition with layer 2 data: complete, in few Neutron calls, nothing shared between builds.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ServiceBuilder } from '../../src/service-builder/service-builder.ts';
import { startDriver, type Harness } from './harness.ts';
import type { StubAgent } from './stub-agent.ts';

let server: Harness;
let agent: StubAgent;
let lb: string;
let pool: string;

beforeEach(async () => {
  server = await startDriver();
  agent = await server.agent('agent-1', {
    configurations: {
      global_routed_mode: false,
      tunnel_types: ['vxlan'],
      network_segment_physical_network: 'rack-7',
    },
  });
  lb = await server.api.createLoadBalancer();
  await server.settled();
  await agent.finish(lb);
  pool = await server.api.createPool(lb);
  await server.settled();
  await agent.finish(lb);
});
afterEach(() => server.stop());

async function build() {
  const [row] = await server.storage.read.agents.list();
  return (await new ServiceBuilder(server).build(lb, row!))!;
}

async function addMember(address: string, subnetId: string): Promise<string> {
  const id = await server.api.createMember(lb, pool, address);
  await server.storage.transaction((r) => r.members.update(id, { subnet_id: subnetId }));
  await server.settled();
  await agent.finish(lb);
  return id;
}

it('gives members their network, port and tunnel end points', async () => {
  const network = server.neutron.addNetwork({ 'provider:network_type': 'vxlan' });
  const subnet = server.neutron.addSubnet({ network_id: network.id });
  const port = server.neutron.addPort({
    network_id: network.id,
    fixed_ips: [{ subnet_id: subnet.id, ip_address: '10.0.1.7' }],
    'binding:host_id': 'compute-1',
  });
  for (const [host, tunneling_ip] of [
    ['compute-1', '192.0.2.1'],
    ['compute-2', '192.0.2.2'],
  ]) {
    const configurations = { tunnel_types: ['vxlan'], tunneling_ip };
    server.neutron.agents.push({ host, configurations });
  }
  const withPort = await addMember('10.0.1.7', subnet.id);
  const without = await addMember('10.0.1.8', subnet.id);

  const service = await build();

  const byId = new Map(service.members.map((member) => [member.id, member]));
  expect(byId.get(withPort)).toMatchObject({
    network_id: network.id,
    port: { id: port.id },
    vxlan_vteps: ['192.0.2.1'],
    gre_vteps: [],
  });
  expect(byId.get(without)).not.toHaveProperty('port');
  expect(service.subnets[subnet.id]).toMatchObject({ cidr: '10.0.0.0/24' });
});

it('knows the subnets of additional VIPs', async () => {
  const subnet = server.neutron.addSubnet({ network_id: server.neutron.addNetwork().id });
  const additional_vips = [{ subnet_id: subnet.id, ip_address: '10.0.9.7', port_id: null }];
  await server.storage.transaction((r) => r.loadbalancers.update(lb, { additional_vips }));

  const service = await build();

  expect(service.loadbalancer.additional_vips).toEqual(additional_vips);
  expect(service.subnets[subnet.id]).toMatchObject({ network_id: subnet.network_id });
});

it('shows the segment on the agent’s physical network without changing what Neutron said', async () => {
  const { vip_network_id } = await server.storage.read.loadbalancers.get(lb);
  const network = server.neutron.networks.get(vip_network_id!)!;
  network['provider:network_type'] = 'vxlan';
  network['segments'] = [
    { 'provider:network_type': 'vxlan', 'provider:segmentation_id': 5 },
    {
      'provider:network_type': 'vlan',
      'provider:segmentation_id': 777,
      'provider:physical_network': 'rack-7',
    },
  ];

  const service = await build();

  expect(service.networks[network.id]).toMatchObject({
    'provider:network_type': 'vlan',
    'provider:segmentation_id': 777,
  });
  expect(network['provider:segmentation_id']).toBe(100);
});

it('asks Neutron as often for fifty members as for one', async () => {
  const subnet = server.neutron.addSubnet({ network_id: server.neutron.addNetwork().id });
  await addMember('10.0.1.1', subnet.id);
  server.neutron.calls.length = 0;
  await build();
  const one = [...server.neutron.calls];

  for (let i = 2; i <= 50; i += 1) await addMember(`10.0.1.${i}`, subnet.id);
  server.neutron.calls.length = 0;
  await build();

  expect(server.neutron.calls).toEqual(one);
  expect(one).toEqual(['getPort', 'listSubnets', 'listNetworks', 'listPorts']);
});

it('needs Neutron only where the agent configures layer 2', async () => {
  server.neutron.away = true;
  await expect(build()).rejects.toMatchObject({ kind: 'unavailable' });

  const routed = await server.agent('agent-1');
  expect(routed.host).toBe('agent-1');
  expect(await build()).toMatchObject({ pools: [{ id: pool }], networks: {}, subnets: {} });
});
