// Pools: create below a load balancer or as a listener's default, read, change, delete.
import type { L7Policy, Listener, LoadBalancer } from '@f5-lbaas/model';
import type { Repositories } from '@f5-lbaas/storage';

import { changesFrom } from '../change/attributes.ts';
import { acceptChange, type ChangeUnit } from '../change/accept-change.ts';
import { checkPoolProtocol } from '../listeners/listener-service.ts';
import { getRow, listRows, type ListRequest } from '../reading/listing.ts';
import { checkPool, newPool, poolResets, type PoolChanges, type PoolCreate } from './pool-row.ts';
import { checkQuota } from '../quotas/quota-check.ts';
import { refuse } from '../refusals.ts';
import { detailOf, detailPools, type PoolDetail } from '../reading/relations.ts';
import type { Caller, ServiceDeps } from '../service-deps.ts';
import { checkSecrets, lookAtSecrets, refsOfPool } from '../tls-refs.ts';
import { settlePersistence } from './session-persistence.ts';
import { claimRow, claimTree, pendListenersOfPool } from '../change/state-gate.ts';

export class PoolService {
  readonly #deps: ServiceDeps;

  constructor(deps: ServiceDeps) {
    this.#deps = deps;
  }

  async list(request: ListRequest): Promise<PoolDetail[]> {
    const { read } = this.#deps.storage;
    const monitor = request.where?.healthmonitor_id;
    const rows = await listRows(
      read,
      'pools',
      typeof monitor === 'string' ? await ofMonitor(read, request, monitor) : request,
    );
    return detailPools(read, rows);
  }

  async get(id: string): Promise<PoolDetail> {
    const { read } = this.#deps.storage;
    return detailOf(detailPools, read, await getRow(read, 'pools', id));
  }

