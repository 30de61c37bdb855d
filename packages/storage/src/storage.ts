// What the server knows of the database. Repositories speak rows of `@f5-lbaas/model`; SQL stays in this package.
import type { LoadBalancerTree, ResourceKind, ResourceKinds, Statistics } from '@f5-lbaas/model';

/** One attribute's condition: equality, membership, or `null` for IS NULL. */
export type Condition = string | number | boolean | null | readonly (string | number)[];

export interface SortKey {
  key: string;
  dir: 'asc' | 'desc';
}

export interface ListQuery {
  /** ANDed; keys are columns of the row. */
  where?: Record<string, Condition>;
  /** Items having all / any / not all / not any of the tags. */
  tags?: readonly string[];
  tagsAny?: readonly string[];
  notTags?: readonly string[];
  notTagsAny?: readonly string[];
  /** `created_at asc, id asc` is always appended. */
  sort?: readonly SortKey[];
  /** Rows at most; absent = all. */
  limit?: number;
  /** Id of the last row of the previous page. */
  marker?: string;
  pageReverse?: boolean;
}

export interface ResourceRepository<Row> {
  find(id: string): Promise<Row | undefined>;
  /** @throws LbaasError kind `not_found`, code ERR_NOT_FOUND, context { kind, id } */
  get(id: string): Promise<Row>;
  /** @throws LbaasError kind `bad_request`, code ERR_UNKNOWN_MARKER or ERR_UNKNOWN_COLUMN */
  list(query?: ListQuery): Promise<Row[]>;
  count(where?: Record<string, Condition>): Promise<number>;
  /** @throws LbaasError kind `conflict`, code ERR_DUPLICATE */
  insert(row: Row): Promise<void>;
  /** Only the given columns change. @throws as `get` */
  update(id: string, changes: Partial<Row>): Promise<void>;
  /** Safe to repeat; absent is success. Tags and children rows of the same aggregate go with it. */
  delete(id: string): Promise<void>;
}

export interface LoadBalancerRepository extends ResourceRepository<ResourceKinds['loadbalancers']> {
  /** Row lock for the rest of the transaction (`SELECT ... FOR UPDATE`; SQLite locks as a whole). @throws as `get` */
  lock(id: string): Promise<ResourceKinds['loadbalancers']>;
  /** Load balancers with an unfinished change, oldest `pending_since` first, those `after` that row. */
  listPending(
    limit: number,
    after?: ResourceKinds['loadbalancers'],
  ): Promise<ResourceKinds['loadbalancers'][]>;
  /** How many have an unfinished change, and since when the oldest waits; null for none. */
  summarisePending(): Promise<{ count: number; oldest: string | null }>;
  /**
   * Load balancers in `ERROR` whose newest change no agent has settled, or whose delete is still owed;
   * in order of id, those `after` that row.
   */
  listUnsettled(
    limit: number,
    after?: ResourceKinds['loadbalancers'],
  ): Promise<ResourceKinds['loadbalancers'][]>;
  /**
   * Takes responsibility for telling the agent: sets `notified_at` when it still is what the caller saw.
   * False when another process was first. One statement, so safe between processes.
   */
  claimNotification(id: string, seen: string | null, notifiedAt: string): Promise<boolean>;
}

/** An agent as it last reported; key (agent_type, host). */
export interface AgentRow {
  id: string;
  agent_type: string;
  binary: string;
  host: string;
  topic: string;
  admin_state_up: boolean;
  /** The agent itself took `admin_state_up` away (its devices are down), so it may give it back. */
  disabled_by_agent: boolean;
  /** Parsed `configurations`. */
  configurations: Record<string, unknown>;
  created_at: string;
  started_at: string;
  heartbeat_timestamp: string;
}

/** Permanent affinity of a tenant to an agent within one environment. */
export interface TenantBindingRow {
  project_id: string;
  environment: string;
  agent_id: string;
}

export interface AgentRepository {
  find(id: string): Promise<AgentRow | undefined>;
  findByHost(agentType: string, host: string): Promise<AgentRow | undefined>;
  /** In order of `created_at`, `id`. */
  list(where?: Record<string, Condition>): Promise<AgentRow[]>;
  /**
   * Inserts; when (agent_type, host) is known, that row keeps its id, created_at, admin_state_up and
   * disabled_by_agent.
   */
  upsert(row: AgentRow): Promise<void>;
  update(id: string, changes: Partial<AgentRow>): Promise<void>;
  delete(id: string): Promise<void>;
}

export interface TenantBindingRepository {
  find(projectId: string, environment: string): Promise<TenantBindingRow | undefined>;
  /** Bindings of an environment, for scheduling by load. */
  list(environment: string): Promise<TenantBindingRow[]>;
  /** @param environments only bindings of these; absent = of all */
  listByAgent(agentId: string, environments?: readonly string[]): Promise<TenantBindingRow[]>;
  /** Inserts unless the tenant is bound already; answers the binding that holds. Safe under concurrency. */
  bind(row: TenantBindingRow): Promise<TenantBindingRow>;
  /** Moves a tenant when it still is with `fromAgentId`; false when somebody else moved it. */
  rebind(row: TenantBindingRow, fromAgentId: string): Promise<boolean>;
}

/** The agent that does the work of which a device group needs only one doer (orphan purge, saving). */
export interface ClusterwideAgentRow {
  environment: string;
  group_number: number;
  agent_id: string;
}

export interface ClusterwideAgentRepository {
  find(environment: string, groupNumber: number): Promise<ClusterwideAgentRow | undefined>;
  /**
   * Elects, unless somebody else was elected in place of `replacing` (undefined: of nobody) meanwhile.
   * Answers the election that holds.
   */
  elect(row: ClusterwideAgentRow, replacing?: string): Promise<ClusterwideAgentRow>;
}

