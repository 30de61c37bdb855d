// Tenants' networks in the lab's Neutron, and what agents make of them: the same for every transport.
import { expect } from 'vitest';
import type { DeviceDoor } from './device-door.ts';
import { at, listAt, textAt } from './json.ts';
import type { CloudName, LabApi } from './lab-api.ts';
import { waitUntil } from './wait-until.ts';

export interface NetworkSystem {
  api(cloud?: CloudName): LabApi;
  devices(): DeviceDoor[];
  /** Prefix of partitions and object names. */
  prefix: string;
}

/** Host and end point of Neutron's agent there. */
const COMPUTE = { host: 'compute-1', vtep: '10.20.0.91' };
export const L2_AGENTS = [
  {
    id: 'l2-agent-1',
    host: COMPUTE.host,
    agent_type: 'Open vSwitch agent',
    alive: true,
    admin_state_up: true,
    configurations: { tunnel_types: ['vxlan'], tunneling_ip: COMPUTE.vtep },
  },
];
const SLOW = { timeoutMs: 60_000 };
const COLLECTIONS = [
  ...['net/vlan', 'net/tunnels/tunnel', 'net/route-domain', 'net/self', 'net/arp'],
  ...['ltm/snat-translation', 'ltm/snatpool', 'ltm/virtual-address', 'ltm/virtual', 'ltm/node'],
];

export interface TenantNetwork {
  networkId: string;
  subnetId: string;
}

/** @param provider attributes, which only an administrator may give */
export async function createNetwork(
  system: NetworkSystem,
  name: string,
  cidr: string,
  provider: Record<string, unknown>,
): Promise<TenantNetwork> {
  const made = await system.api().neutron('networks', 'POST', { network: { name } });
  const networkId = textAt(made.body, 'network.id');
  await changeNetwork(system.api('lab-admin'), networkId, provider);
  const subnet = { network_id: networkId, cidr, ip_version: 4, name };
  const answer = await system.api().neutron('subnets', 'POST', { subnet });
  return { networkId, subnetId: textAt(answer.body, 'subnet.id') };
}

async function changeNetwork(
  admin: LabApi,
  networkId: string,
  provider: Record<string, unknown>,
): Promise<void> {
  const network = Object.fromEntries(
    Object.entries(provider).map(([name, value]) => [`provider:${name}`, value]),
  );
  const { status, body } = await admin.neutron(`networks/${networkId}`, 'PUT', { network });
  if (status !== 200) throw new Error(JSON.stringify(body));
}

/** Full paths of what the agent has on the device. */
async function pathsOn(device: DeviceDoor, prefix: string): Promise<string[]> {
  const lists = await Promise.all(
    COLLECTIONS.map(async (collection) => {
      const items = await device.list(collection);
      return items.map(
        (item) => `${collection.split('/').at(-1) ?? ''} ${textAt(item, 'fullPath')}`,
      );
    }),
  );
  return lists.flat().filter((path) => path.includes(` /${prefix}`));
}

async function portsOf(system: NetworkSystem): Promise<unknown[]> {
  const { body } = await system.api('lab-admin').neutron('ports');
  return listAt(body, 'ports');
}

async function portNames(system: NetworkSystem): Promise<string[]> {
  const ports = (await portsOf(system)).filter(
    (port) => at(port, 'device_owner') === 'network:f5lbaasv2' && at(port, 'name') !== '',
  );
  const own = ports.map((port) => textAt(port, 'name'));
  return own.filter((name) => !name.startsWith('loadbalancer-')).sort();
}

async function createLoadBalancer(
  api: LabApi,
  vip: TenantNetwork,
  member: { address: string; subnetId: string },
): Promise<string> {
  const { address, subnetId: subnet_id } = member;
  const create = (): Promise<string> =>
    api.create('loadbalancers', 'loadbalancer', {
      name: 'networks',
      vip_subnet_id: vip.subnetId,
      listeners: [
        {
          protocol: 'HTTP',
          protocol_port: 80,
          default_pool: {
            name: 'pool',
            protocol: 'HTTP',
            lb_algorithm: 'ROUND_ROBIN',
            members: [{ address, protocol_port: 8080, subnet_id }],
          },
        },
      ],
    });
  return waitUntil('it is accepted, once the server knows of the agent', create, SLOW);
}

async function expectNothingLeft(system: NetworkSystem): Promise<void> {
  await waitUntil(
    'nothing is left on any device and in Neutron',
    async () => {
      for (const device of system.devices()) {
        expect(await pathsOn(device, system.prefix)).toEqual([]);
      }
      expect(await portNames(system)).toEqual([]);
      return true;
    },
    SLOW,
  );
}

