// The stored resources, field by field as the Octavia API and the database spell them (snake_case).
// What only the product knows (revisions, delete requests, reasons) sits beside the API's attributes.
import type {
  ClientAuthentication,
  HealthMonitorType,
  L7CompareType,
  L7PolicyAction,
  L7RuleType,
  LbAlgorithm,
  ListenerProtocol,
  PoolProtocol,
  SessionPersistenceType,
} from './enumerations.ts';
import type { OperatingStatus, ProvisioningStatus } from './statuses.ts';

/** What every object below (and including) a load balancer carries. */
export interface Resource {
  /** UUID, lower case, with dashes. */
  id: string;
  project_id: string;
  name: string;
  provisioning_status: ProvisioningStatus;
  operating_status: OperatingStatus;
  admin_state_up: boolean;
  tags: string[];
  /** Revision of the load balancer at which this object was last changed. */
  revision: number;
  /** A delete was accepted; survives an `ERROR` so that a later reconciliation still deletes. */
  delete_requested: boolean;
  /** Why the object is in `ERROR`, in the device's or driver's words; for operators. */
  status_reason: string | null;
  /** UTC, ISO 8601 with milliseconds and `Z`. */
  created_at: string;
  updated_at: string | null;
}

export interface AdditionalVip {
  subnet_id: string;
  ip_address: string | null;
  port_id: string | null;
}

/** Root of a tree; `revision` here is the newest accepted change anywhere below. */
export interface LoadBalancer extends Resource {
  description: string;
  vip_address: string | null;
  vip_port_id: string | null;
  vip_subnet_id: string | null;
  vip_network_id: string | null;
  vip_qos_policy_id: string | null;
  vip_sg_ids: string[];
  additional_vips: AdditionalVip[];
  /** We made the VIP port, so we delete it with the load balancer. */
  vip_port_owned: boolean;
  provider: string;
  flavor_id: string | null;
  availability_zone: string | null;
  vip_vnic_type: string;
  /** Newest revision that the agent reported as on the device (or as failed). */
  applied_revision: number;
  /** Start of the current `PENDING_*` period; null when none. UTC ISO 8601. */
  pending_since: string | null;
  /** Last time that the agent was told about the newest revision. UTC ISO 8601. */
  notified_at: string | null;
}

export interface Listener extends Resource {
  loadbalancer_id: string;
  description: string;
  protocol: ListenerProtocol;
  /** 1..65535 */
  protocol_port: number;
  /** -1 = unlimited */
  connection_limit: number;
  default_pool_id: string | null;
  default_tls_container_ref: string | null;
  sni_container_refs: string[];
  insert_headers: Record<string, string>;
  /** Milliseconds, as are the other three. */
  timeout_client_data: number;
  timeout_member_connect: number;
  timeout_member_data: number;
  timeout_tcp_inspect: number;
  client_ca_tls_container_ref: string | null;
  client_authentication: ClientAuthentication;
  client_crl_container_ref: string | null;
  allowed_cidrs: string[];
  tls_ciphers: string | null;
  tls_versions: string[] | null;
  alpn_protocols: string[] | null;
  hsts_max_age: number | null;
  hsts_include_subdomains: boolean;
  hsts_preload: boolean;
}

export interface SessionPersistence {
  type: SessionPersistenceType;
  cookie_name: string | null;
  /** Seconds; UDP and SCTP pools only. */
  persistence_timeout: number | null;
  /** Netmask; UDP and SCTP pools only. */
  persistence_granularity: string | null;
}

export interface Pool extends Resource {
  loadbalancer_id: string;
  description: string;
  protocol: PoolProtocol;
  lb_algorithm: LbAlgorithm;
  session_persistence: SessionPersistence | null;
  tls_container_ref: string | null;
  ca_tls_container_ref: string | null;
  crl_container_ref: string | null;
  tls_enabled: boolean;
  tls_ciphers: string | null;
  tls_versions: string[] | null;
  alpn_protocols: string[] | null;
}

export interface Member extends Resource {
  loadbalancer_id: string;
  pool_id: string;
  address: string;
  protocol_port: number;
  /** 0..256; 0 takes no new connections. */
  weight: number;
  backup: boolean;
  subnet_id: string | null;
  monitor_address: string | null;
  monitor_port: number | null;
  vnic_type: string;
}

export interface HealthMonitor extends Resource {
  loadbalancer_id: string;
  pool_id: string;
  type: HealthMonitorType;
  /** Seconds between probes. */
  delay: number;
  /** Seconds to wait for one answer. */
  timeout: number;
  max_retries: number;
  max_retries_down: number;
  http_method: string | null;
  url_path: string | null;
  expected_codes: string | null;
  http_version: number | null;
  domain_name: string | null;
}

export interface L7Policy extends Resource {
  loadbalancer_id: string;
  listener_id: string;
  description: string;
  action: L7PolicyAction;
  redirect_pool_id: string | null;
  redirect_url: string | null;
  redirect_prefix: string | null;
  redirect_http_code: number | null;
  /** 1-based, dense within the listener. */
  position: number;
}

/** Rules have no name in the API; `name` stays empty. */
export interface L7Rule extends Resource {
  loadbalancer_id: string;
  l7policy_id: string;
  type: L7RuleType;
  compare_type: L7CompareType;
  key: string | null;
  value: string;
  invert: boolean;
}

/** Resource kinds and their rows; the plural names key storage and the service definition. */
export interface ResourceKinds {
  loadbalancers: LoadBalancer;
  listeners: Listener;
  pools: Pool;
  members: Member;
  healthmonitors: HealthMonitor;
  l7policies: L7Policy;
  l7rules: L7Rule;
}
export type ResourceKind = keyof ResourceKinds;
export const RESOURCE_KINDS: readonly ResourceKind[] = [
  'loadbalancers',
  'listeners',
  'pools',
  'members',
  'healthmonitors',
  'l7policies',
  'l7rules',
];

/** A load balancer with everything below it, as stored. */
export interface LoadBalancerTree {
  loadbalancer: LoadBalancer;
  listeners: Listener[];
  pools: Pool[];
  members: Member[];
  healthmonitors: HealthMonitor[];
  l7policies: L7Policy[];
  l7rules: L7Rule[];
}

export interface Statistics {
  bytes_in: number;
  bytes_out: number;
  active_connections: number;
  total_connections: number;
  request_errors: number;
}