  /** The load balancer that a new pool would belong to. @throws when no parent is named or known */
  async parentOf(input: PoolCreate): Promise<LoadBalancer> {
    return (await parents(this.#deps.storage.read, input)).loadBalancer;
  }

  async create(input: PoolCreate, caller?: Caller): Promise<PoolDetail> {
    const { settings, random } = this.#deps;
    const problems = await lookAtSecrets(this.#deps, [refsOfPool(input)], caller);
    return acceptChange(this.#deps, async (unit) => {
      const { repositories } = unit;
      const { loadBalancer, listener } = await parents(repositories, input);
      await checkQuota(repositories, settings.quotas, loadBalancer.project_id, { pools: 1 });
      if (listener !== undefined) checkBecomesDefaultPool(unit, listener, input);
      await claimTree(unit, loadBalancer.id);
      const pool = newPool(
        input,
        {
          id: random.uuid(),
          projectId: loadBalancer.project_id,
          loadbalancerId: loadBalancer.id,
          now: unit.now,
        },
        settings,
      );
      checkPool(pool, pool, settings, 'create');
      checkSecrets(problems, refsOfPool(pool));
      await unit.insert('pools', pool);
      if (listener !== undefined) {
        await unit.pend('listeners', listener.id, 'PENDING_UPDATE', { default_pool_id: pool.id });
      }
      return this.#outcome(unit, 'create', pool.id);
    });
  }

  async update(id: string, input: PoolChanges, caller?: Caller): Promise<PoolDetail> {
    const { settings, storage } = this.#deps;
    const known = await getRow(storage.read, 'pools', id);
    const problems = await lookAtSecrets(this.#deps, [refsOfPool(input)], caller);
    return acceptChange(this.#deps, async (unit) => {
      await claimTree(unit, known.loadbalancer_id);
      const current = await claimRow(unit, 'pools', id);
      const changes = {
        ...changesFrom(input, poolResets(settings)),
        ...(input.lb_algorithm === undefined ? {} : { lb_algorithm: input.lb_algorithm }),
        session_persistence: settlePersistence(
          input.session_persistence,
          current.session_persistence,
        ),
      };
      const removesCa = changes.ca_tls_container_ref === null;
      if (removesCa && current.crl_container_ref !== null && !input.crl_container_ref) {
        if (input.crl_container_ref !== null) throw refuse('ERR_CA_NEEDED_BY_CRL', {});
      }
      checkPool({ ...current, ...changes }, changes, settings, 'update');
      checkSecrets(problems, refsOfPool({ ...current, ...changes }));
      await unit.revise('pools', id, changes);
      await pendListenersOfPool(unit, id);
      return this.#outcome(unit, 'update', id);
    });
  }

  /** Members and monitor go with it; listeners keep running without a default pool. */
  async delete(id: string): Promise<void> {
    const known = await getRow(this.#deps.storage.read, 'pools', id);
    await acceptChange(this.#deps, async (unit) => {
      const policies = await unit.repositories.l7policies.list({ where: { redirect_pool_id: id } });
      const [policy] = policies;
      if (policy !== undefined && unit.rules.redirectsOfDeletedPool === 'refuse') {
        throw refuse('ERR_POOL_IN_USE', { id, l7policy_id: policy.id });
      }
      await claimTree(unit, known.loadbalancer_id);
      await claimRow(unit, 'pools', id);
      if (unit.rules.guardsDeletion) await checkNoMonitor(unit, id);
      for (const redirecting of policies) await makeReject(unit, redirecting);
      await pendListenersOfPool(unit, id);
      await unit.pend('pools', id, 'PENDING_DELETE');
      return this.#outcome(unit, 'delete', id);
    });
  }

  async #outcome(unit: ChangeUnit, verb: 'create' | 'update' | 'delete', id: string) {
    const row = await unit.repositories.pools.get(id);
    return {
      change: { verb, kind: 'pools' as const, id, loadbalancerId: row.loadbalancer_id },
      answer: await detailOf(detailPools, unit.repositories, row),
    };
  }
}

async function parents(
  repositories: Repositories,
  input: PoolCreate,
): Promise<{ loadBalancer: LoadBalancer; listener: Listener | undefined }> {
  const listener = input.listener_id
    ? await getRow(repositories, 'listeners', input.listener_id)
    : undefined;
  const loadbalancerId = input.loadbalancer_id ?? listener?.loadbalancer_id;
  if (loadbalancerId === undefined) throw refuse('ERR_POOL_PARENT_MISSING', {});
  const loadBalancer = await getRow(repositories, 'loadbalancers', loadbalancerId);
  if (listener !== undefined && listener.loadbalancer_id !== loadBalancer.id) {
    throw refuse('ERR_NO_SUCH_RESOURCE', { resource: 'Listener', id: listener.id });
  }
  return { loadBalancer, listener };
}

function checkBecomesDefaultPool(unit: ChangeUnit, listener: Listener, input: PoolCreate): void {
  checkPoolProtocol(unit.rules, input.protocol, listener.protocol);
  const { id, default_pool_id } = listener;
  if (default_pool_id !== null) throw refuse('ERR_LISTENER_HAS_POOL', { id, default_pool_id });
}

async function checkNoMonitor(unit: ChangeUnit, poolId: string): Promise<void> {
  const where = { pool_id: poolId };
  const [monitor] = await unit.repositories.healthmonitors.list({ where, limit: 1 });
  if (monitor === undefined) return;
  throw refuse('ERR_IN_USE', { user: 'pool', used: 'healthmonitor', used_id: monitor.id });
}

/** An L7 policy whose redirect pool goes. */
async function makeReject(unit: ChangeUnit, policy: L7Policy): Promise<void> {
  const changes = { action: 'REJECT', redirect_pool_id: null } as const;
  await unit.pend('l7policies', policy.id, 'PENDING_UPDATE', changes);
  await unit.pend('listeners', policy.listener_id, 'PENDING_UPDATE');
}

/** A pool has no monitor column: the filter becomes one on the pool's id. */
async function ofMonitor(
  repositories: Repositories,
  request: ListRequest,
  monitorId: string,
): Promise<ListRequest> {
  const monitor = await repositories.healthmonitors.find(monitorId);
  const where = { ...request.where };
  delete where.healthmonitor_id;
  const sameId = where.id === undefined || where.id === monitor?.pool_id;
  where.id = monitor !== undefined && sameId ? monitor.pool_id : [];
  return { ...request, where };
}
