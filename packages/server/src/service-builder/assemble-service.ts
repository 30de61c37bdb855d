// Rows and Neutron facts -> service definition. Pure.
// @see f5-openstack-lbaasv2-driver `service_builder.py` for the shape that F5's agent reads
import type {
  HealthMonitor,
  L7Policy,
  L7Rule,
  Listener,
  LoadBalancerTree,
  Member,
  NeutronNetwork,
  Pool,
  Resource,
  ServiceDefinition,
  ServiceHealthMonitor,
  ServiceL7Policy,
  ServiceL7Rule,
  ServiceListener,
  ServiceLoadBalancer,
  ServiceMember,
  ServicePool,
} from '@f5-lbaas/model';
import type { AgentFacts } from '../scheduler/agent-facts.ts';
import { doomedIds, emittedStatus } from './emitted-status.ts';
import type { NeutronFacts } from './neutron-facts.ts';
import { networkForAgent } from './segments.ts';
import { memberVteps, vipVteps } from './tunnel-endpoints.ts';

interface Context {
  tree: LoadBalancerTree;
  facts: NeutronFacts;
  networks: ReadonlyMap<string, NeutronNetwork>;
  doomed: ReadonlySet<string>;
}

export function assembleService(
  tree: LoadBalancerTree,
  facts: NeutronFacts,
  agent: AgentFacts,
): ServiceDefinition {
  const networks = new Map(
    [...facts.networks].map(([id, network]) => [id, networkForAgent(network, agent)]),
  );
  const context: Context = { tree, facts, networks, doomed: doomedIds(tree) };
  return {
    loadbalancer: loadBalancer(context),
    listeners: tree.listeners.map((row) => listener(context, row)),
    pools: tree.pools.map((row) => pool(context, row)),
    healthmonitors: tree.healthmonitors.map((row) => healthMonitor(context, row)),
    members: tree.members.map((row) => member(context, row)),
    l7policies: tree.l7policies.map((row) => l7policy(context, row)),
    l7policy_rules: tree.l7rules.map((row) => l7rule(context, row)),
    networks: Object.fromEntries(networks),
    subnets: Object.fromEntries(facts.subnets),
    revision: tree.loadbalancer.revision,
  };
}

function common({ doomed }: Context, row: Resource) {
  return {
    id: row.id,
    tenant_id: row.project_id,
    name: row.name,
    admin_state_up: row.admin_state_up,
    provisioning_status: emittedStatus(row, doomed),
    operating_status: row.operating_status,
  };
}

function idsOf<Row extends { id: string }>(rows: readonly Row[], of: (row: Row) => boolean) {
  return rows.filter(of).map(({ id }) => ({ id }));
}

function loadBalancer(context: Context): ServiceLoadBalancer {
  const { tree, facts, networks } = context;
  const row = tree.loadbalancer;
  const networkId = facts.vipPort?.network_id ?? row.vip_network_id ?? '';
  return {
    ...common(context, row),
    description: row.description,
    vip_address: row.vip_address ?? '',
    vip_subnet_id: row.vip_subnet_id ?? '',
    vip_port_id: row.vip_port_id ?? '',
    network_id: networkId,
    additional_vips: row.additional_vips,
    provider: row.provider,
    ...(row.flavor_id === null ? {} : { flavor_id: row.flavor_id }),
    listeners: idsOf(tree.listeners, () => true),
    pools: idsOf(tree.pools, () => true),
    ...(facts.vipPort === undefined ? {} : { vip_port: facts.vipPort }),
    ...vipVteps(networks.get(networkId), facts.l2Agents),
  };
}

function listener(context: Context, row: Listener): ServiceListener {
  const { tree, doomed } = context;
  const poolId = row.default_pool_id;
  return {
    ...common(context, row),
    description: row.description,
    loadbalancer_id: row.loadbalancer_id,
    protocol: row.protocol,
    protocol_port: row.protocol_port,
    connection_limit: row.connection_limit,
    // A pool that is to go must be let go of first.
    default_pool_id: poolId !== null && doomed.has(poolId) ? null : poolId,
    default_tls_container_id: row.default_tls_container_ref,
    sni_containers: row.sni_container_refs.map((ref, position) => ({
      tls_container_id: ref,
      listener_id: row.id,
      position,
    })),
    l7_policies: idsOf(tree.l7policies, (policy) => policy.listener_id === row.id),
    insert_headers: row.insert_headers,
    timeout_client_data: row.timeout_client_data,
    timeout_member_connect: row.timeout_member_connect,
    timeout_member_data: row.timeout_member_data,
    timeout_tcp_inspect: row.timeout_tcp_inspect,
    client_ca_tls_container_id: row.client_ca_tls_container_ref,
    client_authentication: row.client_authentication,
    client_crl_container_id: row.client_crl_container_ref,
    allowed_cidrs: row.allowed_cidrs,
    tls_ciphers: row.tls_ciphers,
    tls_versions: row.tls_versions,
    alpn_protocols: row.alpn_protocols,
    hsts_max_age: row.hsts_max_age,
    hsts_include_subdomains: row.hsts_include_subdomains,
    hsts_preload: row.hsts_preload,
  };
}

