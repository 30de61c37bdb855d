// Networks on devices with server and agent on an in-process bus: the agent's calls for ports, addresses and segments
// against the server's own endpoints, and theirs against Neutron's REST API.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { segmentScenario, vlanScenario, vxlanScenario } from './support/network-scenarios.ts';
import { type NetworkStack, startNetworkStack } from './support/network-stack.ts';

describe('networks with server and agent in one process', () => {
  let stack: NetworkStack;
  beforeAll(async () => {
    stack = await startNetworkStack({
      useNamespaces: true,
      routeDomainsPerTenant: 1,
      isRouteDomainStrict: false,
      useSnat: true,
      snatAddressesPerSubnet: 1,
      commonNetworks: false,
      commonExternalNetworks: true,
      existingVlans: {},
      interfaces: [{ physicalNetwork: 'default', interface: '1.1', isTagged: true }],
      vtep: { folder: 'Common', selfIpName: 'vtep' },
      tunnelTypes: ['vxlan'],
      populateStaticArp: true,
      l2Population: true,
      segmentPhysicalNetwork: 'physnet9',
      allowedAddressPorts: 'learned',
      vnicType: 'normal',
    });
  });
  afterAll(() => stack.stop());

  it('VLANs with SNAT, and devices behind Neutron ports', () => vlanScenario(stack));

  it('VXLAN tunnels to the hosts of members', () => vxlanScenario(stack));

  it('a network without a segment is waited for', () =>
    segmentScenario(stack, () => stack.queueDepth() > 0));
});
