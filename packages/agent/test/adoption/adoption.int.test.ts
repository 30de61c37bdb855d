// A device that F5's Python agent configured is taken over: nothing that carries traffic is written, removed or made
// anew, except that a TLS listener gets a profile of its own for the same certificate.
import type { ServiceDefinition, ServiceL7Policy, ServiceL7Rule } from '@f5-lbaas/model';
import { afterEach, expect, it } from 'vitest';
import type { PlannedStep } from '../../src/inspect/planned-step.ts';
import {
  aNetwork,
  aNetworkService,
  aSubnet,
  startNetworkLab,
  type NetworkLab,
} from '../network/network-lab.ts';
import { certificateAuthority } from '../lbaas/certificates.ts';
import { TestSecrets } from '../lbaas/secrets.ts';
import { isWrite } from '../driver/lab.ts';
import { configureAsPythonAgent } from './python-agent.ts';

let lab: NetworkLab;
afterEach(() => lab.stop());

const active = {
  tenant_id: 'tenant-1',
  admin_state_up: true,
  provisioning_status: 'ACTIVE',
} as const;

function policy(n: number, part: Partial<ServiceL7Policy>): ServiceL7Policy {
  return {
    ...{ ...active, id: `policy-${n}`, name: '', description: '', listener_id: 'lb-1-listener-1' },
    ...{ action: 'REJECT', redirect_pool_id: null, position: n, rules: [] },
    ...part,
  };
}

function rule(n: number, part: Partial<ServiceL7Rule>): ServiceL7Rule {
  return {
    ...{ ...active, id: `rule-${n}`, type: 'PATH', compare_type: 'STARTS_WITH', invert: false },
    ...{ key: null, value: '', policies: [], policy_id: `policy-${n}` },
    ...part,
  };
}

function service(containerRef: string): ServiceDefinition {
  const made = aNetworkService(
    {
      loadbalancer: { name: 'shop', provisioning_status: 'ACTIVE' },
      listeners: [
        { name: 'web', default_pool_id: 'lb-1-pool-1', protocol_port: 80 },
        {
          protocol: 'TERMINATED_HTTPS',
          default_pool_id: 'lb-1-pool-2',
          protocol_port: 443,
          default_tls_container_id: containerRef,
        },
      ],
      pools: [
        {
          session_persistence: {
            ...{ type: 'SOURCE_IP', cookie_name: null },
            ...{ persistence_timeout: null, persistence_granularity: null },
          },
        },
        { lb_algorithm: 'LEAST_CONNECTIONS' },
      ],
      members: [
        { address: '10.1.0.21', subnet_id: 'subnet-1' },
        { address: '10.1.0.22', subnet_id: 'subnet-1', weight: 3 },
        { address: '10.1.0.31', subnet_id: 'subnet-1', pool_id: 'lb-1-pool-2' },
      ],
      healthmonitors: [{}],
    },
    [aNetwork('network-1')],
    [aSubnet('subnet-1', 'network-1', '10.1.0.0/24')],
  );
  return {
    ...made,
    l7policies: [
      policy(1, { action: 'REDIRECT_TO_POOL', redirect_pool_id: 'lb-1-pool-2', name: 'to_images' }),
      policy(2, {}),
    ],
    l7policy_rules: [
      rule(1, { value: '/images' }),
      rule(2, { type: 'HOST_NAME', compare_type: 'EQUAL_TO', value: 'shop.example', invert: true }),
    ],
  };
}

async function adopt(): Promise<{ service: ServiceDefinition; secrets: TestSecrets }> {
  const secrets = new TestSecrets();
  const ref = secrets.bundleRef(certificateAuthority('Test CA').issue('shop.example'));
  lab = await startNetworkLab({}, { driver: { secrets } });
  await configureAsPythonAgent(lab.devices[0]!.reader, {
    containerId: ref.split('/').at(-1) ?? '',
    deviceName: lab.devices[0]!.name,
  });
  await lab.devices[0]!.forgetCalls();
  await lab.restartDriver();
  return { service: service(ref), secrets };
}

const signal = (): AbortSignal => AbortSignal.timeout(20_000);

const differing = ({ changes }: PlannedStep): string[] =>
  changes
    .filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to))
    .map(({ property }) => property);

it('of a device writes what no connection notices, and certificates in a transaction', async () => {
  const { service: one } = await adopt();

  const [plan] = await lab.driver.planService(one, signal());

  // The Python agent describes pools by their device name, gives monitors less time than one interval and shares
  // TLS profiles between listeners. Networks, addresses, pools' members, policies and the HTTP listener stay.
  expect(plan!.problems).toEqual([]);
  expect(plan!.steps.map((step) => `${step.action} ${step.type}`)).toEqual([
    'modify monitor-http',
    'modify pool',
    'modify pool',
    'create ssl-cert',
    'create ssl-key',
    'create profile-client-ssl',
    'modify virtual',
  ]);
  const modified = plan!.steps.filter(({ action }) => action === 'modify');
  expect(modified.map(differing)).toEqual([
    ['timeout'],
    ['description'],
    ['description'],
    ['profiles'],
  ]);
  expect(modified.at(-1)!.path).toMatch(/lb-1-listener-2$/);
});

it('of a device is done once', async () => {
  const { service: one } = await adopt();

  const outcome = await lab.apply(one);

  const reports = Object.values(outcome.objects).flatMap((kind) => Object.values(kind));
  expect(reports.filter((report) => report.provisioning_status !== 'ACTIVE')).toEqual([]);
  const transactions = (await lab.devices[0]!.calls()).filter(
    ({ method, path }) => method === 'POST' && path.endsWith('/transaction'),
  );
  expect(transactions).toHaveLength(1);
  await lab.restartDriver();
  const resync = await lab.driver.resyncTenant('tenant-1', [one], signal());
  expect((await lab.devices[0]!.calls()).filter(isWrite)).toEqual([]);
  expect(resync.differences).toEqual([]);
  expect(resync.orphans.map(({ fullPath }) => fullPath)).toEqual([]);
  expect(lab.neutron.calls).toEqual([]);
});
