// Settles a load balancer by a report, or by its deadline: lock, plan, write, and finish a deletion.
import { LbaasError, type LoadBalancerTree } from '@f5-lbaas/model';
import { isoNow, toError } from '@f5-lbaas/platform';
import type { Repositories } from '@f5-lbaas/storage';
import type { DriverDeps } from '../driver-deps.ts';
import { releaseVipPort } from '../vip-port.ts';
import { applySettlement } from './apply-settlement.ts';
import { planExpiry, planSettlement, type Report, type Settlement } from './plan-settlement.ts';

export type SettleDeps = Pick<DriverDeps, 'storage' | 'neutron' | 'clock' | 'logger' | 'options'>;

/**
 * Makes of the rows what the report says; a load balancer that is gone is forgotten about. Safe to repeat.
 * @param report made from the locked rows, or undefined: nothing to settle
 */
export async function settle(
  deps: SettleDeps,
  loadbalancerId: string,
  report: (repositories: Repositories, tree: LoadBalancerTree) => Promise<Report | undefined>,
): Promise<void> {
  const settlement = await inLockedTree(deps, loadbalancerId, async (repositories, tree) => {
    const given = await report(repositories, tree);
    return given === undefined ? undefined : planSettlement(tree, given, isoNow(deps.clock));
  });
  if (settlement === undefined) return;
  logSettlement(deps.logger, loadbalancerId, settlement);
  if (!settlement.rootGone) return;
  try {
    await finishDeletion(deps, loadbalancerId);
  } catch (error) {
    deps.logger.warn(
      { loadbalancer_id: loadbalancerId, error: toError(error).message },
      'deletion could not be finished; the sweeper tries again',
    );
  }
}

/** What became of accepted changes; the reasons of failures are nowhere else to be read in words. */
function logSettlement(
  logger: SettleDeps['logger'],
  loadbalancer_id: string,
  { children, root, ignored }: Settlement,
): void {
  for (const { kind, id, changes } of children) {
    if (changes.provisioning_status !== 'ERROR') continue;
    logger.warn({ loadbalancer_id, kind, id, reason: changes.status_reason }, 'object in ERROR');
  }
  if (root.provisioning_status === 'ERROR')
    logger.warn({ loadbalancer_id, reason: root.status_reason }, 'load balancer in ERROR');
  if (root.provisioning_status === 'ACTIVE')
    logger.info({ loadbalancer_id, revision: root.applied_revision }, 'load balancer ACTIVE');
  for (const one of ignored) logger.warn({ loadbalancer_id, ...one }, 'report ignored in part');
}

/**
 * Ends what is pending in `ERROR`, unless it was settled or changed meanwhile.
 * @param pendingSince as the caller saw it
 */
export async function expire(
  deps: SettleDeps,
  loadbalancerId: string,
  pendingSince: string,
  reason: string,
): Promise<void> {
  await inLockedTree(deps, loadbalancerId, (_, tree) =>
    Promise.resolve(
      tree.loadbalancer.pending_since === pendingSince ? planExpiry(tree, reason) : undefined,
    ),
  );
}

/** Off the devices, as far as the agent said: only the VIP port and the rows remain. */
export function awaitsFinish(row: LoadBalancerTree['loadbalancer']): boolean {
  return (
    row.delete_requested &&
    row.provisioning_status === 'PENDING_DELETE' &&
    row.applied_revision >= row.revision
  );
}

/**
 * Removes what is left of a load balancer that is off the devices: first its port, then its rows, so that a
 * port is never forgotten. Safe to repeat.
 * @throws LbaasError when Neutron cannot or will not delete the port; nothing is lost then
 */
export async function finishDeletion(deps: SettleDeps, loadbalancerId: string): Promise<void> {
  const row = await deps.storage.read.loadbalancers.find(loadbalancerId);
  if (row === undefined || !awaitsFinish(row)) return;
  await releaseVipPort(deps, row);
  await deps.storage.transaction((repositories) => repositories.loadbalancers.delete(row.id));
  deps.logger.info({ loadbalancer_id: row.id, tenant_id: row.project_id }, 'load balancer deleted');
}

async function inLockedTree(
  deps: SettleDeps,
  loadbalancerId: string,
  plan: (repositories: Repositories, tree: LoadBalancerTree) => Promise<Settlement | undefined>,
): Promise<Settlement | undefined> {
  return deps.storage.transaction(async (repositories) => {
    const tree = await lockTree(repositories, loadbalancerId);
    const settlement = tree === undefined ? undefined : await plan(repositories, tree);
    if (tree !== undefined && settlement !== undefined) {
      await applySettlement(repositories, tree, settlement, isoNow(deps.clock));
    }
    return settlement;
  });
}

async function lockTree(
  repositories: Repositories,
  id: string,
): Promise<LoadBalancerTree | undefined> {
  try {
    await repositories.loadbalancers.lock(id);
  } catch (error) {
    if (error instanceof LbaasError && error.kind === 'not_found') return undefined;
    throw error;
  }
  return repositories.loadTree(id);
}
