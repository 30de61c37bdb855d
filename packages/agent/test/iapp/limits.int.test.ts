// What the template cannot do, and what becomes of it: the object at fault has the reason, nothing is half done.
import type { ServiceDefinition } from '@f5-lbaas/model';
import type { ServiceParts } from '@f5-lbaas/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../driver/lab.ts';
import { deleted } from '../driver/scenario.ts';
import { withPolicies } from '../lbaas/services.ts';
import { contents, ordinary, POOL, reasons, service, startIappLab } from './iapp-lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startIappLab();
});
afterEach(async () => {
  const additional_vips = [{ subnet_id: 'subnet-2', ip_address: '127.10.0.11', port_id: 'port-2' }];
  const everything = { loadbalancer: { additional_vips }, listeners: [{}, {}], pools: [{}, {}] };
  await lab.apply(deleted(ordinary(everything)));
});
afterAll(() => lab.stop());

const LISTENER = 'lb-1-listener-1';
const listener = (more: object): ServiceParts => ({
  listeners: [{ default_pool_id: POOL, ...more }],
});

const LIMITS: [feature: string, at: string, service: ServiceDefinition][] = [
  [
    'Listeners of protocol TERMINATED_HTTPS',
    LISTENER,
    ordinary(listener({ protocol: 'TERMINATED_HTTPS' })),
  ],
  ['Listeners of protocol UDP', LISTENER, ordinary(listener({ protocol: 'UDP' }))],
  ['Listeners of protocol SCTP', LISTENER, ordinary(listener({ protocol: 'SCTP' }))],
  ['allowed_cidrs', LISTENER, ordinary(listener({ allowed_cidrs: ['10.0.0.0/8'] }))],
  [
    'insert_headers',
    LISTENER,
    ordinary(listener({ insert_headers: { 'X-Forwarded-For': 'true' } })),
  ],
  [
    'timeout_client_data and timeout_member_data',
    LISTENER,
    ordinary(listener({ timeout_client_data: 1000 })),
  ],
  [
    'Listeners of a load balancer with additional_vips',
    LISTENER,
    ordinary({
      loadbalancer: {
        additional_vips: [{ subnet_id: 'subnet-2', ip_address: '127.10.0.11', port_id: 'port-2' }],
      },
    }),
  ],
  ['TLS towards members (tls_enabled)', POOL, ordinary({ pools: [{ tls_enabled: true }] })],
  ['Pools of protocol PROXY', POOL, ordinary({ pools: [{ protocol: 'PROXY' }] })],
  [
    'monitor_address and monitor_port of a member',
    'lb-1-member-1',
    ordinary({ members: [{ monitor_port: 9 }, {}] }),
  ],
  ['Monitors of type SCTP', 'lb-1-monitor-1', ordinary({ healthmonitors: [{ type: 'SCTP' }] })],
  [
    'L7 policies',
    'policy-0',
    withPolicies(ordinary(), [{ policy: {}, rules: [{ value: '/admin' }] }]),
  ],
];

describe('a feature that the template has no variable for', () => {
  it.each(LIMITS)(
    '%s: ERROR on %s, and nothing of the pool is made',
    async (feature, at, wanted) => {
      const reason = `${feature}: not possible with icontrol_config_mode = iapp.`;
      const found = reasons(await lab.apply(wanted));

      expect(found[at]).toBe(reason);
      const others = Object.entries(found).filter(([id]) => id !== at);
      expect(new Set(others.map(([, why]) => why))).toEqual(new Set([`Not applied: ${reason}`]));
      expect(found).not.toHaveProperty('lb-1');
      expect((await contents(lab)).filter((path) => !path.startsWith('Project_lb-1'))).toEqual([]);
      expect((await contents(lab)).filter((path) => path.includes('.app'))).toEqual([]);
    },
  );

  it('leaves what was there as it was, and what does not depend on it is done', async () => {
    const two: ServiceParts = {
      listeners: [{ default_pool_id: POOL }, { default_pool_id: 'lb-1-pool-2' }],
      pools: [{}, {}],
      members: [{}],
    };
    const settled = (one: ServiceDefinition): ServiceDefinition => ({
      ...one,
      pools: one.pools.map((pool) => ({ ...pool, provisioning_status: 'ACTIVE' })),
      listeners: one.listeners.map((each) => ({ ...each, provisioning_status: 'ACTIVE' })),
      members: one.members.map((member) => ({ ...member, provisioning_status: 'ACTIVE' })),
    });
    expect(reasons(await lab.apply(service(two)))).toEqual({});
    const before = await contents(lab);

    const policy = { policy: {}, rules: [{ value: '/admin' }] };
    const changed = withPolicies(settled(service(two)), [policy]);
    const other = changed.pools.find(({ id }) => id === 'lb-1-pool-2')!;
    Object.assign(other, {
      lb_algorithm: 'LEAST_CONNECTIONS',
      provisioning_status: 'PENDING_UPDATE',
    });
    const { objects } = await lab.apply(changed);

    expect(Object.keys(reasons({ objects })).sort()).toEqual(['policy-0', 'rule-0-0']);
    expect(objects.pools?.['lb-1-pool-2']).toMatchObject({ provisioning_status: 'ACTIVE' });
    expect(objects.listeners?.[LISTENER]).toMatchObject({ provisioning_status: 'ACTIVE' });
    expect(await contents(lab)).toEqual(before);
    const pools = await lab.devices[0]!.list('/ltm/pool');
    expect(pools.map((pool) => pool['loadBalancingMode'])).toEqual([
      'round-robin',
      'least-connections-member',
    ]);

    expect(reasons(await lab.apply(settled(service(two))))).toEqual({});
  });

  it('of a listener alone is its own, and a listener without a pool is no mistake', async () => {
    const wanted = service({ listeners: [{}, { protocol: 'UDP' }] });
    const { objects } = await lab.apply(wanted);

    expect(reasons({ objects })).toEqual({
      'lb-1-listener-2':
        'Listeners of protocol UDP: not possible with icontrol_config_mode = iapp.',
    });
    expect(objects.listeners?.[LISTENER]).toMatchObject({ provisioning_status: 'ACTIVE' });
  });

  it('is a second listener in front of one pool; the first goes on', async () => {
    const one = ordinary();
    await lab.apply(one);
    const two = ordinary({
      loadbalancer: { provisioning_status: 'ACTIVE' },
      listeners: [
        { default_pool_id: POOL },
        { default_pool_id: POOL, provisioning_status: 'PENDING_CREATE' },
      ],
    });
    const before = await contents(lab);

    expect(reasons(await lab.apply(two))).toEqual({
      'lb-1-listener-2':
        'A pool that is the default pool of several listeners: not possible with icontrol_config_mode = iapp.',
    });
    expect(await contents(lab)).toEqual(before);
  });
});
