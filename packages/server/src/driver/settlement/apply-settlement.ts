// Writes a settlement to the rows, within the transaction that holds the load balancer's lock.
import type { LoadBalancerTree } from '@f5-lbaas/model';
import type { Repositories } from '@f5-lbaas/storage';
import type { Settlement } from './plan-settlement.ts';

/** @param now UTC ISO 8601; every changed row's `updated_at` */
export async function applySettlement(
  repositories: Repositories,
  tree: LoadBalancerTree,
  settlement: Settlement,
  now: string,
): Promise<void> {
  const { children, removals, root } = settlement;
  for (const { kind, id, changes } of children) {
    await repositories.resource(kind).update(id, { ...changes, updated_at: now });
  }
  const listeners = new Set<string>();
  for (const { kind, id } of removals) {
    await repositories.resource(kind).delete(id);
    const policy = tree.l7policies.find((row) => kind === 'l7policies' && row.id === id);
    if (policy !== undefined) listeners.add(policy.listener_id);
  }
  for (const listenerId of listeners) await closePositionGaps(repositories, listenerId);
  if (Object.keys(root).length > 0) {
    const { id } = tree.loadbalancer;
    await repositories.loadbalancers.update(id, { ...root, updated_at: now });
  }
}

/** Positions of a listener's L7 policies stay 1, 2, 3 ... when one goes. */
async function closePositionGaps(repositories: Repositories, listenerId: string): Promise<void> {
  const policies = await repositories.l7policies.list({
    where: { listener_id: listenerId },
    sort: [{ key: 'position', dir: 'asc' }],
  });
  for (const [index, { id, position }] of policies.entries()) {
    if (position !== index + 1) await repositories.l7policies.update(id, { position: index + 1 });
  }
}
