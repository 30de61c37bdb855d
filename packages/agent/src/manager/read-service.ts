// Reads a service definition from a message. Accepts what F5's Python driver sends: keys that Octavia added
// get the value that keeps the older behaviour.
import {
  CLIENT_AUTHENTICATIONS,
  HEALTH_MONITOR_TYPES,
  L7_COMPARE_TYPES,
  L7_POLICY_ACTIONS,
  L7_RULE_TYPES,
  LB_ALGORITHMS,
  LISTENER_PROTOCOLS,
  POOL_PROTOCOLS,
  PROVISIONING_STATUSES,
  SESSION_PERSISTENCE_TYPES,
  type IdRef,
  type NeutronNetwork,
  type NeutronPort,
  type NeutronSubnet,
  type OperatingStatus,
  OPERATING_STATUSES,
  type ServiceDefinition,
  type ServiceHealthMonitor,
  type ServiceL7Policy,
  type ServiceL7Rule,
  type ServiceListener,
  type ServiceLoadBalancer,
  type ServiceMember,
  type ServicePool,
  type SessionPersistence,
} from '@f5-lbaas/model';
import {
  flag,
  guarded,
  integer,
  isRecord,
  listOf,
  malformed,
  nullable,
  objectOf,
  oneOf,
  optional,
  recordOf,
  text,
  withDefault,
  type Reader,
} from './readers.ts';

/** Octavia's defaults, in milliseconds; F5's Python driver knows no timeouts. */
const TIMEOUT_CLIENT_DATA_MS = 50_000;
const TIMEOUT_MEMBER_CONNECT_MS = 5_000;
const TIMEOUT_MEMBER_DATA_MS = 50_000;

const textOrNull = nullable(text);
const textsOrNull = nullable(listOf(text));
const textOrEmpty = withDefault(text, '');
const integerOrNull = nullable(integer);
const isOff = withDefault(flag, false);
const idRefs = listOf(objectOf<IdRef>({ id: text }));

/** F5's Python driver knows `DISABLED`, which Octavia calls OFFLINE. */
const operatingStatus: Reader<OperatingStatus | undefined> = (value, path) =>
  value === 'DISABLED' ? 'OFFLINE' : optional(oneOf(OPERATING_STATUSES))(value, path);

const common = {
  id: text,
  tenant_id: text,
  name: textOrEmpty,
  admin_state_up: withDefault(flag, true),
  provisioning_status: oneOf(PROVISIONING_STATUSES),
  operating_status: operatingStatus,
};

// Neutron's objects are handed on whole; only what is read later must be there.
const port = guarded(
  (value): value is NeutronPort =>
    isRecord(value) && typeof value.network_id === 'string' && Array.isArray(value.fixed_ips),
  'a port with network_id and fixed_ips',
);
const network = guarded(
  (value): value is NeutronNetwork => isRecord(value) && typeof value.id === 'string',
  'a network with an id',
);
const subnet = guarded(
  (value): value is NeutronSubnet =>
    isRecord(value) && typeof value.id === 'string' && typeof value.cidr === 'string',
  'a subnet with id and cidr',
);

const loadbalancer = objectOf<ServiceLoadBalancer>({
  ...common,
  description: textOrEmpty,
  vip_address: text,
  vip_subnet_id: textOrEmpty,
  vip_port_id: textOrEmpty,
  network_id: textOrEmpty,
  additional_vips: listOf(
    objectOf({ subnet_id: text, ip_address: textOrNull, port_id: textOrNull }),
  ),
  provider: textOrNull,
  flavor_id: optional(text),
  listeners: idRefs,
  pools: idRefs,
  vip_port: optional(port),
  vxlan_vteps: optional(listOf(text)),
  gre_vteps: optional(listOf(text)),
});

