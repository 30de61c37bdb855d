// Pools as responses show them.
import type { LoadBalancerTree, Pool } from '@f5-lbaas/model';

import type { PoolDetail } from '../../../service/reading/relations.ts';
import { references, timestamp } from '../common-view.ts';
import { fullHealthMonitor } from '../health-monitors/view.ts';
import { memberView } from '../members/view.ts';
import type { View } from '../page.ts';

export function poolView(detail: PoolDetail): View {
  const { pool, healthmonitorId } = detail;
  return {
    ...head(pool),
    loadbalancers: references([pool.loadbalancer_id]),
    listeners: references(detail.listenerIds),
    created_at: timestamp(pool.created_at),
    updated_at: timestamp(pool.updated_at),
    // Absent, not null, when there is none.
    ...(healthmonitorId === undefined ? {} : { healthmonitor_id: healthmonitorId }),
    members: references(detail.memberIds),
    ...tail(pool),
  };
}

/** Inside the answer to a fully populated create. */
export function fullPool(pool: Pool, tree: LoadBalancerTree): View {
  const monitor = tree.healthmonitors.find((row) => row.pool_id === pool.id);
  return {
    members: tree.members.filter((member) => member.pool_id === pool.id).map(memberView),
    healthmonitor: monitor === undefined ? null : fullHealthMonitor(monitor),
    ...head(pool),
    listeners: references(
      tree.listeners.filter((row) => row.default_pool_id === pool.id).map((row) => row.id),
    ),
    created_at: timestamp(pool.created_at),
    updated_at: timestamp(pool.updated_at),
    ...tail(pool),
  };
}

function head(row: Pool): View {
  const persistence = row.session_persistence;
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    provisioning_status: row.provisioning_status,
    operating_status: row.operating_status,
    admin_state_up: row.admin_state_up,
    protocol: row.protocol,
    lb_algorithm: row.lb_algorithm,
    session_persistence:
      persistence === null
        ? null
        : {
            type: persistence.type,
            cookie_name: persistence.cookie_name,
            persistence_timeout: persistence.persistence_timeout,
            persistence_granularity: persistence.persistence_granularity,
          },
    project_id: row.project_id,
  };
}

function tail(row: Pool): View {
  return {
    tags: row.tags,
    tls_container_ref: row.tls_container_ref,
    ca_tls_container_ref: row.ca_tls_container_ref,
    crl_container_ref: row.crl_container_ref,
    tls_enabled: row.tls_enabled,
    tls_ciphers: row.tls_ciphers,
    tls_versions: row.tls_versions,
    alpn_protocols: row.alpn_protocols,
    tenant_id: row.project_id,
  };
}
