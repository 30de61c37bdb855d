// The service definition: the complete desired state of one load balancer as it travels from driver to agent.
// Same shape as F5's LBaaSv2 driver builds, so either side can be replaced alone; what Octavia adds
// (timeouts, TLS settings, backup, revisions ...) are extra keys that F5's Python agent ignores.
import type {
  ClientAuthentication,
  HealthMonitorType,
  L7CompareType,
  L7PolicyAction,
  L7RuleType,
  ListenerProtocol,
  LbAlgorithm,
  PoolProtocol,
} from './enumerations.ts';
import type { AdditionalVip, SessionPersistence } from './resources.ts';
import type { OperatingStatus, ProvisioningStatus } from './statuses.ts';

export interface IdRef {
  id: string;
}

interface ServiceObject {
  id: string;
  tenant_id: string;
  name: string;
  admin_state_up: boolean;
  /** What the agent is to do: PENDING_CREATE/UPDATE assure, PENDING_DELETE remove, ACTIVE keep. */
  provisioning_status: ProvisioningStatus;
  operating_status?: OperatingStatus;
}

/** A Neutron port as its API returns it; only these fields are read. */
export interface NeutronPort {
  id: string;
  name: string;
  tenant_id: string;
  network_id: string;
  mac_address: string;
  device_id: string;
  device_owner: string;
  fixed_ips: { subnet_id: string; ip_address: string }[];
  'binding:host_id'?: string;
  [attribute: string]: unknown;
}

export interface NeutronNetwork {
  id: string;
  name: string;
  tenant_id: string;
  shared: boolean;
  'router:external'?: boolean;
  'provider:network_type'?: string;
  'provider:segmentation_id'?: number | null;
  'provider:physical_network'?: string | null;
  mtu?: number;
  subnets: string[];
  [attribute: string]: unknown;
}

export interface NeutronSubnet {
  id: string;
  name: string;
  tenant_id: string;
  network_id: string;
  ip_version: 4 | 6;
  cidr: string;
  gateway_ip: string | null;
  [attribute: string]: unknown;
}

export interface ServiceLoadBalancer extends ServiceObject {
  description: string;
  vip_address: string;
  vip_subnet_id: string;
  vip_port_id: string;
  network_id: string;
  additional_vips: AdditionalVip[];
  provider: string | null;
  flavor_id?: string;
  listeners: IdRef[];
  pools: IdRef[];
  vip_port?: NeutronPort;
  /** Present only for VIP networks of that tunnel type. */
  vxlan_vteps?: string[];
  gre_vteps?: string[];
}

export interface ServiceListener extends ServiceObject {
  description: string;
  loadbalancer_id: string;
  protocol: ListenerProtocol;
  protocol_port: number;
  connection_limit: number;
  default_pool_id: string | null;
  default_tls_container_id: string | null;
  sni_containers: { tls_container_id: string; listener_id: string; position: number }[];
  l7_policies: IdRef[];
  insert_headers: Record<string, string>;
  timeout_client_data: number;
  timeout_member_connect: number;
  timeout_member_data: number;
  timeout_tcp_inspect: number;
  client_ca_tls_container_id: string | null;
  client_authentication: ClientAuthentication;
  client_crl_container_id: string | null;
  allowed_cidrs: string[];
  tls_ciphers: string | null;
  tls_versions: string[] | null;
  alpn_protocols: string[] | null;
  hsts_max_age: number | null;
  hsts_include_subdomains: boolean;
  hsts_preload: boolean;
}

export interface ServicePool extends ServiceObject {
  description: string;
  loadbalancer_id: string;
  protocol: PoolProtocol;
  lb_algorithm: LbAlgorithm;
  /** The oldest of those in `healthmonitors`; LBaaS v1 may associate several, all of which have to succeed. */
  healthmonitor_id: string | null;
  members: IdRef[];
  l7_policies: IdRef[];
  /** Absent when the pool has none. */
  session_persistence?: SessionPersistence;
  tls_container_id: string | null;
  ca_tls_container_id: string | null;
  crl_container_id: string | null;
  tls_enabled: boolean;
  tls_ciphers: string | null;
  tls_versions: string[] | null;
  alpn_protocols: string[] | null;
}

export interface ServiceHealthMonitor extends ServiceObject {
  pool_id: string;
  type: HealthMonitorType;
  delay: number;
  timeout: number;
  max_retries: number;
  max_retries_down: number;
  http_method: string | null;
  url_path: string | null;
  expected_codes: string | null;
  http_version: number | null;
  domain_name: string | null;
}

export interface ServiceMember extends ServiceObject {
  pool_id: string;
  address: string;
  protocol_port: number;
  weight: number;
  backup: boolean;
  subnet_id: string | null;
  network_id: string | null;
  monitor_address: string | null;
  monitor_port: number | null;
  /** Only when exactly one Neutron port has the address on the subnet. */
  port?: NeutronPort;
  vxlan_vteps?: string[];
  gre_vteps?: string[];
}

export interface ServiceL7Policy extends ServiceObject {
  description: string;
  listener_id: string;
  action: L7PolicyAction;
  redirect_pool_id: string | null;
  redirect_url?: string | null;
  redirect_prefix?: string | null;
  redirect_http_code?: number | null;
  position: number;
  rules: IdRef[];
}

export interface ServiceL7Rule extends Omit<ServiceObject, 'name'> {
  type: L7RuleType;
  compare_type: L7CompareType;
  invert: boolean;
  key: string | null;
  value: string;
  policies: IdRef[];
  policy_id: string;
}

export interface ServiceDefinition {
  loadbalancer: ServiceLoadBalancer;
  listeners: ServiceListener[];
  pools: ServicePool[];
  healthmonitors: ServiceHealthMonitor[];
  members: ServiceMember[];
  l7policies: ServiceL7Policy[];
  l7policy_rules: ServiceL7Rule[];
  networks: Record<string, NeutronNetwork>;
  subnets: Record<string, NeutronSubnet>;
  /**
   * Revision of the load balancer that this definition shows. Absent when the sender is F5's Python
   * driver; then the agent trusts arrival order and reports with that driver's status methods.
   */
  revision?: number;
}
