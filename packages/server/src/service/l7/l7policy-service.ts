// L7 policies: create, read, change, delete; keeps the positions of a listener dense.
import type { L7Policy, Listener } from '@f5-lbaas/model';

import { changesFrom } from '../change/attributes.ts';
import { acceptChange, type ChangeUnit } from '../change/accept-change.ts';
import {
  L7_POLICY_DEFAULTS,
  newL7Policy,
  type L7PolicyChanges,
  type L7PolicySpec,
} from './l7-rows.ts';
import { redirectChanges } from './l7policy-arguments.ts';
import { POSITION_MAX, renumber } from './l7policy-positions.ts';
import { checkPoolProtocol } from '../listeners/listener-service.ts';
import { getRow, listRows, type ListRequest } from '../reading/listing.ts';
import { checkQuota } from '../quotas/quota-check.ts';
import { refuse } from '../refusals.ts';
import { detailL7Policies, detailOf, type L7PolicyDetail } from '../reading/relations.ts';
import type { ServiceDeps } from '../service-deps.ts';
import { claimRow, claimTree, claimTreeForPolicy, noSuch } from '../change/state-gate.ts';

export class L7PolicyService {
  readonly #deps: ServiceDeps;

  constructor(deps: ServiceDeps) {
    this.#deps = deps;
  }

  async list(request: ListRequest): Promise<L7PolicyDetail[]> {
    const { read } = this.#deps.storage;
    return detailL7Policies(read, await listRows(read, 'l7policies', request));
  }

  async get(id: string): Promise<L7PolicyDetail> {
    const { read } = this.#deps.storage;
    return detailOf(detailL7Policies, read, await getRow(read, 'l7policies', id));
  }

  async create(listener: Listener, spec: L7PolicySpec): Promise<L7PolicyDetail> {
    const { settings, random } = this.#deps;
    if (listener.protocol === 'PROMETHEUS') {
      throw refuse('ERR_LISTENER_TAKES_NO_CHILDREN', { protocol: listener.protocol });
    }
    return acceptChange(this.#deps, async (unit) => {
      const redirect = redirectChanges(spec);
      await checkRedirectPool(unit, redirect.redirect_pool_id, listener);
      await checkQuota(unit.repositories, settings.quotas, listener.project_id, { l7policies: 1 });
      await claimTreeForPolicy(unit, listener.loadbalancer_id);
      await claimRow(unit, 'listeners', listener.id);
      const id = random.uuid();
      const position = await this.#place(unit, listener.id, id, spec.position ?? POSITION_MAX);
      const identity = {
        id,
        projectId: listener.project_id,
        loadbalancerId: listener.loadbalancer_id,
        listenerId: listener.id,
        position,
        now: unit.now,
      };
      await unit.pend('listeners', listener.id, 'PENDING_UPDATE');
      await unit.insert('l7policies', newL7Policy(spec, identity));
      return this.#outcome(unit, 'create', id);
    });
  }

  async update(id: string, input: L7PolicyChanges): Promise<L7PolicyDetail> {
    const { read } = this.#deps.storage;
    const known = await getRow(read, 'l7policies', id);
    const listener = await getRow(read, 'listeners', known.listener_id);
    if (Object.values(input).every((value) => value === undefined)) {
      throw refuse('ERR_L7_POLICY_ARGUMENTS', { detail: 'Invalid update options' });
    }
    return acceptChange(this.#deps, async (unit) => {
      const redirect = redirectChanges(input);
      await checkRedirectPool(unit, redirect.redirect_pool_id, listener);
      await claimTree(unit, known.loadbalancer_id);
      const current = await claimRow(unit, 'l7policies', id);
      const changes: Partial<L7Policy> = { ...changesFrom(input, L7_POLICY_DEFAULTS), ...redirect };
      if (input.position !== undefined) {
        const wanted = input.position ?? POSITION_MAX;
        changes.position = await this.#place(unit, current.listener_id, id, wanted);
      }
      await unit.pend('listeners', current.listener_id, 'PENDING_UPDATE');
      await unit.revise('l7policies', id, changes);
      return this.#outcome(unit, 'update', id);
    });
  }

  async delete(id: string): Promise<void> {
    const known = await getRow(this.#deps.storage.read, 'l7policies', id);
    await acceptChange(this.#deps, async (unit) => {
      await claimTree(unit, known.loadbalancer_id);
      await claimRow(unit, 'l7policies', id);
      await this.#place(unit, known.listener_id, id, undefined);
      await unit.pend('listeners', known.listener_id, 'PENDING_UPDATE');
      await unit.pend('l7policies', id, 'PENDING_DELETE');
      return this.#outcome(unit, 'delete', id);
    });
  }

  /** Makes room at `wanted` (or closes the gap) among the listener's other policies. */
  async #place(
    unit: ChangeUnit,
    listenerId: string,
    id: string,
    wanted: number | undefined,
  ): Promise<number> {
    const others = await unit.repositories.l7policies.list({ where: { listener_id: listenerId } });
    const { moved, position } = renumber(others, id, wanted);
    for (const policy of moved) {
      await unit.repositories.l7policies.update(policy.id, { position: policy.position });
    }
    return position;
  }

  async #outcome(unit: ChangeUnit, verb: 'create' | 'update' | 'delete', id: string) {
    const row = await unit.repositories.l7policies.get(id);
    return {
      change: { verb, kind: 'l7policies' as const, id, loadbalancerId: row.loadbalancer_id },
      answer: await detailOf(detailL7Policies, unit.repositories, row),
    };
  }
}

/** A redirect pool must exist on the same load balancer and speak what the listener sends. */
async function checkRedirectPool(
  unit: ChangeUnit,
  poolId: string | null | undefined,
  listener: Listener,
): Promise<void> {
  if (poolId === null || poolId === undefined) return;
  const pool = await getRow(unit.repositories, 'pools', poolId);
  if (pool.loadbalancer_id !== listener.loadbalancer_id) throw noSuch('pools', poolId);
  checkPoolProtocol(unit.rules, pool.protocol, listener.protocol);
}
