// What of the stored objects is unfinished or failed, with the reason: what operators ask for when something is in ERROR.
import {
  RESOURCE_KINDS,
  type LoadBalancerTree,
  type Resource,
  type ResourceKind,
} from '@f5-lbaas/model';
import type { Repositories } from '@f5-lbaas/storage';

export interface KindedRow {
  kind: ResourceKind;
  row: Resource;
}

/** Below the load balancer, parents first. */
export function unfinishedBelow(tree: LoadBalancerTree): KindedRow[] {
  return RESOURCE_KINDS.flatMap((kind) => {
    const rows: readonly Resource[] = kind === 'loadbalancers' ? [] : tree[kind];
    return rows.filter((row) => row.provisioning_status !== 'ACTIVE').map((row) => ({ kind, row }));
  });
}

/** Load balancer that a row belongs to. */
export function rootOf({ kind, row }: KindedRow): string {
  if (kind === 'loadbalancers') return row.id;
  return 'loadbalancer_id' in row ? String(row.loadbalancer_id) : '';
}

/**
 * Everything in ERROR, the newest first.
 * @param limit rows at most
 */
export async function listErrors(
  repositories: Repositories,
  limit: number,
): Promise<{ errors: KindedRow[]; isTruncated: boolean }> {
  const lists = await Promise.all(
    RESOURCE_KINDS.map(async (kind) => {
      const rows: readonly Resource[] = await repositories.resource(kind).list({
        where: { provisioning_status: 'ERROR' },
        sort: [{ key: 'updated_at', dir: 'desc' }],
        limit: limit + 1,
      });
      return rows.map((row) => ({ kind, row }));
    }),
  );
  const all = lists
    .flat()
    .sort((a, b) => (b.row.updated_at ?? '').localeCompare(a.row.updated_at ?? ''));
  return { errors: all.slice(0, limit), isTruncated: all.length > limit };
}
