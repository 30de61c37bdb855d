// Members as responses show them.
import type { Member } from '@f5-lbaas/model';

import { timestamp } from '../common-view.ts';
import type { View } from '../page.ts';

export function memberView(row: Member): View {
  return {
    id: row.id,
    name: row.name,
    operating_status: row.operating_status,
    provisioning_status: row.provisioning_status,
    admin_state_up: row.admin_state_up,
    address: row.address,
    protocol_port: row.protocol_port,
    weight: row.weight,
    backup: row.backup,
    subnet_id: row.subnet_id,
    project_id: row.project_id,
    created_at: timestamp(row.created_at),
    updated_at: timestamp(row.updated_at),
    monitor_address: row.monitor_address,
    monitor_port: row.monitor_port,
    tags: row.tags,
    vnic_type: row.vnic_type,
    tenant_id: row.project_id,
  };
}
