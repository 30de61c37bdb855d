// LBaaS v1's objects as they are found in the stored tree: a vip is a listener with a default pool, and the address
// of its load balancer; a pool is a pool, with or without one.
import type { HealthMonitor, Listener, LoadBalancer, Member, Pool } from '@f5-lbaas/model';
import type { Condition, Repositories, V1PoolRow } from '@f5-lbaas/storage';

import { listRows } from '../reading/listing.ts';

export interface V1Vip {
  listener: Listener;
  loadbalancer: LoadBalancer;
  pool: Pool;
}
export interface V1Pool {
  pool: Pool;
  loadbalancer: LoadBalancer;
  /** Undefined: another API made the pool. */
  known: V1PoolRow | undefined;
  vipId: string | undefined;
  members: Member[];
  /** The pool's monitors, and the ids by which v1 knows them. */
  monitors: { monitorId: string; row: HealthMonitor }[];
}

type Where = Record<string, Condition>;

function byId<Row extends { id: string }>(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

async function loadBalancersOf(
  repositories: Repositories,
  rows: readonly { loadbalancer_id: string }[],
): Promise<Map<string, LoadBalancer>> {
  const ids = [...new Set(rows.map((row) => row.loadbalancer_id))];
  return byId(await repositories.loadbalancers.list({ where: { id: ids } }));
}

/** Vips among the listeners that `where` finds. */
export async function readVips(repositories: Repositories, where: Where): Promise<V1Vip[]> {
  const listeners = await listRows(repositories, 'listeners', { where });
  const attached = listeners.filter((listener) => listener.default_pool_id !== null);
  const poolIds = attached.flatMap((listener) => listener.default_pool_id ?? []);
  const pools = byId(await repositories.pools.list({ where: { id: poolIds } }));
  const roots = await loadBalancersOf(repositories, attached);
  return attached.flatMap((listener) => {
    const pool = pools.get(listener.default_pool_id ?? '');
    const loadbalancer = roots.get(listener.loadbalancer_id);
    return pool === undefined || loadbalancer === undefined
      ? []
      : [{ listener, loadbalancer, pool }];
  });
}

export async function readPools(repositories: Repositories, where: Where): Promise<V1Pool[]> {
  const pools = await listRows(repositories, 'pools', { where });
  const ids = pools.map((pool) => pool.id);
  const below = { where: { pool_id: ids } };
  const roots = await loadBalancersOf(repositories, pools);
  const known = await repositories.v1Pools.list({ pool_id: ids });
  const listeners = await repositories.listeners.list({ where: { default_pool_id: ids } });
  const members = await repositories.members.list(below);
  const monitors = await repositories.healthmonitors.list(below);
  const names = await monitorIds(repositories, monitors);
  return pools.flatMap((pool) => {
    const loadbalancer = roots.get(pool.loadbalancer_id);
    if (loadbalancer === undefined) return [];
    return [
      {
        pool,
        loadbalancer,
        known: known.find((row) => row.pool_id === pool.id),
        vipId: listeners.find((listener) => listener.default_pool_id === pool.id)?.id,
        members: members.filter((member) => member.pool_id === pool.id),
        monitors: monitors
          .filter((row) => row.pool_id === pool.id)
          .map((row) => ({ monitorId: names.get(row.id) ?? row.id, row })),
      },
    ];
  });
}

/** Pool's monitor id -> id by which v1 knows it; those of other APIs are not in it. */
export async function monitorIds(
  repositories: Repositories,
  monitors: readonly HealthMonitor[],
): Promise<Map<string, string>> {
  const ids = monitors.map((row) => row.id);
  const associations = await repositories.v1Associations.list({ healthmonitor_id: ids });
  return new Map(associations.map((row) => [row.healthmonitor_id, row.monitor_id]));
}
