// Batch member update: what to create, overwrite and delete so that a pool has the members of a request.
import type { Member, Pool } from '@f5-lbaas/model';

import type { Change } from '../../driver/provider-driver.ts';
import { settle } from '../change/attributes.ts';
import type { ChangeUnit } from '../change/accept-change.ts';
import { MEMBER_DEFAULTS, newMember, type MemberSpec } from './member-row.ts';
import { checkQuota } from '../quotas/quota-check.ts';
import { refuse } from '../refusals.ts';
import type { ServiceDeps } from '../service-deps.ts';
import { claimPool } from '../change/state-gate.ts';

export interface BatchOptions {
  /** Members that the request does not name stay. */
  additiveOnly: boolean;
}

interface MemberBatch {
  create: MemberSpec[];
  overwrite: { member: Member; spec: MemberSpec }[];
  remove: Member[];
}

function keyOf(member: { address: string; protocol_port: number }): string {
  return `${member.address} ${member.protocol_port}`;
}

/**
 * Members are the same when address (as written) and port are.
 * @throws when a member is named twice
 */
function planMemberBatch(
  current: readonly Member[],
  specs: readonly MemberSpec[],
  options: BatchOptions,
): MemberBatch {
  const existing = new Map(current.map((member) => [keyOf(member), member]));
  const named = new Set<string>();
  const batch: MemberBatch = { create: [], overwrite: [], remove: [] };
  for (const spec of specs) {
    const key = keyOf(spec);
    const member = existing.get(key);
    if (named.has(key)) {
      if (member !== undefined) throw refuse('ERR_MEMBER_REPEATED', {});
      throw refuse('ERR_MEMBER_EXISTS', spec);
    }
    named.add(key);
    if (member === undefined) batch.create.push(spec);
    else batch.overwrite.push({ member, spec });
  }
  if (!options.additiveOnly) {
    batch.remove = current.filter((member) => !named.has(keyOf(member)));
  }
  return batch;
}

function isEmpty({ create, overwrite, remove }: MemberBatch): boolean {
  return create.length + overwrite.length + remove.length === 0;
}

/** POST defaults apply to a matched member too, but a name, tags or subnet not mentioned stay. */
function overwritten(member: Member, spec: MemberSpec): Partial<Member> {
  return {
    ...settle(spec, { ...MEMBER_DEFAULTS, name: member.name, tags: member.tags }),
    subnet_id: spec.subnet_id ?? member.subnet_id,
  };
}

/** Writes a batch in one transaction. Nothing to do: no state changes and nobody is told. */
export async function replaceMembers(
  deps: Pick<ServiceDeps, 'settings' | 'random'>,
  unit: ChangeUnit,
  pool: Pool,
  request: BatchOptions & { specs: readonly MemberSpec[] },
): Promise<{ change?: Change }> {
  const { repositories } = unit;
  const readCurrent = (): Promise<Member[]> =>
    repositories.members.list({ where: { pool_id: pool.id } });
  const preview = planMemberBatch(await readCurrent(), request.specs, request);
  if (isEmpty(preview)) return {};

  const growth = preview.create.length - preview.remove.length;
  await checkQuota(repositories, deps.settings.quotas, pool.project_id, { members: growth });
  await claimPool(unit, pool);
  // Read again below the lock: another request may have changed the pool meanwhile.
  const batch = planMemberBatch(await readCurrent(), request.specs, request);
  const monitored = (await repositories.healthmonitors.count({ pool_id: pool.id })) > 0;
  for (const member of batch.remove) await unit.pend('members', member.id, 'PENDING_DELETE');
  for (const { member, spec } of batch.overwrite) {
    await unit.revise('members', member.id, overwritten(member, spec));
  }
  for (const spec of batch.create) {
    const identity = {
      id: deps.random.uuid(),
      projectId: pool.project_id,
      loadbalancerId: pool.loadbalancer_id,
      poolId: pool.id,
      now: unit.now,
    };
    await unit.insert('members', newMember(spec, identity, monitored));
  }
  const change = { verb: 'update', kind: 'pools', id: pool.id } as const;
  return { change: { ...change, loadbalancerId: pool.loadbalancer_id } };
}
