// What handlers of LBaaS v1 work with, and what they do alike.
import { LbaasError, type Resource, type ResourceKind } from '@f5-lbaas/model';

import type { V1Service } from '../../service/lbaas-v1/v1-service.ts';
import type { ListCondition, ListRequest } from '../../service/reading/listing.ts';
import { withinReach, type NeutronApi } from '../shared/neutron/access.ts';
import type { Call } from '../shared/http-call.ts';
import type { View } from '../shared/neutron/list-query.ts';

export interface V1Api extends NeutronApi {
  v1: V1Service;
}

/** Whose an object is, under both names. */
export function owner({ project_id }: Pick<Resource, 'project_id'>): View {
  return { tenant_id: project_id, project_id };
}

/**
 * A list whose filters, order and page are made of the views: v1's objects are put together from several rows.
 * @param read the objects of the projects within the caller's reach
 */
export async function listViews(
  api: V1Api,
  call: Call,
  { kind, request }: { kind: ResourceKind; request: ListRequest },
  read: (where: Record<string, ListCondition>) => Promise<View[]>,
): Promise<View[]> {
  const project = withinReach(api, call, kind, request).where?.project_id;
  return pageOf(await read(project === undefined ? {} : { project_id: project }), request);
}

function pageOf(views: readonly View[], request: ListRequest): View[] {
  const { where = {}, sort = [], limit, marker, pageReverse = false } = request;
  const found = views.filter((view) =>
    Object.entries(where).every(([name, condition]) =>
      Array.isArray(condition)
        ? condition.includes(view[name] as string)
        : view[name] === condition,
    ),
  );
  const ordered = [...found].sort((a, b) => compare(a, b, sort));
  const at = marker === undefined ? -1 : ordered.findIndex((view) => view.id === marker);
  if (marker !== undefined && at < 0) {
    const message = `The marker '${marker}' is unknown.`;
    throw new LbaasError('bad_request', 'ERR_UNKNOWN_MARKER', message, { context: { marker } });
  }
  if (!pageReverse) return ordered.slice(at + 1).slice(0, limit);
  const before = ordered.slice(0, marker === undefined ? undefined : at);
  return limit === undefined ? before : before.slice(-limit);
}

function compare(a: View, b: View, sort: NonNullable<ListRequest['sort']>): number {
  for (const { key, dir } of sort) {
    const [left, right] = [String(a[key]), String(b[key])];
    const isNumber = typeof a[key] === 'number';
    const order = isNumber
      ? Number(left) - Number(right)
      : left < right
        ? -1
        : Number(left > right);
    if (order !== 0) return dir === 'asc' ? order : -order;
  }
  return 0;
}
