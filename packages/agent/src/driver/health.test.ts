import { aService, type ServiceParts } from '@f5-lbaas/testkit';
import { describe, expect, it } from 'vitest';
import { healthOf, memberStates, type HealthByKind } from './health.ts';

const CONTEXT = { prefix: 'P_', trafficGroups: [], hasDraftPolicies: true };

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
  const items = states.map((state, n) => ({ fullPath: `/P_t1/127.20.0.${n + 1}:8080`, state }));
  const pool = { fullPath: '/P_t1/P_lb-1-pool-1', membersReference: { items } };
  return healthOf(service, CONTEXT, memberStates([pool]));
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
  ])('of members %j is %j up the tree', (states, expected) => {
    expect(summary(health(states))).toEqual(expected);
  });

  it('is not known before the first probe', () => {
    expect(health(['checking']).members).toEqual({});
    expect(health(['checking']).pools).toEqual({});
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

  it('leaves out members that the device does not have', () => {
    expect(health([], { members: [{}] }).members).toEqual({});
  });

  it('says nothing of a load balancer that goes', () => {
    const loadbalancer = { provisioning_status: 'PENDING_DELETE' as const };

    expect(health(['up'], { loadbalancer })).toEqual({});
  });
});
