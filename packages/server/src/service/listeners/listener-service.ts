// Listeners: create, read, change, delete, statistics.
import {
  transportOf,
  type Listener,
  type LoadBalancer,
  type Pool,
  type PoolProtocol,
  type Statistics,
} from '@f5-lbaas/model';
import type { Repositories } from '@f5-lbaas/storage';

import { changesFrom } from '../change/attributes.ts';
import { acceptChange, type ChangeUnit } from '../change/accept-change.ts';
import { checkAllowedCidrs, checkListener, checkListenerLate } from './listener-rules.ts';
import {
  listenerDefaults,
  newListener,
  type ListenerChanges,
  type ListenerCreate,
} from './listener-row.ts';
import { getRow, listRows, type ListRequest } from '../reading/listing.ts';
import type { ApiRules } from '../api-rules.ts';
import { checkQuota } from '../quotas/quota-check.ts';
import { refuse } from '../refusals.ts';
import { detailListeners, detailOf, type ListenerDetail } from '../reading/relations.ts';
import type { Caller, ServiceDeps } from '../service-deps.ts';
import type { TlsRefs } from '../../barbican/tls-secrets.ts';
import { checkSecrets, lookAtSecrets, refsOfListener } from '../tls-refs.ts';
import { claimRow, claimTree, noSuch } from '../change/state-gate.ts';
import { sumStatistics } from '../reading/statistics.ts';

export class ListenerService {
  readonly #deps: ServiceDeps;

  constructor(deps: ServiceDeps) {
    this.#deps = deps;
  }

  async list(request: ListRequest): Promise<ListenerDetail[]> {
    const { read } = this.#deps.storage;
    return detailListeners(read, await listRows(read, 'listeners', request));
  }

  async get(id: string): Promise<ListenerDetail> {
    const { read } = this.#deps.storage;
    return detailOf(detailListeners, read, await getRow(read, 'listeners', id));
  }

  async create(input: ListenerCreate, caller?: Caller): Promise<ListenerDetail> {
    const { settings, random } = this.#deps;
    const problems = await lookAtSecrets(this.#deps, [refsOfListener(input)], caller);
    return acceptChange(this.#deps, async (unit) => {
      const { repositories } = unit;
      const parent = await getRow(repositories, 'loadbalancers', input.loadbalancer_id);
      await checkQuota(repositories, settings.quotas, parent.project_id, { listeners: 1 });
      const pool = await defaultPool(repositories, input.default_pool_id, parent.id);
      if (pool !== undefined) checkPoolProtocol(unit.rules, pool.protocol, input.protocol);
      const loadBalancer = await claimTree(unit, parent.id);
      if (loadBalancer.vip_address === null) throw refuse('ERR_NO_ADDRESS', { id: parent.id });
      const listener = newListener(
        input,
        {
          id: random.uuid(),
          projectId: loadBalancer.project_id,
          loadbalancerId: loadBalancer.id,
          now: unit.now,
        },
        settings,
      );
      checkListener(listener, listener, settings, 'create');
      checkSecrets(problems, refsOfListener(listener));
      await checkPortFree(unit, listener);
      checkCidrs(listener, loadBalancer);
      checkListenerLate(listener, listener, settings, 'create');
      await unit.insert('listeners', listener);
      return this.#outcome(unit, 'create', listener.id);
    });
  }

  async update(id: string, input: ListenerChanges, caller?: Caller): Promise<ListenerDetail> {
    const { settings, storage } = this.#deps;
    const known = await getRow(storage.read, 'listeners', id);
    const asked = refsOfChanges(input, known);
    const problems = await lookAtSecrets(this.#deps, asked, caller);
    return acceptChange(this.#deps, async (unit) => {
      const { repositories } = unit;
      const pool = await defaultPool(repositories, input.default_pool_id, known.loadbalancer_id);
      if (pool !== undefined) checkPoolProtocol(unit.rules, pool.protocol, known.protocol);
      const loadBalancer = await claimTree(unit, known.loadbalancer_id);
      const current = await claimRow(unit, 'listeners', id);
      const changes = changesFrom(input, listenerDefaults(settings, true));
      const target = { ...current, ...changes };
      checkListener(target, changes, settings, 'update');
      checkSecrets(problems, refsOfListener(target));
      if (changes.allowed_cidrs !== undefined) checkCidrs(target, loadBalancer);
      checkListenerLate(target, changes, settings, 'update');
      await unit.revise('listeners', id, changes);
      return this.#outcome(unit, 'update', id);
    });
  }

