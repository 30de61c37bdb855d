// L7 rules as responses show them.
import type { L7Rule } from '@f5-lbaas/model';

import { timestamp } from '../common-view.ts';
import type { View } from '../page.ts';

export function l7RuleView(row: L7Rule): View {
  return {
    id: row.id,
    type: row.type,
    compare_type: row.compare_type,
    key: row.key,
    value: row.value,
    invert: row.invert,
    provisioning_status: row.provisioning_status,
    operating_status: row.operating_status,
    created_at: timestamp(row.created_at),
    updated_at: timestamp(row.updated_at),
    project_id: row.project_id,
    admin_state_up: row.admin_state_up,
    tags: row.tags,
    tenant_id: row.project_id,
  };
}
