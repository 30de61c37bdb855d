// What is told to those around a device: its switch ports which VLANs, its Neutron ports which addresses.
import { afterEach, describe, expect, it } from 'vitest';
import { asText } from '../../src/object-types/property.ts';
import { aNetworkService, going, startNetworkLab, type NetworkLab } from './network-lab.ts';

let lab: NetworkLab;
afterEach(() => lab.stop());

describe('allowed address pairs', () => {
  const pairs = (portId: string): string[] =>
    [...(lab.neutron.ports.get(portId)?.allowed_address_pairs ?? [])].sort();

  it('are kept on the ports that an operator names, and go with the addresses', async () => {
    lab = await startNetworkLab({ allowedAddressPorts: { 'subnet-1': ['device-port'] } });
    lab.neutron.addPort('device-port', 'fa:16:3e:aa:aa:aa', 'subnet-1');
    const service = aNetworkService();

    await lab.apply(service);
    await lab.apply(service);

    const own = [...lab.neutron.ports.values()]
      .filter(({ name }) => name !== '')
      .flatMap(({ fixed_ips: ips }) => ips.map(({ ip_address: ip }) => ip));
    expect(pairs('device-port')).toEqual(['10.1.0.10', ...own].sort());

    await lab.apply(going(service));
    expect(pairs('device-port')).toEqual([]);
  });

  it('find the ports by the MAC addresses of the interfaces', async () => {
    lab = await startNetworkLab({ allowedAddressPorts: 'learned' });
    const interfaces = await lab.devices[0]!.list('/net/interface');
    const mac = asText(interfaces.find(({ name }) => name === '1.1')?.['macAddress']);
    lab.neutron.addPort('device-port', mac, 'subnet-1');

    await lab.apply(aNetworkService());

    expect(pairs('device-port')).toContain('10.1.0.10');
  });

  it('are kept on ports that come later, with the next resync', async () => {
    lab = await startNetworkLab({ allowedAddressPorts: 'learned' });
    await lab.apply(aNetworkService());
    const interfaces = await lab.devices[0]!.list('/net/interface');
    const mac = asText(interfaces.find(({ name }) => name === '1.1')?.['macAddress']);
    lab.neutron.addPort('device-port', mac, 'subnet-1');

    const signal = AbortSignal.timeout(10_000);
    await lab.driver.resyncTenant('tenant-1', [aNetworkService()], signal);

    expect(pairs('device-port')).toContain('10.1.0.10');
  });
});

describe('VLAN binding', () => {
  it('opens VLANs on interfaces and closes them with the last user', async () => {
    const told: string[] = [];
    const note = (what: string) => (device: string, port: string, tag: number) => {
      told.push(`${what} ${device} ${port} ${tag}`);
      return Promise.resolve();
    };
    const vlanBinding = { allowVlan: note('allow'), pruneVlan: note('prune') };
    lab = await startNetworkLab({}, {}, { vlanBinding });
    const service = aNetworkService();

    await lab.apply(service);
    await lab.apply(going(service));

    expect(told).toEqual(['allow bigip-1.test 1.1 101', 'prune bigip-1.test 1.1 101']);
  });
});
