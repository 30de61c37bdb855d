// Emulated devices, a driver that puts networks on them, a Neutron stand-in for their ports, and services that use
// networks of every kind.
import type { NeutronNetwork, NeutronSubnet, ServiceDefinition } from '@f5-lbaas/model';
import { aService, type ServiceParts } from '@f5-lbaas/testkit';
import type { NetworkOptions } from '../../src/driver/icontrol-driver-options.ts';
import type { NetworkSettings } from '../../src/config/network-settings.ts';
import { asText } from '../../src/object-types/property.ts';
import { startLab, type Lab, type LabDevice, type LabOptions } from '../driver/lab.ts';
import { NeutronStandIn } from './neutron-stand-in.ts';

export const SETTINGS: NetworkSettings = {
  useNamespaces: true,
  routeDomainsPerTenant: 1,
  isRouteDomainStrict: false,
  useSnat: true,
  snatAddressesPerSubnet: 1,
  commonNetworks: false,
  commonExternalNetworks: true,
  existingVlans: {},
  interfaces: [{ physicalNetwork: 'default', interface: '1.1', isTagged: true }],
  tunnelTypes: [],
  populateStaticArp: false,
  l2Population: false,
  vnicType: 'baremetal',
};

export interface NetworkLab extends Lab {
  neutron: NeutronStandIn;
}

export async function startNetworkLab(
  settings: Partial<NetworkSettings> = {},
  options: LabOptions = {},
  more: Partial<NetworkOptions> = {},
): Promise<NetworkLab> {
  const neutron = new NeutronStandIn();
  const ports = await neutron.start();
  const networks = { settings: { ...SETTINGS, ...settings }, ports, ...more };
  const lab = await startLab({ ...options, driver: { ...options.driver, networks } });
  const stopDevices = lab.stop.bind(lab);
  const stop = async (): Promise<void> => {
    await stopDevices();
    await neutron.transport.close();
  };
  return Object.assign(lab, { neutron, stop });
}

export function aNetwork(id: string, part: Partial<NeutronNetwork> = {}): NeutronNetwork {
  return {
    id,
    name: id,
    tenant_id: 'tenant-1',
    shared: false,
    'router:external': false,
    'provider:network_type': 'vlan',
    'provider:segmentation_id': 101,
    'provider:physical_network': 'physnet1',
    subnets: [],
    ...part,
  };
}

export function aSubnet(
  id: string,
  networkId: string,
  cidr: string,
  part: Partial<NeutronSubnet> = {},
): NeutronSubnet {
  return {
    id,
    name: id,
    tenant_id: 'tenant-1',
    network_id: networkId,
    ip_version: 4,
    cidr,
    gateway_ip: cidr.replace(/\.0\/.*$/, '.1'),
    ...part,
  };
}

/** VIP 10.1.0.10 on subnet-1 of network-1 (VLAN 101); subnet-2 of network-2 (VLAN 102) for members. */
export function aNetworkService(
  parts: ServiceParts = {},
  networks: NeutronNetwork[] = [
    aNetwork('network-1'),
    aNetwork('network-2', { 'provider:segmentation_id': 102 }),
  ],
  subnets: NeutronSubnet[] = [
    aSubnet('subnet-1', 'network-1', '10.1.0.0/24'),
    aSubnet('subnet-2', 'network-2', '10.2.0.0/24'),
  ],
): ServiceDefinition {
  const service = aService({
    ...parts,
    loadbalancer: { vip_address: '10.1.0.10', ...parts.loadbalancer },
  });
  return {
    ...service,
    networks: Object.fromEntries(networks.map((one) => [one.id, one])),
    subnets: Object.fromEntries(subnets.map((one) => [one.id, one])),
  };
}

export function going(service: ServiceDefinition): ServiceDefinition {
  return {
    ...service,
    loadbalancer: { ...service.loadbalancer, provisioning_status: 'PENDING_DELETE' },
  };
}

const COLLECTIONS = [
  '/net/vlan',
  '/net/tunnels/tunnel',
  '/net/route-domain',
  '/net/self',
  '/net/arp',
  '/net/ndp',
  '/ltm/snat-translation',
  '/ltm/snatpool',
  '/ltm/virtual-address',
  '/ltm/virtual',
  '/ltm/node',
];
const OF_THE_DEVICE = /(tunnel$|\/0$|mgmt|^\/Common\/vtep$)/;

/** Full paths of everything that a device holds, without what it had from the start. */
export async function pathsOn(device: LabDevice): Promise<string[]> {
  const lists = await Promise.all(
    COLLECTIONS.map(async (collection) => {
      const items = await device.list(collection);
      const paths = items.map((item) => asText(item['fullPath']));
      return paths
        .filter((path) => !(path.startsWith('/Common/') && OF_THE_DEVICE.test(path)))
        .map((path) => `${collection.split('/').at(-1) ?? ''} ${path}`);
    }),
  );
  const folders = (await device.list('/sys/folder'))
    .map((item) => asText(item['fullPath']))
    .filter((path) => /^\/Project_[^/]+$/.test(path))
    .map((path) => `folder ${path}`);
  return [...folders, ...lists.flat()].sort();
}
