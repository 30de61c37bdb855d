// The first schema. Frozen once released: later changes are migrations of their own.
import { createTable, type Table } from './create-table.ts';
import type { Migration } from './migration.ts';

const resource = {
  id: 'id!',
  project_id: 's!',
  name: 's!',
  provisioning_status: 's!',
  operating_status: 's!',
  admin_state_up: 'b!',
  tags: 'l!',
  revision: 'n!',
  delete_requested: 'b!',
  status_reason: 'l',
  created_at: 'ts!',
  updated_at: 'ts',
} as const;
const tls = { tls_ciphers: 'l', tls_versions: 'l', alpn_protocols: 'l' } as const;
const counters = {
  bytes_in: 'n!',
  bytes_out: 'n!',
  active_connections: 'n!',
  total_connections: 'n!',
  request_errors: 'n!',
} as const;
const byProject = [['project_id'], ['created_at', 'id']];

const TABLES: Record<string, Table> = {
  loadbalancers: {
    columns: {
      ...resource,
      description: 's!',
      vip_address: 's',
      vip_port_id: 's',
      vip_subnet_id: 's',
      vip_network_id: 's',
      vip_qos_policy_id: 's',
      vip_sg_ids: 'l!',
      additional_vips: 'l!',
      vip_port_owned: 'b!',
      provider: 's!',
      flavor_id: 's',
      availability_zone: 's',
      vip_vnic_type: 's!',
      applied_revision: 'n!',
      pending_since: 'ts',
      notified_at: 'ts',
    },
    primaryKey: ['id'],
    indexes: [...byProject, ['pending_since', 'id'], ['provisioning_status'], ['vip_port_id']],
  },
  pools: {
    columns: {
      ...resource,
      ...tls,
      loadbalancer_id: 'id!',
      description: 's!',
      protocol: 's!',
      lb_algorithm: 's!',
      session_persistence: 'l',
      tls_container_ref: 's',
      ca_tls_container_ref: 's',
      crl_container_ref: 's',
      tls_enabled: 'b!',
    },
    primaryKey: ['id'],
    references: { loadbalancer_id: ['loadbalancers', 'cascade'] },
    indexes: byProject,
  },
  listeners: {
    columns: {
      ...resource,
      ...tls,
      loadbalancer_id: 'id!',
      description: 's!',
      protocol: 's!',
      protocol_port: 'i!',
      connection_limit: 'i!',
      default_pool_id: 'id',
      default_tls_container_ref: 's',
      sni_container_refs: 'l!',
      insert_headers: 'l!',
      timeout_client_data: 'i!',
      timeout_member_connect: 'i!',
      timeout_member_data: 'i!',
      timeout_tcp_inspect: 'i!',
      client_ca_tls_container_ref: 's',
      client_authentication: 's!',
      client_crl_container_ref: 's',
      allowed_cidrs: 'l!',
      hsts_max_age: 'i',
      hsts_include_subdomains: 'b!',
      hsts_preload: 'b!',
    },
    primaryKey: ['id'],
    references: {
      loadbalancer_id: ['loadbalancers', 'cascade'],
      default_pool_id: ['pools', 'set null'],
    },
    indexes: byProject,
  },
  members: {
    columns: {
      ...resource,
      loadbalancer_id: 'id!',
      pool_id: 'id!',
      address: 's!',
      protocol_port: 'i!',
      weight: 'i!',
      backup: 'b!',
      subnet_id: 's',
      monitor_address: 's',
      monitor_port: 'i',
      vnic_type: 's!',
    },
    primaryKey: ['id'],
    references: {
      loadbalancer_id: ['loadbalancers', 'cascade'],
      pool_id: ['pools', 'cascade'],
    },
    indexes: byProject,
  },
  healthmonitors: {
    columns: {
      ...resource,
      loadbalancer_id: 'id!',
      pool_id: 'id!',
      type: 's!',
      delay: 'i!',
      timeout: 'i!',
      max_retries: 'i!',
      max_retries_down: 'i!',
      http_method: 's',
      url_path: 'm',
      expected_codes: 's',
      http_version: 's',
      domain_name: 's',
    },
    primaryKey: ['id'],
    references: {
      loadbalancer_id: ['loadbalancers', 'cascade'],
      pool_id: ['pools', 'cascade'],
    },
    indexes: byProject,
  },
  l7policies: {
    columns: {
      ...resource,
      loadbalancer_id: 'id!',
      listener_id: 'id!',
      description: 's!',
      action: 's!',
      redirect_pool_id: 'id',
      redirect_url: 'm',
      redirect_prefix: 'm',
      redirect_http_code: 'i',
      position: 'i!',
    },
    primaryKey: ['id'],
    references: {
      loadbalancer_id: ['loadbalancers', 'cascade'],
      listener_id: ['listeners', 'cascade'],
      redirect_pool_id: ['pools', 'set null'],
    },
    indexes: byProject,
  },
  l7rules: {
    columns: {
      ...resource,
      loadbalancer_id: 'id!',
      l7policy_id: 'id!',
      type: 's!',
      compare_type: 's!',
      key: 's',
      value: 's!',
      invert: 'b!',
    },
    primaryKey: ['id'],
    references: {
      loadbalancer_id: ['loadbalancers', 'cascade'],
      l7policy_id: ['l7policies', 'cascade'],
    },
    indexes: byProject,
  },
  agents: {
    columns: {
      id: 'id!',
      agent_type: 's!',
      binary: 's!',
      host: 's!',
      topic: 's!',
      admin_state_up: 'b!',
      disabled_by_agent: 'b!',
      configurations: 'l!',
      created_at: 'ts!',
      started_at: 'ts!',
      heartbeat_timestamp: 'ts!',
    },
    primaryKey: ['id'],
    unique: ['agent_type', 'host'],
  },
  tenant_bindings: {
    columns: { project_id: 's!', environment: 's!', agent_id: 'id!' },
    primaryKey: ['project_id', 'environment'],
    references: { agent_id: ['agents', 'restrict'] },
    indexes: [['environment']],
  },
  clusterwide_agents: {
    columns: { environment: 's!', group_number: 'i!', agent_id: 'id!' },
    primaryKey: ['environment', 'group_number'],
    references: { agent_id: ['agents', 'cascade'] },
  },
  listener_statistics: {
    columns: { listener_id: 'id!', loadbalancer_id: 'id!', ...counters },
    primaryKey: ['listener_id'],
    references: {
      listener_id: ['listeners', 'cascade'],
      loadbalancer_id: ['loadbalancers', 'cascade'],
    },
  },
  loadbalancer_statistics: {
    columns: { loadbalancer_id: 'id!', ...counters },
    primaryKey: ['loadbalancer_id'],
    references: { loadbalancer_id: ['loadbalancers', 'cascade'] },
  },
  quotas: {
    columns: {
      project_id: 's!',
      loadbalancer: 'i',
      listener: 'i',
      pool: 'i',
      member: 'i',
      healthmonitor: 'i',
      l7policy: 'i',
      l7rule: 'i',
    },
    primaryKey: ['project_id'],
  },
  /** One row per project that ever asked for a quota decision: what `quotas.lock` locks. */
  quota_locks: { columns: { project_id: 's!' }, primaryKey: ['project_id'] },
};

const TAGGED = [
  'loadbalancers',
  'pools',
  'listeners',
  'members',
  'healthmonitors',
  'l7policies',
  'l7rules',
];

function tagIndex(table: string): Table {
  return {
    columns: { resource_id: 'id!', tag: 's!' },
    primaryKey: ['resource_id', 'tag'],
    references: { resource_id: [table, 'cascade'] },
    indexes: [['tag']],
  };
}

export const initial: Migration = {
  name: '0001-initial',
  breaking: true,
  async up(db, types) {
    for (const [name, table] of Object.entries(TABLES)) await createTable(db, types, name, table);
    for (const name of TAGGED) await createTable(db, types, `${name}_tags`, tagIndex(name));
  },
};