/** VLANs with SNAT; the devices' own Neutron ports let their addresses through. */
export async function vlanScenario(system: NetworkSystem): Promise<void> {
  const api = system.api();
  const clients = await createNetwork(system, 'clients', '10.1.0.0/24', {
    network_type: 'vlan',
    segmentation_id: 101,
    physical_network: 'physnet1',
  });
  const servers = await createNetwork(system, 'servers', '10.2.0.0/24', {
    network_type: 'vlan',
    segmentation_id: 102,
    physical_network: 'physnet1',
  });
  const devicePorts = await portsOfDevices(system, clients);
  const member = { address: '10.2.0.21', subnetId: servers.subnetId };

  const id = await createLoadBalancer(api, clients, member);
  const body = await api.active(id, SLOW);

  const vip = textAt(body, 'vip_address');
  const snats = [clients, servers].map(({ subnetId }) => `snat-traffic-group-1-${subnetId}_0`);
  const names = ['bigip-a.lab', 'bigip-b.lab'].flatMap((device) =>
    [clients, servers].map(({ subnetId }) => `local-${device}-${subnetId}`),
  );
  expect(await portNames(system)).toEqual([...names, ...snats].sort());
  for (const device of system.devices()) {
    const paths = (await pathsOn(device, system.prefix)).map((path) => path.replace(/\/.*\//, ''));
    expect(paths).toEqual(
      expect.arrayContaining([
        'vlan vlan-101',
        'vlan vlan-102',
        ...snats.map((n) => `snat-translation ${n}`),
      ]),
    );
    expect(paths.some((path) => /^node 10\.2\.0\.21%\d+$/.test(path))).toBe(true);
  }
  const addresses = (await portsOf(system))
    .filter((port) => [...names, ...snats].includes(String(at(port, 'name'))))
    .filter((port) => at(port, 'fixed_ips.0.subnet_id') === clients.subnetId)
    .map((port) => textAt(port, 'fixed_ips.0.ip_address'));
  for (const pairs of await pairsOf(system, devicePorts)) {
    expect(pairs).toEqual([...addresses, vip].sort());
  }

  await api.removeLoadBalancer(id);
  await expectNothingLeft(system);
  for (const pairs of await pairsOf(system, devicePorts)) expect(pairs).toEqual([]);
}

/** Ports in the network with the MAC addresses of the devices' interfaces. @returns their ids */
async function portsOfDevices(system: NetworkSystem, network: TenantNetwork): Promise<string[]> {
  const ids: string[] = [];
  for (const device of system.devices()) {
    const [one] = (await device.list('net/interface')).filter((item) => at(item, 'name') === '1.1');
    const port = { network_id: network.networkId, mac_address: textAt(one, 'macAddress') };
    const { body } = await system.api('lab-admin').neutron('ports', 'POST', { port });
    ids.push(textAt(body, 'port.id'));
  }
  return ids;
}

async function pairsOf(system: NetworkSystem, portIds: readonly string[]): Promise<string[][]> {
  const ports = (await portsOf(system)).filter((port) => portIds.includes(textAt(port, 'id')));
  return ports.map((port) =>
    listAt(port, 'allowed_address_pairs')
      .map((pair) => textAt(pair, 'ip_address'))
      .sort(),
  );
}

/** A tunnelled network with a member on a host of Neutron's. */
export async function vxlanScenario(system: NetworkSystem): Promise<void> {
  const api = system.api();
  const network = await createNetwork(system, 'tunnelled', '10.3.0.0/24', {
    network_type: 'vxlan',
    segmentation_id: 93,
  });
  for (const [n, device] of system.devices().entries()) {
    await device.create('net/vlan', { name: 'underlay', partition: 'Common', tag: 4000 });
    const place = { name: 'vtep', partition: 'Common', vlan: '/Common/underlay' };
    await device.create('net/self', { ...place, address: `10.20.0.${n + 5}/24` });
  }
  const fixed_ips = [{ subnet_id: network.subnetId, ip_address: '10.3.0.21' }];
  const port = { network_id: network.networkId, fixed_ips, 'binding:host_id': COMPUTE.host };
  const made = await system.api('lab-admin').neutron('ports', 'POST', { port });
  const mac = textAt(made.body, 'port.mac_address');
  const member = { address: '10.3.0.21', subnetId: network.subnetId };

  const id = await createLoadBalancer(api, network, member);
  await api.active(id, SLOW);

  for (const [n, device] of system.devices().entries()) {
    const [tunnel] = (await device.list('net/tunnels/tunnel')).filter(
      (item) => at(item, 'description') === network.networkId,
    );
    expect(tunnel).toMatchObject({ name: 'tunnel-vxlan-93', localAddress: `10.20.0.${n + 5}` });
    const path = textAt(tunnel, 'fullPath').replaceAll('/', '~');
    const records = await device.list(`net/fdb/tunnel/${path}/records`);
    expect(records).toMatchObject([
      { name: '02:00:5d:14:00:5b', endpoint: `${COMPUTE.vtep}%0` },
      { name: mac, endpoint: `${COMPUTE.vtep}%0` },
    ]);
    const arp = await device.list('net/arp');
    expect(arp).toMatchObject([{ name: mac, macAddress: mac }]);
  }
  await api.removeLoadBalancer(id);
  await expectNothingLeft(system);
}

/** A network that gets its segment only later: the change waits, and goes on by itself. */
export async function segmentScenario(
  system: NetworkSystem,
  hasWaited: () => boolean | Promise<boolean>,
): Promise<void> {
  const api = system.api();
  const network = await createNetwork(system, 'unbound', '10.4.0.0/24', {
    network_type: 'vlan',
    segmentation_id: null,
    physical_network: 'physnet9',
  });
  const id = await createLoadBalancer(api, network, {
    address: '10.4.0.21',
    subnetId: network.subnetId,
  });
  await waitUntil('the agent has found no segment', hasWaited, SLOW);
  expect(at(await api.show('loadbalancers', id), 'provisioning_status')).toBe('PENDING_CREATE');

  await changeNetwork(system.api('lab-admin'), network.networkId, { segmentation_id: 301 });

  await api.active(id, SLOW);
  for (const device of system.devices()) {
    const vlans = (await device.list('net/vlan')).map((item) => at(item, 'name'));
    expect(vlans).toContain('vlan-301');
  }
  await api.removeLoadBalancer(id);
  await expectNothingLeft(system);
}
