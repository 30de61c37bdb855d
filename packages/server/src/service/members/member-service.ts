// Members of a pool: create, read, change, delete one; replace all at once.
import type { Member, Pool } from '@f5-lbaas/model';

import { changesFrom } from '../change/attributes.ts';
import { acceptChange, type ChangeUnit } from '../change/accept-change.ts';
import { getRow, listRows, type ListRequest } from '../reading/listing.ts';
import { replaceMembers, type BatchOptions } from './member-batch.ts';
import {
  checkMember,
  MEMBER_DEFAULTS,
  newMember,
  type MemberChanges,
  type MemberSpec,
} from './member-row.ts';
import { checkSubnets } from '../vip/network-objects.ts';
import { checkQuota } from '../quotas/quota-check.ts';
import { refuse } from '../refusals.ts';
import type { Caller, ServiceDeps } from '../service-deps.ts';
import { claimPool, claimRow, noSuch } from '../change/state-gate.ts';

export class MemberService {
  readonly #deps: ServiceDeps;

  constructor(deps: ServiceDeps) {
    this.#deps = deps;
  }

  async list(poolId: string, request: ListRequest): Promise<Member[]> {
    const where = { ...request.where, pool_id: poolId };
    return listRows(this.#deps.storage.read, 'members', { ...request, where });
  }

  /** Whatever pool they are in. */
  async listAll(request: ListRequest): Promise<Member[]> {
    return listRows(this.#deps.storage.read, 'members', request);
  }

  /** Whatever pool it is in. @throws not found */
  async find(id: string): Promise<Member> {
    return getRow(this.#deps.storage.read, 'members', id);
  }

  /** @throws not found, also when the member belongs to another pool */
  async get(poolId: string, id: string): Promise<Member> {
    const member = await getRow(this.#deps.storage.read, 'members', id);
    if (member.pool_id !== poolId) throw noSuch('members', id);
    return member;
  }

  async create(caller: Caller, pool: Pool, spec: MemberSpec): Promise<Member> {
    const { settings, random } = this.#deps;
    checkMember(spec, settings.reservedIps);
    await checkSubnets(this.#deps, caller, [spec.subnet_id]);
    return acceptChange(this.#deps, async (unit) => {
      const { repositories } = unit;
      await checkQuota(repositories, settings.quotas, pool.project_id, { members: 1 });
      await claimPool(unit, pool);
      const monitored = (await repositories.healthmonitors.count({ pool_id: pool.id })) > 0;
      const identity = {
        id: random.uuid(),
        projectId: pool.project_id,
        loadbalancerId: pool.loadbalancer_id,
        poolId: pool.id,
        now: unit.now,
      };
      const member = newMember(spec, identity, monitored);
      await checkNotPresent(unit, member);
      await unit.insert('members', member);
      return this.#outcome(unit, 'create', member.id);
    });
  }

  async update(pool: Pool, id: string, input: MemberChanges): Promise<Member> {
    return acceptChange(this.#deps, async (unit) => {
      await claimPool(unit, pool);
      await claimRow(unit, 'members', id);
      await unit.revise('members', id, changesFrom(input, MEMBER_DEFAULTS));
      return this.#outcome(unit, 'update', id);
    });
  }

  async delete(pool: Pool, id: string): Promise<void> {
    await acceptChange(this.#deps, async (unit) => {
      await claimPool(unit, pool);
      await claimRow(unit, 'members', id);
      await unit.pend('members', id, 'PENDING_DELETE');
      return this.#outcome(unit, 'delete', id);
    });
  }

  /** Makes the pool's members those of the request (or adds them, with `additiveOnly`). */
  async replace(
    caller: Caller,
    pool: Pool,
    specs: readonly MemberSpec[],
    options: BatchOptions,
  ): Promise<void> {
    const { settings } = this.#deps;
    for (const spec of specs) checkMember(spec, settings.reservedIps);
    await checkSubnets(
      this.#deps,
      caller,
      specs.map((spec) => spec.subnet_id),
    );
    await acceptChange(this.#deps, async (unit) => ({
      answer: undefined,
      ...(await replaceMembers(this.#deps, unit, pool, { specs, ...options })),
    }));
  }

  async #outcome(unit: ChangeUnit, verb: 'create' | 'update' | 'delete', id: string) {
    const row = await unit.repositories.members.get(id);
    return {
      change: { verb, kind: 'members' as const, id, loadbalancerId: row.loadbalancer_id },
      answer: row,
    };
  }
}

async function checkNotPresent(unit: ChangeUnit, member: Member): Promise<void> {
  const { address, protocol_port } = member;
  const same = await unit.repositories.members.count({
    pool_id: member.pool_id,
    address,
    protocol_port,
  });
  if (same > 0)
    throw refuse('ERR_MEMBER_EXISTS', { address, protocol_port, pool_id: member.pool_id });
}
