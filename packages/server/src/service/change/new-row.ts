// What every new object starts with.
import type { Resource } from '@f5-lbaas/model';

type Start = Pick<
  Resource,
  | 'id'
  | 'project_id'
  | 'provisioning_status'
  | 'operating_status'
  | 'revision'
  | 'delete_requested'
  | 'status_reason'
  | 'created_at'
  | 'updated_at'
>;

/** @param now UTC ISO 8601. The driver stamps the revision when it records the change. */
export function newRow(id: string, projectId: string, now: string): Start {
  return {
    id,
    project_id: projectId,
    provisioning_status: 'PENDING_CREATE',
    operating_status: 'OFFLINE',
    revision: 0,
    delete_requested: false,
    status_reason: null,
    created_at: now,
    updated_at: null,
  };
}
