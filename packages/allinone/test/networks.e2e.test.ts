// Networks on devices with server and agent as processes, RabbitMQ between them, Neutron asked by the server alone;
// and what operators see of it with `plan` and `drift`.
import { findRabbitMq } from '@f5-lbaas/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createNetwork,
  L2_AGENTS,
  type NetworkSystem,
  segmentScenario,
  vlanScenario,
  vxlanScenario,
} from './support/network-scenarios.ts';
import { TwoProcesses } from './support/two-processes.ts';

const SLOW = { timeoutMs: 60_000 };
const rabbit = await findRabbitMq();

/** As an operator's `f5-openstack-agent.ini` has it. */
const NETWORK_LINES = [
  'f5_global_routed_mode = False',
  'f5_external_physical_mappings = default:1.1:True',
  'f5_vtep_folder = Common',
  'f5_vtep_selfip_name = vtep',
  'advertised_tunnel_types = vxlan',
  'f5_populate_static_arp = True',
  'f5_snat_mode = True',
  'f5_snat_addresses_per_subnet = 1',
  'f5_network_segment_physical_network = physnet9',
  'l3_binding_driver = f5_openstack_agent.lbaasv2.drivers.bigip.l3_binding.AllowedAddressPairs',
];

describe.skipIf(rabbit.missing !== undefined)(
  `networks with server and agent over RabbitMQ ${rabbit.missing ?? ''}`,
  () => {
    let processes: TwoProcesses;
    let system: NetworkSystem;
    beforeAll(async () => {
      processes = await TwoProcesses.create(NETWORK_LINES, L2_AGENTS);
      system = {
        api: (cloud) => processes.api(cloud),
        devices: () => processes.devices(),
        prefix: `${processes.environment}_`,
      };
      processes.start('server');
      processes.start('agent');
      await processes.ready();
    });
    afterAll(() => processes.remove());

    it('VLANs with SNAT, and devices behind Neutron ports', () => vlanScenario(system));

    it('VXLAN tunnels to the hosts of members', () => vxlanScenario(system));

    it('a network without a segment is waited for', () =>
      segmentScenario(system, () =>
        processes.log('agent').includes('Network segment(s) definition incomplete'),
      ));

    it('are shown by plan and drift before and after', async () => {
      const api = system.api();
      const provider = { network_type: 'vlan', segmentation_id: 105 };
      const network = await createNetwork(system, 'looked-at', '10.5.0.0/24', provider);
      await processes.end('agent', 'SIGTERM');
      const loadbalancer = { name: 'looked-at', vip_subnet_id: network.subnetId };
      const id = await api.create('loadbalancers', 'loadbalancer', loadbalancer);
      const [first, second] = processes.devices();
      await first?.resetRequests();

      const planned = await processes.inspect('plan', id);
      expect(planned).toMatchObject({ code: 2, stderr: '' });
      for (const device of api.lab.devices) {
        expect(planned.stdout).toContain(`load balancer ${id} on ${new URL(device.url).host}\n`);
      }
      expect(planned.stdout).toMatch(/ {2}create vlan \S+\/vlan-105\n {4}tag: 105\n/);
      expect(planned.stdout).toMatch(/ {2}create self \S+\n {4}address: new-address%\d+\/24\n/);
      const json = await processes.inspect('plan', id, '--json');
      expect(JSON.parse(json.stdout)).toMatchObject({
        plans: [{ loadbalancerId: id }, { loadbalancerId: id }],
        unreachable: {},
      });
      const written = (await first?.writes())?.filter(({ path }) => path.startsWith('/mgmt/tm/'));
      expect(written).toEqual([]);

      processes.start('agent');
      await api.active(id, SLOW);
      const same = { code: 0, stdout: 'nothing to do\n', stderr: '' };
      expect(await processes.inspect('drift')).toEqual(same);
      expect(await processes.inspect('plan', id)).toEqual(same);

      await processes.end('agent', 'SIGTERM');
      await first?.wipe();
      const drift = await processes.inspect('drift');
      expect(drift).toMatchObject({ code: 2, stderr: '' });
      expect(drift.stdout.match(/^load balancer /gm)).toHaveLength(1);
      expect(drift.stdout).toMatch(
        / {2}create virtual-address \S+\n {4}address: 10\.5\.0\.\d+%\d+\n/,
      );
      await second?.addFault({ kind: 'device-down' });
      const half = await processes.inspect('drift', '--tenant', 'nobody');
      expect(half).toMatchObject({ code: 2, stderr: '' });
      expect(half.stdout).toMatch(/^device 127\.0\.0\.1:\d+: not looked at: .+\nnothing to do\n$/);
      await second?.clearFaults();

      processes.start('agent');
      await api.removeLoadBalancer(id);
    });

    it('are refused by plan in words where the question is wrong', async () => {
      expect(await processes.inspect('plan', 'no-such-id')).toEqual({
        code: 1,
        stdout: '',
        stderr: "f5-lbaas: The server has no load balancer 'no-such-id'.\n",
      });
      const neither = await processes.inspect('plan');
      expect(neither.code).toBe(1);
      expect(neither.stderr).toContain('name a load balancer or give --service-file');
    });
  },
);
