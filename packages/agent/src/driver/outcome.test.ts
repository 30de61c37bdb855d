import { aService } from '@f5-lbaas/testkit';
import { describe, expect, it } from 'vitest';
import { knownBadOf, outcomeOf } from './outcome.ts';

const NONE = new Map<string, string>();

describe('outcome of a service', () => {
  it('is ACTIVE, and ONLINE for what is new', () => {
    const service = aService({ listeners: [{}], pools: [{}], members: [{}] });

    expect(outcomeOf(service, NONE, []).objects).toMatchObject({
      loadbalancers: { 'lb-1': { provisioning_status: 'ACTIVE', operating_status: 'ONLINE' } },
      listeners: { 'lb-1-listener-1': { operating_status: 'ONLINE' } },
      members: { 'lb-1-member-1': { operating_status: 'NO_MONITOR' } },
    });
  });

  it('does not guess the state of members that are probed', () => {
    const service = aService({ pools: [{}], members: [{}], healthmonitors: [{}] });

    expect(outcomeOf(service, NONE, []).objects.members).toEqual({
      'lb-1-member-1': { provisioning_status: 'ACTIVE' },
    });
  });

  it('leaves the status of what was there to the health poll', () => {
    const service = aService({
      loadbalancer: { provisioning_status: 'ACTIVE', operating_status: 'DEGRADED' },
      pools: [{ admin_state_up: false }],
    });

    const { objects } = outcomeOf(service, NONE, []);

    expect(objects.loadbalancers).toEqual({ 'lb-1': { provisioning_status: 'ACTIVE' } });
    expect(objects.pools).toMatchObject({ 'lb-1-pool-1': { operating_status: 'OFFLINE' } });
  });

  it('keeps the load balancer ACTIVE when a child was refused', () => {
    const service = aService({ pools: [{}] });

    expect(outcomeOf(service, new Map([['pools/lb-1-pool-1', 'no']]), []).objects).toMatchObject({
      loadbalancers: { 'lb-1': { provisioning_status: 'ACTIVE' } },
      pools: { 'lb-1-pool-1': { provisioning_status: 'ERROR', reason: 'no' } },
    });
  });

  it('takes everything below a deleted pool along', () => {
    const service = aService({
      loadbalancer: { provisioning_status: 'PENDING_UPDATE' },
      pools: [{ provisioning_status: 'PENDING_DELETE' }],
      members: [{ provisioning_status: 'ACTIVE' }],
      healthmonitors: [{ provisioning_status: 'ACTIVE' }],
    });

    expect(outcomeOf(service, NONE, ['b']).objects).toMatchObject({
      pools: { 'lb-1-pool-1': { provisioning_status: 'DELETED' } },
      members: { 'lb-1-member-1': { provisioning_status: 'DELETED' } },
      healthmonitors: { 'lb-1-monitor-1': { provisioning_status: 'DELETED' } },
    });
  });

  it('does not call deleted what the device kept', () => {
    const service = aService({
      loadbalancer: { provisioning_status: 'PENDING_DELETE' },
      listeners: [{}],
    });

    expect(
      outcomeOf(service, new Map([['loadbalancers/lb-1', 'in use']]), []).objects,
    ).toMatchObject({
      loadbalancers: { 'lb-1': { provisioning_status: 'ERROR', reason: 'in use' } },
      listeners: { 'lb-1-listener-1': { provisioning_status: 'ERROR' } },
    });
  });

  it('knows what was in error before', () => {
    const service = aService({ pools: [{ provisioning_status: 'ERROR' }] });

    expect([...knownBadOf(service)]).toEqual(['pools/lb-1-pool-1']);
  });
});
