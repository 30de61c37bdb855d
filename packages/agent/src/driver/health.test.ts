import { aService, type ServiceParts } from '@f5-lbaas/testkit';
import { describe, expect, it } from 'vitest';
import type { ServiceDefinition } from '@f5-lbaas/model';
import { withPolicies } from '../../test/lbaas/services.ts';
import {
  hasMonitoredMembers,
  healthOf,
  memberStates,
  type HealthByKind,
  type MemberStates,
} from './health.ts';

const CONTEXT = { prefix: 'P_', trafficGroups: [], hasDraftPolicies: true };

/** The first pool has these members; the second, which is the default one, has none. */
function withRedirect(
  policy: Parameters<typeof withPolicies>[1][number]['policy'],
  rules: Parameters<typeof withPolicies>[1][number]['rules'],
): ServiceDefinition {
  const service = aService({
    tenantId: 't1',
    listeners: [{ default_pool_id: 'lb-1-pool-2' }],
    pools: [{}, {}],
    members: [{}, {}],
    healthmonitors: [{}],
  });
  return withPolicies(service, [{ policy: { action: 'REDIRECT_TO_POOL', ...policy }, rules }]);
}

/** Health when the members of the pool are in these states, in order. */
function health(states: string[], parts: ServiceParts = {}): HealthByKind {
  const service = aService({
    tenantId: 't1',
    listeners: [{ default_pool_id: 'lb-1-pool-1' }],
    pools: [{}],
    members: states.map(() => ({})),
    healthmonitors: [{}],
    ...parts,
  });
  return healthOf(service, CONTEXT, statesOf(states));
}

function statesOf(states: readonly string[]): MemberStates {
  const items = states.map((state, n) => ({ fullPath: `/P_t1/127.20.0.${n + 1}:8080`, state }));
  return memberStates([{ fullPath: '/P_t1/P_lb-1-pool-1', membersReference: { items } }]);
}

const summary = ({ loadbalancers, listeners, pools, members }: HealthByKind): string[] =>
  [members, pools, listeners, loadbalancers].map((one) => Object.values(one ?? {}).join(' '));

describe('health', () => {
  it.each([
    [
      ['up', 'up'],
      ['ONLINE ONLINE', 'ONLINE', 'ONLINE', 'ONLINE'],
    ],
    [
      ['up', 'down'],
      ['ONLINE ERROR', 'DEGRADED', 'DEGRADED', 'DEGRADED'],
    ],
    [
      ['down', 'down'],
      ['ERROR ERROR', 'ERROR', 'ERROR', 'ERROR'],
    ],
    // Without a verdict yet, the second one is sent connections.
    [
      ['down', 'checking'],
      ['ERROR', 'DEGRADED', 'DEGRADED', 'DEGRADED'],
    ],
    // Somebody forced it down on the device.
    [
      ['up', 'user-down'],
      ['ONLINE OFFLINE', 'ONLINE', 'ONLINE', 'ONLINE'],
    ],
    // The device could not be given the monitor.
    [['unchecked'], ['NO_MONITOR', 'ONLINE', 'ONLINE', 'ONLINE']],
  ])('of members %j is %j up the tree', (states, expected) => {
    expect(summary(health(states))).toEqual(expected);
  });

  it('is not known before the first probe', () => {
    expect(health(['checking'])).toEqual({
      ...{ loadbalancers: {}, listeners: {}, pools: {}, members: {} },
    });
  });

  it('without a monitor is NO_MONITOR, not a guess', () => {
    expect(summary(health(['unchecked'], { healthmonitors: [] }))).toEqual([
      'NO_MONITOR',
      'ONLINE',
      'ONLINE',
      'ONLINE',
    ]);
  });

  it('tells members that are down for maintenance or drain', () => {
    const members = [{ admin_state_up: false }, { weight: 0 }, {}];

    expect(summary(health(['up', 'up', 'up'], { members }))[0]).toBe('OFFLINE DRAINING ONLINE');
  });

  it('is OFFLINE for what is switched off, whatever is below', () => {
    const loadbalancer = { admin_state_up: false };
    const listeners = [{ admin_state_up: false, default_pool_id: 'lb-1-pool-1' }];

    expect(summary(health(['down'], { loadbalancer, listeners }))).toEqual([
      'ERROR',
      'ERROR',
      'OFFLINE',
      'OFFLINE',
    ]);
  });

  it.each([
    ['only drains', [{ weight: 0 }], ['up'], 'OFFLINE'],
    ['is switched off member by member', [{ admin_state_up: false }], ['up'], 'OFFLINE'],
    ['drains or fails', [{ weight: 0 }, {}], ['up', 'down'], 'ERROR'],
    ['is switched off or fails', [{ admin_state_up: false }, {}], ['up', 'down'], 'ERROR'],
    ['drains or serves', [{ weight: 0 }, {}], ['up', 'up'], 'ONLINE'],
    ['has its backup serve for it', [{}, { backup: true }], ['down', 'up'], 'DEGRADED'],
  ])('of a pool that %s', (_what, members, states, expected) => {
    expect(health(states, { members }).pools).toEqual({ 'lb-1-pool-1': expected });
  });

  it('of a listener counts the pools that its L7 policies send to', () => {
    const rules = [{ value: '/images' }];
    const service = withRedirect({ redirect_pool_id: 'lb-1-pool-1' }, rules);

    expect(healthOf(service, CONTEXT, statesOf(['down', 'down'])).listeners).toEqual({
      'lb-1-listener-1': 'DEGRADED',
    });
    for (const idle of [
      withRedirect({ redirect_pool_id: 'lb-1-pool-1', admin_state_up: false }, rules),
      withRedirect({ redirect_pool_id: 'lb-1-pool-1' }, []),
    ]) {
      expect(healthOf(idle, CONTEXT, statesOf(['down', 'down'])).listeners).toEqual({
        'lb-1-listener-1': 'ONLINE',
      });
    }
  });

  it('of a load balancer is ERROR only when nothing of it works', () => {
    const listeners = [{ default_pool_id: 'lb-1-pool-1' }, {}];

    expect(summary(health(['down'], { listeners }))).toEqual([
      ...['ERROR', 'ERROR'],
      ...['ERROR ONLINE', 'DEGRADED'],
    ]);
  });

  it('needs no device where nothing is monitored, or the monitor is switched off', () => {
    const off = { members: [{}], healthmonitors: [{ admin_state_up: false }], pools: [{}] };

    expect(hasMonitoredMembers(aService(off))).toBe(false);
    expect(hasMonitoredMembers(aService({ ...off, healthmonitors: [{}] }))).toBe(true);
    expect(health(['up'], { healthmonitors: off.healthmonitors }).members).toEqual({
      'lb-1-member-1': 'NO_MONITOR',
    });
  });

  it('leaves out members that the device does not have', () => {
    expect(health([], { members: [{}] }).members).toEqual({});
  });

  it('says nothing of a load balancer that goes', () => {
    const loadbalancer = { provisioning_status: 'PENDING_DELETE' as const };

    expect(health(['up'], { loadbalancer })).toEqual({});
  });
});