export interface StatisticsRepository {
  /** Absolute counters of a listener; replaces what is stored. */
  put(listenerId: string, loadbalancerId: string, statistics: Statistics): Promise<void>;
  /** Counters of a whole load balancer, from agents that do not tell them per listener. */
  putTotal(loadbalancerId: string, statistics: Statistics): Promise<void>;
  forListener(listenerId: string): Promise<Statistics | undefined>;
  /** Adds up to the load balancer: per listener, or the one total when there are none. */
  listByLoadBalancer(loadbalancerId: string): Promise<Statistics[]>;
}

/** Limits set for a project; null = the configured default. */
export interface QuotaRow {
  project_id: string;
  loadbalancer: number | null;
  listener: number | null;
  pool: number | null;
  member: number | null;
  healthmonitor: number | null;
  l7policy: number | null;
  l7rule: number | null;
}

export interface QuotaRepository {
  find(projectId: string): Promise<QuotaRow | undefined>;
  list(): Promise<QuotaRow[]>;
  put(row: QuotaRow): Promise<void>;
  delete(projectId: string): Promise<void>;
  /** Serialises quota decisions of one project for the rest of the transaction. */
  lock(projectId: string): Promise<void>;
}

/** What only LBaaS v1 knows of a pool. */
export interface V1PoolRow {
  pool_id: string;
  subnet_id: string;
  /** Its load balancer was made for it and goes with it. */
  owns_loadbalancer: boolean;
}

/** A health monitor of LBaaS v1: belongs to a tenant, not to a pool. */
export interface V1MonitorRow {
  id: string;
  project_id: string;
  type: ResourceKinds['healthmonitors']['type'];
  /** Seconds, as is `timeout`. */
  delay: number;
  timeout: number;
  max_retries: number;
  http_method: string | null;
  url_path: string | null;
  expected_codes: string | null;
  admin_state_up: boolean;
  created_at: string;
}

/** A pool's monitor stands for a v1 monitor that is associated with the pool. */
export interface V1AssociationRow {
  healthmonitor_id: string;
  monitor_id: string;
}

/** A VIP port to be deleted once the load balancer's revision is on the devices. */
export interface PortReleaseRow {
  port_id: string;
  loadbalancer_id: string;
  revision: number;
}

/** A VIP port that is about to be made or taken for something that is not stored yet. */
export interface VipClaimRow {
  /** Of the load balancer, or of the LBaaS v1 VIP, that will own the port. */
  id: string;
  /** `device_id` of the port in Neutron. */
  device_id: string;
  /** The user's own port; null: a port of our own making. */
  user_port_id: string | null;
  /** Being taken back: nothing may be stored with this port any more. */
  abandoned: boolean;
  created_at: string;
}

/** Which environment a provider stood for when servers were last started. */
export interface ProviderEnvironmentRow {
  provider: string;
  /** Null: its load balancers are older than this table. */
  environment: string | null;
}

/** A plain table; `key` is its primary key. */
export interface TableRepository<Row> {
  find(key: string): Promise<Row | undefined>;
  /** In order of the key. */
  list(where?: Record<string, Condition>): Promise<Row[]>;
  /** @throws LbaasError kind `conflict`, code ERR_DUPLICATE */
  insert(row: Row): Promise<void>;
  update(key: string, changes: Partial<Row>): Promise<void>;
  /** Absent is success. */
  delete(key: string): Promise<void>;
  /** Row lock for the rest of the transaction; absent is no error. */
  lock(key: string): Promise<Row | undefined>;
}

type OtherKinds = Exclude<ResourceKind, 'loadbalancers'>;

/** Everything a unit of work can reach; reads see the unit's own writes. */
export type Repositories = {
  [K in OtherKinds]: ResourceRepository<ResourceKinds[K]>;
} & {
  loadbalancers: LoadBalancerRepository;
  agents: AgentRepository;
  tenantBindings: TenantBindingRepository;
  clusterwideAgents: ClusterwideAgentRepository;
  statistics: StatisticsRepository;
  quotas: QuotaRepository;
  v1Pools: TableRepository<V1PoolRow>;
  v1Monitors: TableRepository<V1MonitorRow>;
  v1Associations: TableRepository<V1AssociationRow>;
  portReleases: TableRepository<PortReleaseRow>;
  vipClaims: TableRepository<VipClaimRow>;
  providerEnvironments: TableRepository<ProviderEnvironmentRow>;
  /** Any kind by name, for code that walks all kinds. */
  resource<K extends ResourceKind>(kind: K): ResourceRepository<ResourceKinds[K]>;
  /**
   * A load balancer with everything below it, in a constant number of queries. Outside a unit of work all of
   * it shows one moment. Undefined when there is no such load balancer.
   */
  loadTree(loadbalancerId: string): Promise<LoadBalancerTree | undefined>;
};

export interface Storage {
  /**
   * Reads outside a unit of work; write only inside one. Not to be used inside a unit of work either: an
   * in-memory database has one connection, so that would wait for itself.
   */
  readonly read: Repositories;
  /**
   * One database transaction. Retried as a whole on deadlock or serialisation failure (bounded), so `work`
   * must have no other side effects.
   * @throws whatever `work` throws, after rolling back; LbaasError kind `unavailable` when the database is away
   */
  transaction<T>(work: (repositories: Repositories) => Promise<T>): Promise<T>;
  /** Brings the schema up to date. @throws LbaasError when the schema is newer than this program */
  migrate(): Promise<void>;
  close(): Promise<void>;
}
