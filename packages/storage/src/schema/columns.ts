// The one list of stored columns and what they hold; codec, filters and repositories all read it.
import type { ResourceKind, ResourceKinds } from '@f5-lbaas/model';
import type {
  AgentRow,
  ClusterwideAgentRow,
  PortReleaseRow,
  ProviderEnvironmentRow,
  QuotaRow,
  TenantBindingRow,
  V1AssociationRow,
  V1MonitorRow,
  V1PoolRow,
  VipClaimRow,
} from '../storage.ts';

/** `json` columns are text in the database, and cannot be filtered or sorted by. */
export type ColumnType = 'text' | 'integer' | 'boolean' | 'json';
export type Columns<Row> = Readonly<Record<keyof Row & string, ColumnType>>;

const common = {
  id: 'text',
  project_id: 'text',
  name: 'text',
  provisioning_status: 'text',
  operating_status: 'text',
  admin_state_up: 'boolean',
  tags: 'json',
  revision: 'integer',
  delete_requested: 'boolean',
  status_reason: 'text',
  created_at: 'text',
  updated_at: 'text',
} as const;

const tls = { tls_ciphers: 'text', tls_versions: 'json', alpn_protocols: 'json' } as const;

export const RESOURCE_COLUMNS: { [K in ResourceKind]: Columns<ResourceKinds[K]> } = {
  loadbalancers: {
    ...common,
    description: 'text',
    vip_address: 'text',
    vip_port_id: 'text',
    vip_subnet_id: 'text',
    vip_network_id: 'text',
    vip_qos_policy_id: 'text',
    vip_sg_ids: 'json',
    additional_vips: 'json',
    vip_port_owned: 'boolean',
    provider: 'text',
    flavor_id: 'text',
    availability_zone: 'text',
    vip_vnic_type: 'text',
    applied_revision: 'integer',
    pending_since: 'text',
    notified_at: 'text',
  },
  listeners: {
    ...common,
    ...tls,
    loadbalancer_id: 'text',
    description: 'text',
    protocol: 'text',
    protocol_port: 'integer',
    connection_limit: 'integer',
    default_pool_id: 'text',
    default_tls_container_ref: 'text',
    sni_container_refs: 'json',
    insert_headers: 'json',
    timeout_client_data: 'integer',
    timeout_member_connect: 'integer',
    timeout_member_data: 'integer',
    timeout_tcp_inspect: 'integer',
    client_ca_tls_container_ref: 'text',
    client_authentication: 'text',
    client_crl_container_ref: 'text',
    allowed_cidrs: 'json',
    hsts_max_age: 'integer',
    hsts_include_subdomains: 'boolean',
    hsts_preload: 'boolean',
  },
  pools: {
    ...common,
    ...tls,
    loadbalancer_id: 'text',
    description: 'text',
    protocol: 'text',
    lb_algorithm: 'text',
    session_persistence: 'json',
    tls_container_ref: 'text',
    ca_tls_container_ref: 'text',
    crl_container_ref: 'text',
    tls_enabled: 'boolean',
  },
  members: {
    ...common,
    loadbalancer_id: 'text',
    pool_id: 'text',
    address: 'text',
    protocol_port: 'integer',
    weight: 'integer',
    backup: 'boolean',
    subnet_id: 'text',
    monitor_address: 'text',
    monitor_port: 'integer',
    vnic_type: 'text',
  },
  healthmonitors: {
    ...common,
    loadbalancer_id: 'text',
    pool_id: 'text',
    type: 'text',
    delay: 'integer',
    timeout: 'integer',
    max_retries: 'integer',
    max_retries_down: 'integer',
    http_method: 'text',
    url_path: 'text',
    expected_codes: 'text',
    http_version: 'json',
    domain_name: 'text',
  },
  l7policies: {
    ...common,
    loadbalancer_id: 'text',
    listener_id: 'text',
    description: 'text',
    action: 'text',
    redirect_pool_id: 'text',
    redirect_url: 'text',
    redirect_prefix: 'text',
    redirect_http_code: 'integer',
    position: 'integer',
  },
  l7rules: {
    ...common,
    loadbalancer_id: 'text',
    l7policy_id: 'text',
    type: 'text',
    compare_type: 'text',
    key: 'text',
    value: 'text',
    invert: 'boolean',
  },
};

export const AGENT_COLUMNS: Columns<AgentRow> = {
  id: 'text',
  agent_type: 'text',
  binary: 'text',
  host: 'text',
  topic: 'text',
  admin_state_up: 'boolean',
  disabled_by_agent: 'boolean',
  configurations: 'json',
  created_at: 'text',
  started_at: 'text',
  heartbeat_timestamp: 'text',
};

export const TENANT_BINDING_COLUMNS: Columns<TenantBindingRow> = {
  project_id: 'text',
  environment: 'text',
  agent_id: 'text',
};

export const CLUSTERWIDE_AGENT_COLUMNS: Columns<ClusterwideAgentRow> = {
  environment: 'text',
  group_number: 'integer',
  agent_id: 'text',
};

export const QUOTA_COLUMNS: Columns<QuotaRow> = {
  project_id: 'text',
  loadbalancer: 'integer',
  listener: 'integer',
  pool: 'integer',
  member: 'integer',
  healthmonitor: 'integer',
  l7policy: 'integer',
  l7rule: 'integer',
};

export const V1_POOL_COLUMNS: Columns<V1PoolRow> = {
  pool_id: 'text',
  subnet_id: 'text',
  owns_loadbalancer: 'boolean',
};

export const V1_MONITOR_COLUMNS: Columns<V1MonitorRow> = {
  id: 'text',
  project_id: 'text',
  type: 'text',
  delay: 'integer',
  timeout: 'integer',
  max_retries: 'integer',
  http_method: 'text',
  url_path: 'text',
  expected_codes: 'text',
  admin_state_up: 'boolean',
  created_at: 'text',
};

export const V1_ASSOCIATION_COLUMNS: Columns<V1AssociationRow> = {
  healthmonitor_id: 'text',
  monitor_id: 'text',
};

export const PORT_RELEASE_COLUMNS: Columns<PortReleaseRow> = {
  port_id: 'text',
  loadbalancer_id: 'text',
  revision: 'integer',
};

export const VIP_CLAIM_COLUMNS: Columns<VipClaimRow> = {
  id: 'text',
  device_id: 'text',
  user_port_id: 'text',
  abandoned: 'boolean',
  created_at: 'text',
};

export const PROVIDER_ENVIRONMENT_COLUMNS: Columns<ProviderEnvironmentRow> = {
  provider: 'text',
  environment: 'text',
};

/** Table of the search index over a kind's `tags` column. */
export function tagTable(kind: ResourceKind): string {
  return `${kind}_tags`;
}
