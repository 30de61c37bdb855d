// Service definitions for tests: complete and valid, with what matters to a test set by it.
import type {
  ServiceDefinition,
  ServiceHealthMonitor,
  ServiceListener,
  ServiceLoadBalancer,
  ServiceMember,
  ServicePool,
} from '@f5-lbaas/model';

export interface ServiceParts {
  /** @default 'lb-1' */
  id?: string;
  /** @default 'tenant-1' */
  tenantId?: string;
  /** Left out: 1. Null: none, as from F5's Python driver. */
  revision?: number | null;
  loadbalancer?: Partial<ServiceLoadBalancer>;
  listeners?: Partial<ServiceListener>[];
  pools?: Partial<ServicePool>[];
  members?: Partial<ServiceMember>[];
  healthmonitors?: Partial<ServiceHealthMonitor>[];
}

const VIP = '127.10.0.10';

const NOTHING_SAID: Required<ServiceParts> = {
  id: 'lb-1',
  tenantId: 'tenant-1',
  revision: 1,
  loadbalancer: {},
  listeners: [],
  pools: [],
  members: [],
  healthmonitors: [],
};

/** Ids are `<lb>-listener-1`, `<lb>-pool-1` ... in order; members and monitors go to the first pool. */
export function aService(parts: ServiceParts = {}): ServiceDefinition {
  const all = { ...NOTHING_SAID, ...parts };
  const { id, tenantId, revision } = all;
  const status = all.loadbalancer.provisioning_status ?? 'PENDING_CREATE';
  const common: Common = (objectId) => ({
    id: objectId,
    tenant_id: tenantId,
    name: '',
    admin_state_up: true,
    provisioning_status: status,
  });
  const pools = all.pools.map((part, n) => aPool(id, n, common, part));
  const poolId = pools[0]?.id ?? `${id}-pool-1`;
  const members = all.members.map((part, n) =>
    aMember(poolId, { ...common(`${id}-member-${n + 1}`), address: `127.20.0.${n + 1}`, ...part }),
  );
  const listeners = all.listeners.map((part, n) => aListener(id, n, common, part));
  return {
    loadbalancer: {
      ...common(id),
      description: '',
      vip_address: VIP,
      vip_subnet_id: 'subnet-1',
      vip_port_id: 'port-1',
      network_id: 'network-1',
      additional_vips: [],
      provider: null,
      listeners: listeners.map((listener) => ({ id: listener.id })),
      pools: pools.map((pool) => ({ id: pool.id })),
      ...all.loadbalancer,
    },
    listeners,
    pools: pools.map((pool) => ({
      ...pool,
      members: members.filter((m) => m.pool_id === pool.id).map((member) => ({ id: member.id })),
    })),
    healthmonitors: all.healthmonitors.map((part, n) =>
      aHealthMonitor(poolId, { ...common(`${id}-monitor-${n + 1}`), ...part }),
    ),
    members,
    l7policies: [],
    l7policy_rules: [],
    networks: {},
    subnets: {},
    ...(revision !== null && { revision }),
  };
}

type CommonFields = Pick<
  ServiceListener,
  'id' | 'tenant_id' | 'name' | 'admin_state_up' | 'provisioning_status'
>;
type Common = (id: string) => CommonFields;

function aMember(
  poolId: string,
  part: CommonFields & Pick<ServiceMember, 'address'> & Partial<ServiceMember>,
): ServiceMember {
  return {
    pool_id: poolId,
    protocol_port: 8080,
    weight: 1,
    backup: false,
    subnet_id: null,
    network_id: null,
    monitor_address: null,
    monitor_port: null,
    ...part,
  };
}

function aHealthMonitor(
  poolId: string,
  part: CommonFields & Partial<ServiceHealthMonitor>,
): ServiceHealthMonitor {
  return {
    pool_id: poolId,
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
    ...part,
  };
}

function aListener(
  loadbalancerId: string,
  n: number,
  common: Common,
  part: Partial<ServiceListener>,
): ServiceListener {
  return {
    ...common(`${loadbalancerId}-listener-${n + 1}`),
    description: '',
    loadbalancer_id: loadbalancerId,
    protocol: 'HTTP',
    protocol_port: 80 + n,
    connection_limit: -1,
    default_pool_id: null,
    default_tls_container_id: null,
    sni_containers: [],
    l7_policies: [],
    insert_headers: {},
    timeout_client_data: 50_000,
    timeout_member_connect: 5_000,
    timeout_member_data: 50_000,
    timeout_tcp_inspect: 0,
    client_ca_tls_container_id: null,
    client_authentication: 'NONE',
    client_crl_container_id: null,
    allowed_cidrs: [],
    tls_ciphers: null,
    tls_versions: null,
    alpn_protocols: null,
    hsts_max_age: null,
    hsts_include_subdomains: false,
    hsts_preload: false,
    ...part,
  };
}

function aPool(
  loadbalancerId: string,
  n: number,
  common: Common,
  part: Partial<ServicePool>,
): ServicePool {
  return {
    ...common(`${loadbalancerId}-pool-${n + 1}`),
    description: '',
    loadbalancer_id: loadbalancerId,
    protocol: 'HTTP',
    lb_algorithm: 'ROUND_ROBIN',
    healthmonitor_id: null,
    members: [],
    l7_policies: [],
    tls_container_id: null,
    ca_tls_container_id: null,
    crl_container_id: null,
    tls_enabled: false,
    tls_ciphers: null,
    tls_versions: null,
    alpn_protocols: null,
    ...part,
  };
}
