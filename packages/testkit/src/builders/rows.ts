// Builders of stored rows: complete and valid, so that a test says only what it is about.
import { randomUUID } from 'node:crypto';
import type {
  HealthMonitor,
  L7Policy,
  L7Rule,
  Listener,
  LoadBalancer,
  Member,
  Pool,
  Resource,
} from '@f5-lbaas/model';

const PROJECT = 'project-1';

function resource(): Resource {
  return {
    id: randomUUID(),
    project_id: PROJECT,
    name: '',
    provisioning_status: 'ACTIVE',
    operating_status: 'OFFLINE',
    admin_state_up: true,
    tags: [],
    revision: 1,
    delete_requested: false,
    status_reason: null,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: null,
  };
}

export function aLoadBalancerRow(given: Partial<LoadBalancer> = {}): LoadBalancer {
  return {
    ...resource(),
    description: '',
    vip_address: '10.0.0.10',
    vip_port_id: randomUUID(),
    vip_subnet_id: randomUUID(),
    vip_network_id: randomUUID(),
    vip_qos_policy_id: null,
    vip_sg_ids: [],
    additional_vips: [],
    vip_port_owned: true,
    provider: 'f5networks',
    flavor_id: null,
    availability_zone: null,
    vip_vnic_type: 'normal',
    applied_revision: 1,
    pending_since: null,
    notified_at: null,
    ...given,
  };
}

export function aListenerRow(given: Partial<Listener> & { loadbalancer_id: string }): Listener {
  return {
    ...resource(),
    description: '',
    protocol: 'HTTP',
    protocol_port: 80,
    connection_limit: -1,
    default_pool_id: null,
    default_tls_container_ref: null,
    sni_container_refs: [],
    insert_headers: {},
    timeout_client_data: 50000,
    timeout_member_connect: 5000,
    timeout_member_data: 50000,
    timeout_tcp_inspect: 0,
    client_ca_tls_container_ref: null,
    client_authentication: 'NONE',
    client_crl_container_ref: null,
    allowed_cidrs: [],
    tls_ciphers: null,
    tls_versions: null,
    alpn_protocols: null,
    hsts_max_age: null,
    hsts_include_subdomains: false,
    hsts_preload: false,
    ...given,
  };
}

export function aPoolRow(given: Partial<Pool> & { loadbalancer_id: string }): Pool {
  return {
    ...resource(),
    description: '',
    protocol: 'HTTP',
    lb_algorithm: 'ROUND_ROBIN',
    session_persistence: null,
    tls_container_ref: null,
    ca_tls_container_ref: null,
    crl_container_ref: null,
    tls_enabled: false,
    tls_ciphers: null,
    tls_versions: null,
    alpn_protocols: null,
    ...given,
  };
}

type InPool = { loadbalancer_id: string; pool_id: string };

export function aMemberRow(given: Partial<Member> & InPool): Member {
  return {
    ...resource(),
    operating_status: 'NO_MONITOR',
    address: '10.0.1.11',
    protocol_port: 8080,
    weight: 1,
    backup: false,
    subnet_id: null,
    monitor_address: null,
    monitor_port: null,
    vnic_type: 'normal',
    ...given,
  };
}

export function aHealthMonitorRow(given: Partial<HealthMonitor> & InPool): HealthMonitor {
  return {
    ...resource(),
    type: 'HTTP',
    delay: 5,
    timeout: 3,
    max_retries: 3,
    max_retries_down: 3,
    http_method: 'GET',
    url_path: '/',
    expected_codes: '200',
    http_version: null,
    domain_name: null,
    ...given,
  };
}

export function anL7PolicyRow(
  given: Partial<L7Policy> & { loadbalancer_id: string; listener_id: string },
): L7Policy {
  return {
    ...resource(),
    description: '',
    action: 'REJECT',
    redirect_pool_id: null,
    redirect_url: null,
    redirect_prefix: null,
    redirect_http_code: null,
    position: 1,
    ...given,
  };
}

export function anL7RuleRow(
  given: Partial<L7Rule> & { loadbalancer_id: string; l7policy_id: string },
): L7Rule {
  return {
    ...resource(),
    type: 'PATH',
    compare_type: 'STARTS_WITH',
    key: null,
    value: '/static',
    invert: false,
    ...given,
  };
}
