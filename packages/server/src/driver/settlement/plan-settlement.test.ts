import { describe, expect, it } from 'vitest';
import type { LoadBalancer, LoadBalancerTree, Pool } from '@f5-lbaas/model';
import { aLoadBalancerRow, aPoolRow } from '@f5-lbaas/testkit';
import { planExpiry, planSettlement, type Report } from './plan-settlement.ts';

const NOW = '2026-01-01T01:00:00.000Z';

function tree(root: Partial<LoadBalancer>, pool: Partial<Pool> = {}): LoadBalancerTree {
  const loadbalancer = aLoadBalancerRow({
    id: 'lb',
    revision: 5,
    applied_revision: 4,
    pending_since: '2026-01-01T00:00:00.000Z',
    ...root,
  });
  return {
    loadbalancer,
    listeners: [],
    pools: [aPoolRow({ id: 'pool', loadbalancer_id: 'lb', revision: 5, ...pool })],
    members: [],
    healthmonitors: [],
    l7policies: [],
    l7rules: [],
  };
}

type Said = 'ACTIVE' | 'ERROR' | 'DELETED';

function report(revision: number, root?: Said, pool?: Said): Report {
  return {
    revision,
    objects: {
      ...(root === undefined ? {} : { loadbalancers: { lb: { provisioning_status: root } } }),
      ...(pool === undefined ? {} : { pools: { pool: { provisioning_status: pool } } }),
    },
  };
}

const pending = { provisioning_status: 'PENDING_UPDATE' } as const;

describe('planSettlement', () => {
  it('ignores reports about revisions already settled or not yet accepted', () => {
    const stale = planSettlement(tree(pending, pending), report(3, 'ACTIVE', 'ACTIVE'), NOW);
    const future = planSettlement(tree(pending, pending), report(6, 'ACTIVE', 'ACTIVE'), NOW);

    expect([stale.root, stale.children, future.root, future.children]).toEqual([{}, [], {}, []]);
  });

  it('settles older objects by an older revision, but not the load balancer', () => {
    const plan = planSettlement(
      tree(pending, { ...pending, revision: 4 }),
      report(4, 'ACTIVE', 'ACTIVE'),
      NOW,
    );

    expect(plan.children).toMatchObject([
      { id: 'pool', changes: { provisioning_status: 'ACTIVE' } },
    ]);
    expect(plan.root).toEqual({});
  });

  it('leaves objects alone that changed after the reported revision', () => {
    const plan = planSettlement(tree(pending, pending), report(4, 'ACTIVE', 'ACTIVE'), NOW);

    expect(plan.children).toEqual([]);
  });

  it('keeps the load balancer pending while something below it is', () => {
    const plan = planSettlement(tree(pending, pending), report(5, 'ACTIVE'), NOW);

    expect(plan.root).toEqual({ applied_revision: 5 });
  });

  it('never takes back a requested delete', () => {
    const doomed = { provisioning_status: 'PENDING_DELETE', delete_requested: true } as const;

    expect(planSettlement(tree(pending, doomed), report(5, 'ACTIVE', 'ACTIVE'), NOW)).toMatchObject(
      { children: [], removals: [], root: { applied_revision: 5 } },
    );
    expect(planSettlement(tree(doomed), report(5, 'ACTIVE'), NOW)).toMatchObject({
      root: {},
      rootGone: false,
    });
  });

  it('removes nothing that nobody asked to remove', () => {
    const plan = planSettlement(tree(pending, pending), report(5, 'DELETED', 'DELETED'), NOW);

    expect(plan).toMatchObject({ removals: [], children: [], root: {}, rootGone: false });
  });

  it('does not turn what is active into a failure', () => {
    const active = tree({ provisioning_status: 'ACTIVE', applied_revision: 5 });

    expect(planSettlement(active, report(5, 'ERROR', 'ERROR'), NOW)).toMatchObject({
      children: [],
      root: {},
    });
  });

  it('lifts an error when the newest revision turns out to be applied', () => {
    const failed = tree(
      { provisioning_status: 'ERROR', applied_revision: 5, pending_since: null },
      { provisioning_status: 'ERROR', status_reason: 'x' },
    );

    expect(planSettlement(failed, report(5, 'ACTIVE', 'ACTIVE'), NOW)).toMatchObject({
      children: [{ changes: { provisioning_status: 'ACTIVE', status_reason: null } }],
      root: { provisioning_status: 'ACTIVE', status_reason: null },
    });
  });

  it('resumes a deletion that had ended in error', () => {
    const failed = tree({
      provisioning_status: 'ERROR',
      delete_requested: true,
      pending_since: null,
    });

    expect(planSettlement(failed, report(5, 'DELETED'), NOW)).toMatchObject({
      rootGone: true,
      root: { provisioning_status: 'PENDING_DELETE', pending_since: NOW, applied_revision: 5 },
    });
  });

  it('leaves nothing pending below a load balancer that failed or expired', () => {
    const failed = planSettlement(tree(pending, pending), report(5, 'ERROR'), NOW);
    const expired = planExpiry(tree({ ...pending, applied_revision: 5 }, pending), 'too late');

    for (const plan of [failed, expired]) {
      expect(plan.children).toMatchObject([{ changes: { provisioning_status: 'ERROR' } }]);
      expect(plan.root).toMatchObject({ provisioning_status: 'ERROR', pending_since: null });
    }
    expect(expired.root.applied_revision).toBe(4);
  });
});
