// Who may change what in which state. The one lock is the load balancer's row, taken before anything is judged.
// Lock order within a transaction: the project's quota, then the load balancer.
import {
  type L7Policy,
  type LoadBalancer,
  type Pool,
  type ProvisioningStatus,
  type ResourceKind,
  type ResourceKinds,
} from '@f5-lbaas/model';

import type { ChangeUnit } from './accept-change.ts';
import { refuse } from '../refusals.ts';
import { listenersOfPools } from '../reading/relations.ts';

/** How Octavia's sentences call each kind. */
export const RESOURCE_NAMES: Record<ResourceKind, string> = {
  loadbalancers: 'Load Balancer',
  listeners: 'Listener',
  pools: 'Pool',
  members: 'Member',
  healthmonitors: 'Health Monitor',
  l7policies: 'L7 Policy',
  l7rules: 'L7 Rule',
};

export function noSuch(kind: ResourceKind, id: string): Error {
  return refuse('ERR_NO_SUCH_RESOURCE', { resource: RESOURCE_NAMES[kind], id });
}

/** Locks a load balancer whatever its state. @throws not found, also for a row kept as DELETED */
async function lockLoadBalancer(unit: ChangeUnit, id: string): Promise<LoadBalancer> {
  const loadBalancer = await unit.repositories.loadbalancers.lock(id);
  if (loadBalancer.provisioning_status === 'DELETED') throw noSuch('loadbalancers', id);
  return loadBalancer;
}

/** For a change below a load balancer: it must take changes (Octavia: be ACTIVE) and becomes PENDING_UPDATE. */
export async function claimTree(unit: ChangeUnit, loadbalancerId: string): Promise<LoadBalancer> {
  const loadBalancer = await lockLoadBalancer(unit, loadbalancerId);
  await pendTree(unit, loadBalancer);
  return loadBalancer;
}

async function pendTree(unit: ChangeUnit, loadBalancer: LoadBalancer): Promise<void> {
  checkChangeable(unit, 'Load Balancer', loadBalancer);
  await unit.pend('loadbalancers', loadBalancer.id, 'PENDING_UPDATE');
}

function checkChangeable(
  unit: ChangeUnit,
  resource: string,
  row: { id: string; provisioning_status: ProvisioningStatus },
): void {
  const { id, provisioning_status: state } = row;
  if (unit.rules.changeableFrom.includes(state)) return;
  throw refuse('ERR_IMMUTABLE', { resource, id, state });
}

/** The object to change, read again under the load balancer's lock. @throws when it is on its way out */
export async function claimRow<K extends ResourceKind>(
  unit: ChangeUnit,
  kind: K,
  id: string,
): Promise<ResourceKinds[K]> {
  const row = await unit.repositories.resource(kind).find(id);
  if (row === undefined || row.provisioning_status === 'DELETED') throw noSuch(kind, id);
  const { provisioning_status: state } = row;
  if (state === 'PENDING_DELETE') {
    throw refuse('ERR_IMMUTABLE', { resource: RESOURCE_NAMES[kind], id, state });
  }
  return row;
}

/** For a change of the load balancer itself. Failover and deletion are also taken from ERROR. */
export async function claimLoadBalancer(
  unit: ChangeUnit,
  id: string,
  operation: 'update' | 'failover' | 'delete',
): Promise<LoadBalancer> {
  const loadBalancer = await lockLoadBalancer(unit, id);
  const state = loadBalancer.provisioning_status;
  const { changeableFrom, deletableFrom } = unit.rules;
  const allowed = operation === 'update' ? changeableFrom : deletableFrom;
  if (!allowed.includes(state)) throw refuse('ERR_INVALID_STATE', { state, id });
  return loadBalancer;
}

/** For a change below a pool: pool and load balancer must take changes; the pool and its listeners wait too. */
export async function claimPool(
  unit: ChangeUnit,
  pool: Pool,
): Promise<{ loadBalancer: LoadBalancer; pool: Pool }> {
  const loadBalancer = await lockLoadBalancer(unit, pool.loadbalancer_id);
  const current = await unit.repositories.pools.get(pool.id);
  checkChangeable(unit, 'Pool', current);
  await pendTree(unit, loadBalancer);
  await unit.pend('pools', pool.id, 'PENDING_UPDATE');
  await pendListenersOfPool(unit, pool.id);
  return { loadBalancer, pool: current };
}

export async function pendListenersOfPool(unit: ChangeUnit, poolId: string): Promise<void> {
  const listeners = await listenersOfPools(unit.repositories, [poolId]);
  for (const id of listeners.get(poolId) ?? []) await unit.pend('listeners', id, 'PENDING_UPDATE');
}

/** For a change of an L7 rule: policy and load balancer must take changes; policy and listener wait too. */
export async function claimL7Policy(
  unit: ChangeUnit,
  policy: L7Policy,
  verb: 'create' | 'change' = 'change',
): Promise<L7Policy> {
  const loadBalancer = await lockLoadBalancer(unit, policy.loadbalancer_id);
  const current = await unit.repositories.l7policies.get(policy.id);
  checkForPolicies(unit, 'L7Policy', current, verb);
  checkForPolicies(unit, 'Load Balancer', loadBalancer, verb);
  await unit.pend('loadbalancers', loadBalancer.id, 'PENDING_UPDATE');
  await unit.pend('listeners', policy.listener_id, 'PENDING_UPDATE');
  await unit.pend('l7policies', policy.id, 'PENDING_UPDATE');
  return current;
}

/** For a new L7 policy; it may join a change that is under way where the API's rules say so. */
export async function claimTreeForPolicy(unit: ChangeUnit, loadbalancerId: string): Promise<void> {
  const loadBalancer = await lockLoadBalancer(unit, loadbalancerId);
  checkForPolicies(unit, 'Load Balancer', loadBalancer, 'create');
  await unit.pend('loadbalancers', loadBalancer.id, 'PENDING_UPDATE');
}

function checkForPolicies(
  unit: ChangeUnit,
  resource: string,
  row: { id: string; provisioning_status: ProvisioningStatus },
  verb: 'create' | 'change',
): void {
  const joins = verb === 'create' && unit.rules.policiesJoinPending;
  if (joins && row.provisioning_status !== 'PENDING_DELETE') return;
  checkChangeable(unit, resource, row);
}
