// Health monitors as responses show them.
import type { HealthMonitor } from '@f5-lbaas/model';

import { JsonFloat } from '../../shared/python-json.ts';
import { references, timestamp } from '../common-view.ts';
import type { View } from '../page.ts';

export function healthMonitorView(row: HealthMonitor): View {
  return { ...head(row), pools: references([row.pool_id]), ...tail(row) };
}

/** Inside the answer to a fully populated create. */
export function fullHealthMonitor(row: HealthMonitor): View {
  return { ...head(row), ...tail(row) };
}

function head(row: HealthMonitor): View {
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    delay: row.delay,
    timeout: row.timeout,
    max_retries: row.max_retries,
    max_retries_down: row.max_retries_down,
    http_method: row.http_method,
    url_path: row.url_path,
    expected_codes: row.expected_codes,
    admin_state_up: row.admin_state_up,
    project_id: row.project_id,
  };
}

function tail(row: HealthMonitor): View {
  return {
    provisioning_status: row.provisioning_status,
    operating_status: row.operating_status,
    created_at: timestamp(row.created_at),
    updated_at: timestamp(row.updated_at),
    tags: row.tags,
    http_version: row.http_version === null ? null : new JsonFloat(row.http_version),
    domain_name: row.domain_name,
    tenant_id: row.project_id,
  };
}
