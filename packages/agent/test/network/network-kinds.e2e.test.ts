// Every kind of network, with every kind of source address, on TMOS versions from the oldest to the newest: made, found
// as it should be, and gone without a trace.
import type { NeutronNetwork, ServiceDefinition } from '@f5-lbaas/model';
import { afterEach, describe, expect, it } from 'vitest';
import type { NetworkSettings } from '../../src/config/network-settings.ts';
import { asText } from '../../src/object-types/property.ts';
import { isWrite, type LabDevice } from '../driver/lab.ts';
import { aNetwork, aNetworkService, going, pathsOn, type NetworkLab } from './network-lab.ts';
import { startTunnelLab, TUNNELS } from './tunnel-lab.ts';

const VERSIONS = ['11.6', '12.1', '13.1', '15.1', '17.1'];
const P = '/Project_tenant-1';

interface Kind {
  network: Partial<NeutronNetwork>;
  second: Partial<NeutronNetwork>;
  /** Of the first and of the second network. */
  links: [string, string];
  settings: Partial<NetworkSettings>;
}

const segment = (type: string, id: number): Partial<NeutronNetwork> => ({
  'provider:network_type': type,
  'provider:segmentation_id': id,
});
const flat = (physicalNetwork: string): Partial<NeutronNetwork> => ({
  'provider:network_type': 'flat',
  'provider:segmentation_id': null,
  'provider:physical_network': physicalNetwork,
});
const tunnels = (type: 'vxlan' | 'gre'): Kind => ({
  network: segment(type, 10_093),
  second: segment(type, 10_094),
  links: [`tunnel-${type}-10093`, `tunnel-${type}-10094`],
  settings: { ...TUNNELS, populateStaticArp: true },
});

const KINDS: Record<string, Kind> = {
  VLAN: {
    network: segment('vlan', 101),
    second: segment('vlan', 102),
    links: ['vlan-101', 'vlan-102'],
    settings: {},
  },
  flat: {
    network: flat('physnet1'),
    second: flat('physnet2'),
    links: ['flat-1-1', 'flat-1-2'],
    settings: {
      interfaces: [
        { physicalNetwork: 'default', interface: '1.1', isTagged: false },
        { physicalNetwork: 'physnet2', interface: '1.2', isTagged: false },
      ],
    },
  },
  VXLAN: tunnels('vxlan'),
  GRE: tunnels('gre'),
};

interface Source {
  settings: Partial<NetworkSettings>;
  translation: object;
  /** Neutron ports beside the devices' own. */
  ports: string[];
}

const SOURCES: Record<string, Source> = {
  'SNAT pool': {
    settings: { snatAddressesPerSubnet: 1 },
    translation: { type: 'snat', pool: `${P}/Project_tenant-1` },
    ports: ['snat-traffic-group-1-subnet-1_0', 'snat-traffic-group-1-subnet-2_0'],
  },
  automap: {
    settings: { snatAddressesPerSubnet: 0 },
    translation: { type: 'automap' },
    ports: [],
  },
  gateway: {
    settings: { useSnat: false },
    translation: { type: 'none' },
    ports: ['gw-subnet-2'],
  },
};

const LOCAL_PORTS = ['1', '2'].flatMap((device) =>
  ['1', '2'].map((subnet) => `local-bigip-${device}.test-subnet-${subnet}`),
);

function serviceOn({ network, second }: Kind): ServiceDefinition {
  const vteps = { vxlan_vteps: ['10.20.0.91'], gre_vteps: ['10.20.0.91'] };
  const port = {
    id: 'p',
    name: '',
    tenant_id: 'tenant-1',
    network_id: 'network-2',
    mac_address: 'fa:16:3e:00:00:21',
    device_id: '',
    device_owner: '',
    fixed_ips: [],
  };
  const member = { address: '10.2.0.21', subnet_id: 'subnet-2', network_id: 'network-2', port };
  return aNetworkService(
    {
      loadbalancer: vteps,
      listeners: [{ default_pool_id: 'lb-1-pool-1' }],
      pools: [{}],
      members: [{ ...member, ...vteps }],
    },
    [aNetwork('network-1', network), aNetwork('network-2', second)],
  );
}

const CASES = VERSIONS.flatMap((version) =>
  Object.keys(KINDS).flatMap((kind) =>
    Object.keys(SOURCES).map((source) => [version, kind, source] as const),
  ),
);

describe('networks', () => {
  let lab: NetworkLab;
  afterEach(() => lab.stop());

  async function expectMade(device: LabDevice, { links }: Kind, source: Source): Promise<void> {
    const selves = await device.list('/net/self', 'Project_tenant-1');
    const locals = selves.filter(({ name }) => asText(name).startsWith('local-'));
    expect(locals.map(({ vlan }) => vlan).sort()).toEqual(links.map((link) => `${P}/${link}`));
    const [domain] = await device.list('/net/route-domain', 'Project_tenant-1');
    expect(domain?.['vlans']).toEqual(links.map((link) => `${P}/${link}`));
    const virtuals = await device.list('/ltm/virtual', 'Project_tenant-1');
    const listener = virtuals.find(({ name }) => asText(name).includes('listener'));
    expect(listener).toMatchObject({
      destination: `${P}/Project_lb-1:80`,
      vlans: [`${P}/${links[0]}`],
      sourceAddressTranslation: source.translation,
    });
    const nodes = await device.list('/ltm/node', 'Project_tenant-1');
    expect(nodes.map(({ address }) => address)).toEqual(['10.2.0.21%1']);
  }

  it.each(CASES)('on TMOS %s: %s with %s', async (version, kindName, sourceName) => {
    const [kind, source] = [KINDS[kindName]!, SOURCES[sourceName]!];
    const settings = { ...kind.settings, ...source.settings };
    lab = await startTunnelLab(settings, { version, devices: 2 });
    const before = await Promise.all(lab.devices.map(pathsOn));
    const service = serviceOn(kind);

    const { objects } = await lab.apply(service);

    const reports = Object.values(objects).flatMap((one) => Object.values(one));
    expect(reports.filter((report) => report.provisioning_status !== 'ACTIVE')).toEqual([]);
    for (const device of lab.devices) await expectMade(device, kind, source);
    expect(lab.neutron.names).toEqual([...LOCAL_PORTS, ...source.ports].sort());

    await lab.restartDriver();
    const { differences, orphans } = await lab.driver.resyncTenant(
      'tenant-1',
      [service],
      AbortSignal.timeout(10_000),
    );
    await lab.apply(service);
    const calls = (await Promise.all(lab.devices.map((device) => device.calls()))).flat();
    expect({ differences, orphans, written: calls.filter(isWrite) }).toEqual({
      differences: [],
      orphans: [],
      written: [],
    });

    await lab.apply(going(service));
    expect(await Promise.all(lab.devices.map(pathsOn))).toEqual(before);
    expect(lab.neutron.names).toEqual([]);
  });
});
