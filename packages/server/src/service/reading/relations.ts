// Which objects belong together: the ids that one object shows of others, read for a whole page at once.
import type { L7Policy, Listener, LoadBalancer, Pool } from '@f5-lbaas/model';
import type { Repositories } from '@f5-lbaas/storage';

export interface LoadBalancerDetail {
  loadbalancer: LoadBalancer;
  listenerIds: string[];
  poolIds: string[];
}
export interface ListenerDetail {
  listener: Listener;
  /** In order of position. */
  l7policyIds: string[];
}
export interface PoolDetail {
  pool: Pool;
  listenerIds: string[];
  /** The oldest, where LBaaS v1 has associated several. */
  healthmonitorId: string | undefined;
  memberIds: string[];
}
export interface L7PolicyDetail {
  l7policy: L7Policy;
  ruleIds: string[];
}
const NONE: readonly string[] = [];

/** Owner id -> ids of the rows that point to it. */
function idsBy<Row extends { id: string }>(
  rows: readonly Row[],
  ownerOf: (row: Row) => string,
): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const row of rows) {
    const owner = ownerOf(row);
    const list = ids.get(owner);
    if (list === undefined) ids.set(owner, [row.id]);
    else list.push(row.id);
  }
  return ids;
}

/**
 * Pool id -> listeners that send to it: by default pool, or by an enabled REDIRECT_TO_POOL policy that has
 * at least one rule.
 */
export async function listenersOfPools(
  repositories: Repositories,
  poolIds: readonly string[],
): Promise<Map<string, string[]>> {
  if (poolIds.length === 0) return new Map();
  const listeners = await repositories.listeners.list({ where: { default_pool_id: poolIds } });
  const found = idsBy(listeners, (listener) => listener.default_pool_id ?? '');
  for (const policy of await routingPolicies(repositories, { redirect_pool_id: poolIds })) {
    const pool = policy.redirect_pool_id ?? '';
    const ids = found.get(pool) ?? [];
    if (!ids.includes(policy.listener_id)) found.set(pool, [...ids, policy.listener_id]);
  }
  return found;
}

/** Enabled REDIRECT_TO_POOL policies with at least one rule. */
async function routingPolicies(
  repositories: Repositories,
  where: { redirect_pool_id?: readonly string[]; loadbalancer_id?: string },
): Promise<L7Policy[]> {
  const policies = await repositories.l7policies.list({
    where: { ...where, action: 'REDIRECT_TO_POOL', admin_state_up: true },
  });
  if (policies.length === 0) return [];
  const rules = await repositories.l7rules.list({
    where: { l7policy_id: policies.map((policy) => policy.id) },
  });
  const withRules = new Set(rules.map((rule) => rule.l7policy_id));
  return policies.filter((policy) => withRules.has(policy.id));
}

export async function detailLoadBalancers(
  repositories: Repositories,
  rows: readonly LoadBalancer[],
): Promise<LoadBalancerDetail[]> {
  if (rows.length === 0) return [];
  const where = { loadbalancer_id: rows.map((row) => row.id) };
  const listeners = idsBy(await repositories.listeners.list({ where }), (l) => l.loadbalancer_id);
  const pools = idsBy(await repositories.pools.list({ where }), (pool) => pool.loadbalancer_id);
  return rows.map((loadbalancer) => ({
    loadbalancer,
    listenerIds: [...(listeners.get(loadbalancer.id) ?? NONE)],
    poolIds: [...(pools.get(loadbalancer.id) ?? NONE)],
  }));
}

export async function detailListeners(
  repositories: Repositories,
  rows: readonly Listener[],
): Promise<ListenerDetail[]> {
  if (rows.length === 0) return [];
  const policies = await repositories.l7policies.list({
    where: { listener_id: rows.map((row) => row.id) },
    sort: [{ key: 'position', dir: 'asc' }],
  });
  const ids = idsBy(policies, (policy) => policy.listener_id);
  return rows.map((listener) => ({
    listener,
    l7policyIds: [...(ids.get(listener.id) ?? NONE)],
  }));
}

export async function detailPools(
  repositories: Repositories,
  rows: readonly Pool[],
): Promise<PoolDetail[]> {
  if (rows.length === 0) return [];
  const poolIds = rows.map((row) => row.id);
  const where = { pool_id: poolIds };
  const listeners = await listenersOfPools(repositories, poolIds);
  const members = idsBy(await repositories.members.list({ where }), (m) => m.pool_id);
  const monitors = idsBy(await repositories.healthmonitors.list({ where }), (hm) => hm.pool_id);
  return rows.map((pool) => ({
    pool,
    listenerIds: [...(listeners.get(pool.id) ?? NONE)],
    healthmonitorId: monitors.get(pool.id)?.[0],
    memberIds: [...(members.get(pool.id) ?? NONE)],
  }));
}

export async function detailL7Policies(
  repositories: Repositories,
  rows: readonly L7Policy[],
): Promise<L7PolicyDetail[]> {
  if (rows.length === 0) return [];
  const rules = await repositories.l7rules.list({
    where: { l7policy_id: rows.map((row) => row.id) },
  });
  const ids = idsBy(rules, (rule) => rule.l7policy_id);
  return rows.map((l7policy) => ({ l7policy, ruleIds: [...(ids.get(l7policy.id) ?? NONE)] }));
}

/** The only one of its kind, for the row just written. */
export async function detailOf<Row, Detail>(
  detail: (repositories: Repositories, rows: readonly Row[]) => Promise<Detail[]>,
  repositories: Repositories,
  row: Row,
): Promise<Detail> {
  const [only] = await detail(repositories, [row]);
  if (only === undefined) throw new Error('A detail query answers one item per row.');
  return only;
}
