// Quota decisions: limits of a project, and whether so many more objects fit below them.
import { PROVISIONING_STATUSES, type ProvisioningStatus, type ResourceKind } from '@f5-lbaas/model';
import type { QuotaRow, Repositories } from '@f5-lbaas/storage';

import { refuse } from '../refusals.ts';
import type { QuotaLimits } from '../settings.ts';
import { RESOURCE_NAMES } from '../change/state-gate.ts';

const QUOTA_KEYS: Record<ResourceKind, keyof QuotaLimits> = {
  loadbalancers: 'loadbalancer',
  listeners: 'listener',
  pools: 'pool',
  members: 'member',
  healthmonitors: 'healthmonitor',
  l7policies: 'l7policy',
  l7rules: 'l7rule',
};

/** Every status but DELETED: rows kept as DELETED are seen and counted by nobody. */
export const VISIBLE_STATUSES: readonly ProvisioningStatus[] = PROVISIONING_STATUSES.filter(
  (status) => status !== 'DELETED',
);

/** What holds for a project: what was set for it, and the defaults for the rest. */
export function limitsOf(row: QuotaRow | undefined, defaults: QuotaLimits): QuotaLimits {
  const limits = { ...defaults };
  for (const key of Object.values(QUOTA_KEYS)) limits[key] = row?.[key] ?? defaults[key];
  return limits;
}

/**
 * Refuses when one of the counts does not fit. Takes the project's quota lock only when there is a limit,
 * and before the load balancer's lock (see state-gate).
 */
export async function checkQuota(
  repositories: Repositories,
  defaults: QuotaLimits,
  projectId: string,
  wanted: Partial<Record<ResourceKind, number>>,
): Promise<void> {
  const limits = limitsOf(await repositories.quotas.find(projectId), defaults);
  const limited = (Object.entries(wanted) as [ResourceKind, number][]).filter(
    ([kind, count]) => count > 0 && limits[QUOTA_KEYS[kind]] !== -1,
  );
  if (limited.length === 0) return;
  await repositories.quotas.lock(projectId);
  for (const [kind, count] of limited) {
    const used = await countOf(repositories, kind, projectId);
    if (used + count > limits[QUOTA_KEYS[kind]]) {
      throw refuse('ERR_QUOTA_MET', { resource: RESOURCE_NAMES[kind] });
    }
  }
}

/** A monitor of LBaaS v1 counts once, whether it is associated with no pool or with many. */
async function countOf(
  repositories: Repositories,
  kind: ResourceKind,
  projectId: string,
): Promise<number> {
  const where = { project_id: projectId, provisioning_status: VISIBLE_STATUSES };
  const rows = await repositories.resource(kind).count(where);
  if (kind !== 'healthmonitors') return rows;
  const kept = await repositories.v1Monitors.list({ project_id: projectId });
  const ids = kept.map(({ id }) => id);
  const associations = await repositories.v1Associations.list({ monitor_id: ids });
  return rows - associations.length + kept.length;
}
