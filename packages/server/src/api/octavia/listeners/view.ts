// Listeners as responses show them.
import type { Listener, LoadBalancerTree } from '@f5-lbaas/model';

import type { ListenerDetail } from '../../../service/reading/relations.ts';
import { references, timestamp } from '../common-view.ts';
import { fullL7Policy } from '../l7policies/view.ts';
import type { View } from '../page.ts';

export function listenerView({ listener, l7policyIds }: ListenerDetail): View {
  return {
    ...head(listener),
    l7policies: references(l7policyIds),
    insert_headers: listener.insert_headers,
    created_at: timestamp(listener.created_at),
    updated_at: timestamp(listener.updated_at),
    loadbalancers: references([listener.loadbalancer_id]),
    ...tail(listener),
  };
}

/** Inside the answer to a fully populated create. */
export function fullListener(listener: Listener, tree: LoadBalancerTree): View {
  const policies = tree.l7policies.filter((policy) => policy.listener_id === listener.id);
  return {
    l7policies: policies.map((policy) => fullL7Policy(policy, tree)),
    ...head(listener),
    insert_headers: listener.insert_headers,
    created_at: timestamp(listener.created_at),
    updated_at: timestamp(listener.updated_at),
    ...tail(listener),
  };
}

function head(row: Listener): View {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    provisioning_status: row.provisioning_status,
    operating_status: row.operating_status,
    admin_state_up: row.admin_state_up,
    protocol: row.protocol,
    protocol_port: row.protocol_port,
    connection_limit: row.connection_limit,
    default_tls_container_ref: row.default_tls_container_ref,
    sni_container_refs: row.sni_container_refs,
    project_id: row.project_id,
    default_pool_id: row.default_pool_id,
  };
}

function tail(row: Listener): View {
  return {
    timeout_client_data: row.timeout_client_data,
    timeout_member_connect: row.timeout_member_connect,
    timeout_member_data: row.timeout_member_data,
    timeout_tcp_inspect: row.timeout_tcp_inspect,
    tags: row.tags,
    client_ca_tls_container_ref: row.client_ca_tls_container_ref,
    client_authentication: row.client_authentication,
    client_crl_container_ref: row.client_crl_container_ref,
    allowed_cidrs: row.allowed_cidrs.length === 0 ? null : row.allowed_cidrs,
    tls_ciphers: row.tls_ciphers,
    tls_versions: row.tls_versions,
    alpn_protocols: row.alpn_protocols,
    hsts_max_age: row.hsts_max_age,
    hsts_include_subdomains: row.hsts_include_subdomains,
    hsts_preload: row.hsts_preload,
    tenant_id: row.project_id,
  };
}
