// Status of a load balancer and of everything that its listeners reach. Pools without listener are not in it.
import type {
  HealthMonitor,
  L7Policy,
  Listener,
  LoadBalancerTree,
  Member,
  Pool,
} from '@f5-lbaas/model';

export interface PoolStatus {
  pool: Pool;
  healthmonitor: HealthMonitor | undefined;
  members: Member[];
}
export interface StatusTree {
  loadbalancer: LoadBalancerTree['loadbalancer'];
  listeners: { listener: Listener; pools: PoolStatus[] }[];
}

/** A listener reaches its default pool and the redirect pools of its enabled policies that have a rule. */
export function statusTree(tree: LoadBalancerTree): StatusTree {
  const routed = new Set(tree.l7rules.map((rule) => rule.l7policy_id));
  const routes = (policy: L7Policy): boolean =>
    policy.admin_state_up && policy.action === 'REDIRECT_TO_POOL' && routed.has(policy.id);
  const policies = tree.l7policies.filter(routes);
  const listeners = tree.listeners.map((listener) => {
    const redirects = policies
      .filter((policy) => policy.listener_id === listener.id)
      .map((policy) => policy.redirect_pool_id);
    const ids = new Set([listener.default_pool_id, ...redirects]);
    const pools = tree.pools.filter((pool) => ids.has(pool.id));
    return { listener, pools: pools.map((pool) => statusOf(pool, tree)) };
  });
  return { loadbalancer: tree.loadbalancer, listeners };
}

/** One that failed before the oldest: where only one can be shown, trouble should not hide behind it. */
export function monitorOf(
  { healthmonitors }: Pick<LoadBalancerTree, 'healthmonitors'>,
  poolId: string,
): HealthMonitor | undefined {
  const own = healthmonitors.filter((monitor) => monitor.pool_id === poolId);
  return own.find((monitor) => monitor.provisioning_status === 'ERROR') ?? own[0];
}

function statusOf(pool: Pool, tree: LoadBalancerTree): PoolStatus {
  return {
    pool,
    healthmonitor: monitorOf(tree, pool.id),
    members: tree.members.filter((member) => member.pool_id === pool.id),
  };
}
