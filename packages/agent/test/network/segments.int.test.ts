// Hierarchical port binding: a network gets its segment on the devices' physical network only when somebody binds
// it. Until then a change waits; it neither fails nor is forgotten.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { silentLogger, systemClock, systemRandom } from '@f5-lbaas/platform';
import { agentTopic, createMemoryBroker, createMemoryTransport } from '@f5-lbaas/rpc';
import { waitFor } from '@f5-lbaas/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { startAgent } from '../../src/start-agent.ts';
import { FakeServer } from '../manager/fake-server.ts';
import {
  aNetwork,
  aNetworkService,
  SETTINGS,
  startNetworkLab,
  type NetworkLab,
} from './network-lab.ts';

let lab: NetworkLab;
afterEach(() => lab.stop());

const HIERARCHICAL = { segmentPhysicalNetwork: 'physnet9' };

function bound(segment: number | null, type = 'vlan'): ServiceDefinition {
  return aNetworkService({}, [
    aNetwork('network-1', { 'provider:network_type': type, 'provider:segmentation_id': segment }),
  ]);
}

describe('a network without a segment', () => {
  it('decides nothing as long as it may get one', async () => {
    lab = await startNetworkLab(HIERARCHICAL);

    await expect(lab.apply(bound(0))).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'ERR_NETWORK_NOT_READY',
    });
    const outcome = await lab.apply(bound(301));

    expect(outcome.objects.loadbalancers?.['lb-1']).toMatchObject({
      provisioning_status: 'ACTIVE',
    });
  });

  it('is an error where it will not get one', async () => {
    lab = await startNetworkLab();

    const outcome = await lab.apply(bound(0));

    expect(outcome.objects.loadbalancers?.['lb-1']).toMatchObject({
      provisioning_status: 'ERROR',
      reason: expect.stringContaining('Network segment ID of network network-1') as string,
    });
  });

  it('does not keep a load balancer from going', async () => {
    lab = await startNetworkLab(HIERARCHICAL);
    await lab.apply(bound(301));
    const gone = bound(0);
    gone.loadbalancer.provisioning_status = 'PENDING_DELETE';

    const outcome = await lab.apply(gone);

    expect(outcome.objects.loadbalancers?.['lb-1']).toEqual({ provisioning_status: 'DELETED' });
    expect(lab.neutron.names).toEqual([]);
  });

  it('of an SDN controller is asked for with a port', async () => {
    lab = await startNetworkLab(HIERARCHICAL);

    await expect(lab.apply(bound(0, 'opflex'))).rejects.toMatchObject({ kind: 'unavailable' });

    expect(lab.neutron.names).toEqual(['bigip-opflex-network-1']);
    await lab.apply(bound(301));
    const gone = bound(301);
    gone.loadbalancer.provisioning_status = 'PENDING_DELETE';
    await lab.apply(gone);
    expect(lab.neutron.names).toEqual([]);
  });

  it('is applied by the agent as soon as the server tells of the segment', async () => {
    lab = await startNetworkLab(HIERARCHICAL);
    const parts = { clock: systemClock, random: systemRandom, logger: silentLogger };
    const transport = createMemoryTransport({ broker: createMemoryBroker(), ...parts });
    const server = new FakeServer(transport, 'Project');
    await server.start();
    const agent = await startAgent({
      options: {
        host: 'net-1',
        environmentPrefix: 'Project',
        deviceHosts: ['bigip'],
        networks: { ...SETTINGS, ...HIERARCHICAL },
        manager: { resyncIntervalMs: 0, healthIntervalMs: 0 },
      },
      transport,
      createDriver: () => lab.driver,
      ...parts,
    });
    const topic = agentTopic('Project', agent.agentHost);

    await transport.cast(topic, 'create_loadbalancer', { service: bound(0) });
    server.services.set('lb-1', bound(301));
    await waitFor(() => server.reports('lb-1').length > 0, { what: 'a report' });

    expect(server.reports('lb-1').at(-1)).toMatchObject({
      objects: { loadbalancers: { 'lb-1': { provisioning_status: 'ACTIVE' } } },
    });
    await agent.stop();
    await transport.close();
  });
});