const listener = objectOf<ServiceListener>({
  ...common,
  description: textOrEmpty,
  loadbalancer_id: textOrEmpty,
  protocol: oneOf(LISTENER_PROTOCOLS),
  protocol_port: integer,
  connection_limit: withDefault(integer, -1),
  default_pool_id: textOrNull,
  default_tls_container_id: textOrNull,
  sni_containers: listOf(
    objectOf({
      tls_container_id: text,
      listener_id: textOrEmpty,
      position: withDefault(integer, 0),
    }),
  ),
  l7_policies: idRefs,
  insert_headers: recordOf(text),
  timeout_client_data: withDefault(integer, TIMEOUT_CLIENT_DATA_MS),
  timeout_member_connect: withDefault(integer, TIMEOUT_MEMBER_CONNECT_MS),
  timeout_member_data: withDefault(integer, TIMEOUT_MEMBER_DATA_MS),
  timeout_tcp_inspect: withDefault(integer, 0),
  client_ca_tls_container_id: textOrNull,
  client_authentication: withDefault(oneOf(CLIENT_AUTHENTICATIONS), 'NONE'),
  client_crl_container_id: textOrNull,
  allowed_cidrs: listOf(text),
  tls_ciphers: textOrNull,
  tls_versions: textsOrNull,
  alpn_protocols: textsOrNull,
  hsts_max_age: integerOrNull,
  hsts_include_subdomains: isOff,
  hsts_preload: isOff,
});

const sessionPersistence = objectOf<SessionPersistence>({
  type: oneOf(SESSION_PERSISTENCE_TYPES),
  cookie_name: textOrNull,
  persistence_timeout: integerOrNull,
  persistence_granularity: textOrNull,
});

const pool = objectOf<ServicePool>({
  ...common,
  description: textOrEmpty,
  loadbalancer_id: textOrEmpty,
  protocol: oneOf(POOL_PROTOCOLS),
  lb_algorithm: oneOf(LB_ALGORITHMS),
  healthmonitor_id: textOrNull,
  members: idRefs,
  l7_policies: idRefs,
  session_persistence: optional(sessionPersistence),
  tls_container_id: textOrNull,
  ca_tls_container_id: textOrNull,
  crl_container_id: textOrNull,
  tls_enabled: isOff,
  tls_ciphers: textOrNull,
  tls_versions: textsOrNull,
  alpn_protocols: textsOrNull,
});

const healthmonitor = objectOf<ServiceHealthMonitor>({
  ...common,
  pool_id: text,
  type: oneOf(HEALTH_MONITOR_TYPES),
  delay: integer,
  timeout: integer,
  max_retries: integer,
  max_retries_down: withDefault(integer, 3),
  http_method: textOrNull,
  url_path: textOrNull,
  expected_codes: textOrNull,
  http_version: nullable(httpVersion),
  domain_name: textOrNull,
});

/** `1.0` and `1.1` are the only numbers here that are not integers. */
function httpVersion(value: unknown, path: string): number {
  if (value !== 1 && value !== 1.1) throw malformed(path, '1.0 or 1.1');
  return value;
}

const member = objectOf<ServiceMember>({
  ...common,
  pool_id: text,
  address: text,
  protocol_port: integer,
  weight: withDefault(integer, 1),
  backup: isOff,
  subnet_id: textOrNull,
  network_id: textOrNull,
  monitor_address: textOrNull,
  monitor_port: integerOrNull,
  port: optional(port),
  vxlan_vteps: optional(listOf(text)),
  gre_vteps: optional(listOf(text)),
});

const l7policy = objectOf<ServiceL7Policy>({
  ...common,
  description: textOrEmpty,
  listener_id: text,
  action: oneOf(L7_POLICY_ACTIONS),
  redirect_pool_id: textOrNull,
  redirect_url: textOrNull,
  redirect_prefix: textOrNull,
  redirect_http_code: integerOrNull,
  position: withDefault(integer, 1),
  rules: idRefs,
});

const l7rule = objectOf<ServiceL7Rule>({
  id: text,
  tenant_id: text,
  admin_state_up: common.admin_state_up,
  provisioning_status: common.provisioning_status,
  operating_status: operatingStatus,
  type: oneOf(L7_RULE_TYPES),
  compare_type: oneOf(L7_COMPARE_TYPES),
  invert: isOff,
  key: textOrNull,
  value: text,
  policies: idRefs,
  policy_id: text,
});

const serviceDefinition = objectOf<ServiceDefinition>({
  loadbalancer,
  listeners: listOf(listener),
  pools: listOf(pool),
  healthmonitors: listOf(healthmonitor),
  members: listOf(member),
  l7policies: listOf(l7policy),
  l7policy_rules: listOf(l7rule),
  networks: recordOf(network),
  subnets: recordOf(subnet),
  revision: optional(integer),
});

/** @throws LbaasError kind `bad_request`, code ERR_SERVICE_DEFINITION, naming the field */
export function readServiceDefinition(value: unknown): ServiceDefinition {
  return serviceDefinition(value, '');
}
