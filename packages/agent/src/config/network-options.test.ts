import { readConfiguration } from '@f5-lbaas/platform';
import { describe, expect, it } from 'vitest';
import { AGENT_INI_OPTIONS } from './agent-ini.ts';
import { agentSettings } from './agent-settings.ts';

const read = (more = '') => {
  const text = `[DEFAULT]
transport_url = rabbit://guest:guest@127.0.0.1/
icontrol_hostname = 10.0.0.1
icontrol_password = secret
f5_global_routed_mode = False
${more}`;
  const { values } = readConfiguration(AGENT_INI_OPTIONS, [{ path: 'agent.ini', text }]);
  return agentSettings(values, 'this-machine');
};

describe('network options', () => {
  it("have F5's defaults", () => {
    const { networks } = read().agent;

    expect(networks).toEqual({
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
    });
  });

  it('are nothing in global routed mode', () => {
    expect(read('f5_global_routed_mode = True').agent.networks).toBeUndefined();
  });

  it('read mappings per device, and False as false', () => {
    const { networks } = read(
      'f5_external_physical_mappings = default:1.1:True, physnet1:1.2:False:10.0.0.1',
    ).agent;

    expect(networks?.interfaces).toEqual([
      { physicalNetwork: 'default', interface: '1.1', isTagged: true },
      { physicalNetwork: 'physnet1', interface: '1.2', isTagged: false, host: '10.0.0.1' },
    ]);
  });

  it('take tunnels only with an end point', () => {
    expect(read('f5_vtep_selfip_name = None').agent.networks?.vtep).toBeUndefined();
    expect(read("f5_vtep_selfip_name = 'vtep'").agent.networks).toMatchObject({
      vtep: { folder: 'Common', selfIpName: 'vtep' },
      tunnelTypes: ['vxlan'],
    });
  });

  it('name the ports of virtual devices', () => {
    const driver = 'f5_openstack_agent.lbaasv2.drivers.bigip.l3_binding.AllowedAddressPairs';
    const mappings = '{"subnet-1": [["port-1", "bigip-1"], ["port-2", "bigip-2"]]}';
    const learned = read(`l3_binding_driver = ${driver}`);
    const fixed = read(`l3_binding_driver = ${driver}\nl3_binding_static_mappings = '${mappings}'`);

    expect(learned.agent.networks?.allowedAddressPorts).toBe('learned');
    expect(fixed.agent.networks?.allowedAddressPorts).toEqual({ 'subnet-1': ['port-1', 'port-2'] });
  });

  it.each([
    ['l3_binding_driver = elsewhere.Binding', /is not AllowedAddressPairs/],
    ['l3_binding_driver = AllowedAddressPairs\nl3_binding_static_mappings = [', /write JSON/],
    ['f5_external_physical_mappings = physnet1:1.1:True', /`default` is missing/],
    ['f5_external_physical_mappings = default:1.1:yes', /is not physical network/],
    ['advertised_tunnel_types = geneve', /'geneve' is not vxlan or gre/],
  ])('refuse %s', (text, reason) => {
    expect(() => read(text)).toThrow(reason);
  });
});