function pool(context: Context, row: Pool): ServicePool {
  const { tree } = context;
  const monitor = tree.healthmonitors.find((candidate) => candidate.pool_id === row.id);
  return {
    ...common(context, row),
    description: row.description,
    loadbalancer_id: row.loadbalancer_id,
    protocol: row.protocol,
    lb_algorithm: row.lb_algorithm,
    healthmonitor_id: monitor?.id ?? null,
    members: idsOf(tree.members, (candidate) => candidate.pool_id === row.id),
    l7_policies: idsOf(tree.l7policies, (policy) => policy.redirect_pool_id === row.id),
    ...(row.session_persistence === null ? {} : { session_persistence: row.session_persistence }),
    tls_container_id: row.tls_container_ref,
    ca_tls_container_id: row.ca_tls_container_ref,
    crl_container_id: row.crl_container_ref,
    tls_enabled: row.tls_enabled,
    tls_ciphers: row.tls_ciphers,
    tls_versions: row.tls_versions,
    alpn_protocols: row.alpn_protocols,
  };
}

function healthMonitor(context: Context, row: HealthMonitor): ServiceHealthMonitor {
  return {
    ...common(context, row),
    pool_id: row.pool_id,
    type: row.type,
    delay: row.delay,
    timeout: row.timeout,
    max_retries: row.max_retries,
    max_retries_down: row.max_retries_down,
    http_method: row.http_method,
    url_path: row.url_path,
    expected_codes: row.expected_codes,
    http_version: row.http_version,
    domain_name: row.domain_name,
  };
}

function member(context: Context, row: Member): ServiceMember {
  const { facts, networks } = context;
  const networkId = facts.subnets.get(row.subnet_id ?? '')?.network_id ?? null;
  const port = facts.memberPorts.get(row.id);
  const vteps =
    port === undefined
      ? undefined
      : memberVteps(networks.get(networkId ?? ''), facts.l2Agents, port['binding:host_id']);
  return {
    ...common(context, row),
    pool_id: row.pool_id,
    address: row.address,
    protocol_port: row.protocol_port,
    weight: row.weight,
    backup: row.backup,
    subnet_id: row.subnet_id,
    network_id: networkId,
    monitor_address: row.monitor_address,
    monitor_port: row.monitor_port,
    ...(port === undefined ? {} : { port }),
    ...vteps,
  };
}

function l7policy(context: Context, row: L7Policy): ServiceL7Policy {
  const { tree } = context;
  return {
    ...common(context, row),
    description: row.description,
    listener_id: row.listener_id,
    action: row.action,
    redirect_pool_id: row.redirect_pool_id,
    ...(row.action === 'REDIRECT_TO_POOL' ? {} : { redirect_url: row.redirect_url }),
    redirect_prefix: row.redirect_prefix,
    redirect_http_code: row.redirect_http_code,
    position: positionAmongRemaining(context, row),
    rules: idsOf(tree.l7rules, (rule) => rule.l7policy_id === row.id),
  };
}

/** Dense without the policies that go, so that their going changes nothing on the device afterwards. */
function positionAmongRemaining({ tree, doomed }: Context, row: L7Policy): number {
  const before = tree.l7policies.filter(
    (other) =>
      other.listener_id === row.listener_id &&
      other.position < row.position &&
      !doomed.has(other.id),
  );
  return before.length + 1;
}

function l7rule(context: Context, row: L7Rule): ServiceL7Rule {
  return {
    ...common(context, row),
    type: row.type,
    compare_type: row.compare_type,
    invert: row.invert,
    key: row.key,
    value: row.value,
    policies: [{ id: row.l7policy_id }],
    policy_id: row.l7policy_id,
  };
}
