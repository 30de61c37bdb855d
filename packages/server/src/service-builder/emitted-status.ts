// What a service definition tells the agent to do with each object: a delete, once accepted, stays a delete,
// and so do the deletes of everything below it. Pure.
import type { LoadBalancerTree, ProvisioningStatus, Resource } from '@f5-lbaas/model';

/** Ids of the objects that are to go: delete requested for them or for something above them. */
export function doomedIds(tree: LoadBalancerTree): ReadonlySet<string> {
  const doomed = new Set<string>();
  const mark = <Row extends Resource>(
    rows: readonly Row[],
    parentOf: (row: Row) => string,
  ): void => {
    for (const row of rows) {
      if (row.delete_requested || doomed.has(parentOf(row))) doomed.add(row.id);
    }
  };
  const { loadbalancer } = tree;
  mark([loadbalancer], () => '');
  mark(tree.listeners, () => loadbalancer.id);
  mark(tree.pools, () => loadbalancer.id);
  mark(tree.members, (member) => member.pool_id);
  mark(tree.healthmonitors, (monitor) => monitor.pool_id);
  mark(tree.l7policies, (policy) => policy.listener_id);
  mark(tree.l7rules, (rule) => rule.l7policy_id);
  return doomed;
}

export function emittedStatus(row: Resource, doomed: ReadonlySet<string>): ProvisioningStatus {
  return doomed.has(row.id) ? 'PENDING_DELETE' : row.provisioning_status;
}
