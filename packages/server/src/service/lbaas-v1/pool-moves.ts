// Moving what LBaaS v1 lets move: pools between load balancers when a vip changes its pool, members between pools.
// On the devices nothing moves: an object that no service definition of a load balancer names any more is left alone
// there, and the definition that names it from now on finds it in place.
import type { Listener, Member, Pool } from '@f5-lbaas/model';

import { acceptChange, type ChangeUnit, type Outcome } from '../change/accept-change.ts';
import { claimPool, claimRow, claimTree } from '../change/state-gate.ts';
import { getRow } from '../reading/listing.ts';
import { refuse } from '../refusals.ts';
import type { ServiceDeps } from '../service-deps.ts';

type Elsewhere = NonNullable<Outcome<unknown>['elsewhere']>[number];

/** Always in the same order, so that two such changes do not wait for each other. */
async function lockBoth({ repositories }: ChangeUnit, ids: readonly string[]): Promise<void> {
  for (const id of [...ids].sort()) await repositories.loadbalancers.lock(id);
}

/**
 * The vip's load balancer gets `target`, the one of `target` gets the vip's pool.
 * @throws conflict when either load balancer is not just a v1 pool, or they are of different providers
 */
export async function swapPools(unit: ChangeUnit, vip: Listener, target: Pool): Promise<Elsewhere> {
  const { repositories } = unit;
  const loser = await getRow(repositories, 'pools', vip.default_pool_id ?? '');
  await lockBoth(unit, [vip.loadbalancer_id, target.loadbalancer_id]);
  await checkSameProvider(unit, vip, target);
  const [here, there] = [
    { where: { loadbalancer_id: vip.loadbalancer_id } },
    { where: { loadbalancer_id: target.loadbalancer_id } },
  ];
  const isPlain =
    (await repositories.listeners.count(here.where)) === 1 &&
    (await repositories.l7policies.count(here.where)) === 0 &&
    (await repositories.pools.count(there.where)) === 1 &&
    (await repositories.listeners.count(there.where)) === 0;
  const owned = await repositories.v1Pools.list({ pool_id: [loser.id, target.id] });
  if (!isPlain || owned.filter((row) => row.owns_loadbalancer).length !== 2) {
    throw refuse('ERR_POOL_TAKES_NO_VIP', { id: target.id });
  }
  const other = unit.beside();
  await claimTree(other, target.loadbalancer_id);
  await movePool(unit, target, vip.loadbalancer_id);
  await movePool(other, loser, target.loadbalancer_id);
  const loadbalancerId = target.loadbalancer_id;
  return { change: { verb: 'update', kind: 'pools', id: loser.id, loadbalancerId }, unit: other };
}

/** A pool keeps its provider, and with it the devices that it is on. */
async function checkSameProvider(
  { repositories }: ChangeUnit,
  vip: Listener,
  target: Pool,
): Promise<void> {
  const here = await getRow(repositories, 'loadbalancers', vip.loadbalancer_id);
  const there = await getRow(repositories, 'loadbalancers', target.loadbalancer_id);
  if (here.provider === there.provider) return;
  throw refuse('ERR_POOL_OF_OTHER_PROVIDER', { id: target.id, provider: there.provider });
}

async function movePool(unit: ChangeUnit, pool: Pool, loadbalancer_id: string): Promise<void> {
  const { repositories } = unit;
  await unit.pend('pools', pool.id, 'PENDING_UPDATE', { loadbalancer_id });
  for (const kind of ['members', 'healthmonitors'] as const) {
    for (const row of await repositories[kind].list({ where: { pool_id: pool.id } })) {
      const isLeaving = row.provisioning_status === 'PENDING_DELETE';
      const status = isLeaving ? 'PENDING_DELETE' : 'PENDING_UPDATE';
      await unit.pend(kind, row.id, status, { loadbalancer_id });
    }
  }
}

/** A member that goes on in another pool, with whatever else changes about it. */
export async function moveMember(
  deps: ServiceDeps,
  { id, pool_id: from }: Member,
  target: Pool,
  changes: Partial<Member>,
): Promise<Member> {
  return acceptChange(deps, async (unit) => {
    const { repositories } = unit;
    const source = await getRow(repositories, 'pools', from);
    await lockBoth(unit, [source.loadbalancer_id, target.loadbalancer_id]);
    const member = await claimRow(unit, 'members', id);
    const { address, protocol_port } = member;
    const same = await repositories.members.count({ pool_id: target.id, address, protocol_port });
    if (same > 0) throw refuse('ERR_MEMBER_EXISTS', { address, protocol_port, pool_id: target.id });
    const isFar = source.loadbalancer_id !== target.loadbalancer_id;
    const other = isFar ? unit.beside() : unit;
    await claimPool(unit, target);
    if (isFar) await claimPool(other, source);
    else await unit.pend('pools', source.id, 'PENDING_UPDATE');
    const place = { pool_id: target.id, loadbalancer_id: target.loadbalancer_id };
    await unit.revise('members', id, { ...changes, ...place });
    const left = { verb: 'update', kind: 'pools', id: source.id } as const;
    return {
      change: { verb: 'update', kind: 'members', id, loadbalancerId: target.loadbalancer_id },
      elsewhere: isFar
        ? [{ change: { ...left, loadbalancerId: source.loadbalancer_id }, unit: other }]
        : [],
      answer: await repositories.members.get(id),
    };
  });
}
