// Reading rows for the APIs: rows kept as DELETED do not exist for clients.
import type { ResourceKind, ResourceKinds } from '@f5-lbaas/model';
import type { Condition, ListQuery, Repositories } from '@f5-lbaas/storage';

import { VISIBLE_STATUSES } from '../quotas/quota-check.ts';
import { noSuch } from '../change/state-gate.ts';

/** Filters by attribute, tags, order and page; see `ListQuery` for the parts. */
export type ListRequest = ListQuery;
export type ListCondition = Condition;

function visible(where: Record<string, Condition> = {}): Record<string, Condition> {
  const wanted = where.provisioning_status;
  if (wanted === undefined) return { ...where, provisioning_status: VISIBLE_STATUSES };
  return wanted === 'DELETED' ? { ...where, provisioning_status: [] } : where;
}

export async function listRows<K extends ResourceKind>(
  repositories: Repositories,
  kind: K,
  request: ListRequest,
): Promise<ResourceKinds[K][]> {
  return repositories.resource(kind).list({ ...request, where: visible(request.where) });
}

/** @throws not found under the name that the APIs use */
export async function getRow<K extends ResourceKind>(
  repositories: Repositories,
  kind: K,
  id: string,
): Promise<ResourceKinds[K]> {
  const row = await repositories.resource(kind).find(id);
  if (row?.provisioning_status === undefined || row.provisioning_status === 'DELETED') {
    throw noSuch(kind, id);
  }
  return row;
}
