// Forms that several views share.
import type { Resource } from '@f5-lbaas/model';

export function references(ids: readonly string[]): { id: string }[] {
  return ids.map((id) => ({ id }));
}

/** Whose an object is, under both names. */
export function owner({ project_id }: Pick<Resource, 'project_id'>): {
  tenant_id: string;
  project_id: string;
} {
  return { tenant_id: project_id, project_id };
}
