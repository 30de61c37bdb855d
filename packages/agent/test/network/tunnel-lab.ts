// Emulated devices with an end point for tunnels, and services in tunnelled networks.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { asText } from '../../src/object-types/property.ts';
import type { NetworkOptions } from '../../src/driver/icontrol-driver-options.ts';
import type { NetworkSettings } from '../../src/config/network-settings.ts';
import type { LabOptions } from '../driver/lab.ts';
import { aNetwork, aNetworkService, startNetworkLab, type NetworkLab } from './network-lab.ts';

export const TUNNELS: Partial<NetworkSettings> = {
  vtep: { folder: 'Common', selfIpName: 'vtep' },
  tunnelTypes: ['vxlan', 'gre'],
};

export interface TunnelLabOptions extends LabOptions {
  /** Of the n-th device, with length. */
  vtep?: (n: number) => string;
}

/** Device n ends tunnels at 10.20.0.5 + n. */
export async function startTunnelLab(
  settings: Partial<NetworkSettings> = {},
  { vtep = (n) => `10.20.0.${n + 5}/24`, ...options }: TunnelLabOptions = {},
  more: Partial<NetworkOptions> = {},
): Promise<NetworkLab> {
  const lab = await startNetworkLab({ ...TUNNELS, ...settings }, options, more);
  for (const [n, { reader }] of lab.devices.entries()) {
    await reader.create('/net/vlan', { name: 'underlay', partition: 'Common', tag: 4000 });
    const place = { name: 'vtep', partition: 'Common', vlan: '/Common/underlay' };
    await reader.create('/net/self', { ...place, address: vtep(n) });
  }
  await lab.restartDriver();
  return lab;
}

/** VIP and one member at 10.1.0.21, MAC fa:16:3e:00:00:21, end point 10.20.0.92, on network-1, segment 10093. */
export function tunnelled(type: 'vxlan' | 'gre', memberPart: object = {}): ServiceDefinition {
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

/** `[mac, end point]` of a tunnel in the tenant's partition, without route domain 0. */
export async function recordsOf(
  { reader }: NetworkLab['devices'][number],
  tunnel: string,
): Promise<[string, string][]> {
  const path = `/net/fdb/tunnel/~Project_tenant-1~${tunnel}/records`;
  const items = await reader.list(path, {});
  return items
    .map((item): [string, string] => [
      asText(item['name']),
      asText(item['endpoint']).replace(/%0$/, ''),
    ])
    .sort();
}