  /** L7 policies go with it; pools stay. */
  async delete(id: string): Promise<void> {
    const known = await getRow(this.#deps.storage.read, 'listeners', id);
    await acceptChange(this.#deps, async (unit) => {
      await claimTree(unit, known.loadbalancer_id);
      await claimRow(unit, 'listeners', id);
      if (unit.rules.guardsDeletion) await checkNoPolicies(unit, id);
      await unit.pend('listeners', id, 'PENDING_DELETE');
      return this.#outcome(unit, 'delete', id);
    });
  }

  /** As last reported; asks the agent for newer numbers. */
  async statistics(listener: Listener): Promise<Statistics> {
    const stored = await this.#deps.storage.read.statistics.forListener(listener.id);
    this.#deps.driver.requestStatistics(listener.loadbalancer_id);
    return sumStatistics(stored === undefined ? [] : [stored]);
  }

  async #outcome(unit: ChangeUnit, verb: 'create' | 'update' | 'delete', id: string) {
    const row = await unit.repositories.listeners.get(id);
    return {
      change: { verb, kind: 'listeners' as const, id, loadbalancerId: row.loadbalancer_id },
      answer: await detailOf(detailListeners, unit.repositories, row),
    };
  }
}

/** Only references that the request carries; a revocation list with the authority that it is to come from. */
function refsOfChanges(input: ListenerChanges, known: Listener): TlsRefs[] {
  const refs = refsOfListener(input);
  const { ca = refs.crl ? known.client_ca_tls_container_ref : undefined } = refs;
  return [{ ...refs, ca }];
}

async function checkNoPolicies(unit: ChangeUnit, listenerId: string): Promise<void> {
  const where = { listener_id: listenerId };
  const [policy] = await unit.repositories.l7policies.list({ where, limit: 1 });
  if (policy === undefined) return;
  throw refuse('ERR_IN_USE', { user: 'listener', used: 'l7policy', used_id: policy.id });
}

/** The pool to send to; undefined when none is asked for. @throws not found, also on another load balancer */
async function defaultPool(
  repositories: Repositories,
  poolId: string | null | undefined,
  loadbalancerId: string,
): Promise<Pool | undefined> {
  if (poolId === null || poolId === undefined) return undefined;
  const pool = await getRow(repositories, 'pools', poolId);
  if (pool.loadbalancer_id !== loadbalancerId) throw noSuch('pools', poolId);
  return pool;
}

/** Holds for default pools and redirect pools. */
export function checkPoolProtocol(
  { poolProtocols }: Pick<ApiRules, 'poolProtocols'>,
  poolProtocol: PoolProtocol,
  listenerProtocol: Listener['protocol'],
): void {
  if (listenerProtocol === 'PROMETHEUS') {
    throw refuse('ERR_LISTENER_TAKES_NO_CHILDREN', { protocol: listenerProtocol });
  }
  if (!poolProtocols[listenerProtocol].includes(poolProtocol)) {
    throw refuse('ERR_POOL_PROTOCOL', {
      pool_protocol: poolProtocol,
      listener_protocol: listenerProtocol,
    });
  }
}

type Port = Pick<Listener, 'protocol' | 'protocol_port' | 'loadbalancer_id'>;

/** Two listeners may share a port across transports, or not at all. */
export function findPortConflict(
  { sharesPorts }: Pick<ApiRules, 'sharesPorts'>,
  listener: Port,
  others: readonly Port[],
): Port | undefined {
  return others.find(
    (other) =>
      other.protocol_port === listener.protocol_port &&
      (!sharesPorts || transportOf(other.protocol) === transportOf(listener.protocol)),
  );
}

async function checkPortFree(unit: ChangeUnit, listener: Listener): Promise<void> {
  const others = await unit.repositories.listeners.list({
    where: { loadbalancer_id: listener.loadbalancer_id, protocol_port: listener.protocol_port },
  });
  const taken = findPortConflict(unit.rules, listener, others);
  if (taken !== undefined) {
    throw refuse('ERR_LISTENER_PORT_IN_USE', {
      protocol: taken.protocol,
      protocol_port: taken.protocol_port,
      loadbalancer_id: taken.loadbalancer_id,
    });
  }
}

export function checkCidrs(
  listener: Listener,
  loadBalancer: Pick<LoadBalancer, 'vip_address' | 'additional_vips' | 'vip_sg_ids'>,
): void {
  if (listener.allowed_cidrs.length === 0) return;
  if (loadBalancer.vip_sg_ids.length > 0) throw refuse('ERR_CIDRS_WITH_SECURITY_GROUPS', {});
  const vips = [loadBalancer.vip_address, ...loadBalancer.additional_vips.map((v) => v.ip_address)];
  checkAllowedCidrs(
    listener.allowed_cidrs,
    vips.filter((vip) => vip !== null),
  );
}
