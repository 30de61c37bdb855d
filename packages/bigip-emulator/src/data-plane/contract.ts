// What the control plane tells the data plane, and what it asks back.
// The control plane resolves the configuration (defaults, references, inherited profiles, traffic groups)
// into this plain form after every commit; the data plane never reads the configuration store.

/** Full path of a configuration object, `/Project_x/pool1`. */
export type FullPath = string;

export interface DataPlaneConfig {
  /** All of the device: those that it does not serve now keep their counters. */
  virtuals: VirtualServer[];
  pools: PoolConfig[];
  /** Nodes that have monitors of their own; absent = none. */
  nodes?: NodeConfig[];
}

export interface VirtualServer {
  path: FullPath;
  /** Plain address without `%rd`; `0.0.0.0` or `::` for any. */
  address: string;
  /** Id of the address's route domain. Sockets know none: only one domain can listen on an address and port. */
  routeDomain: number;
  /** The virtual address it is on, whose limit (0 = none) counts the connections of all its virtual servers. */
  virtualAddress: { path: FullPath; connectionLimit: number };
  /** 0 = any (not bindable; reported as such). */
  port: number;
  ipProtocol: 'tcp' | 'udp' | 'sctp' | 'any';
  /** A disabled one refuses new connections; those it has go on. */
  enabled: boolean;
  /** Its address is enabled and lives on this device now; without that nothing of it goes on. */
  isServed: boolean;
  /** 0 = unlimited */
  connectionLimit: number;
  /** False: members are reached on the port that the client asked for, as always where the member has port 0. */
  translatesPort: boolean;
  pool: FullPath | null;
  /** Standard (profiles apply), fast L4, IP forwarding, reject. */
  type: 'standard' | 'fastl4' | 'forwarding' | 'reject';
  /** Client source addresses or CIDRs served; `0.0.0.0/0` = all. */
  source: string;
  tcp: { idleTimeoutSeconds: number | null };
  udp: { idleTimeoutSeconds: number | null };
  http: HttpProfile | null;
  http2: boolean;
  oneConnect: { sourceMask: string; maxReuse: number } | null;
  clientSsl: ClientSslProfile[];
  serverSsl: ServerSslProfile | null;
  persistence: PersistenceConfig | null;
  fallbackPersistence: PersistenceConfig | null;
  policies: LtmPolicy[];
  /** iRules in order; those the data plane knows are run, others are reported as not executed. */
  rules: { path: FullPath; definition: string }[];
  /** Internal data groups by full path, for rules. */
  dataGroups: Record<FullPath, DataGroup>;
}

export interface HttpProfile {
  insertXForwardedFor: boolean;
  /** `Header: value` lines, already expanded from the profile. */
  headerInsert: string | null;
  headerErase: string | null;
  /** Where clients are redirected when no member is available: a host or a URI. */
  fallbackHost: string | null;
  /** Which redirects of members are turned to https for clients that came by TLS; `nodes`: to the client's host too. */
  redirectRewrite: 'none' | 'all' | 'matching' | 'nodes';
  /** `Server` header of answers that the virtual server gives by itself; null = none. */
  serverAgentName: string | null;
  /** Value of `Strict-Transport-Security` for clients that came by TLS. */
  strictTransportSecurity: string | null;
}

export interface ClientSslProfile {
  path: FullPath;
  serverName: string | null;
  sniDefault: boolean;
  chains: { certPem: string; keyPem: string; chainPem: string | null; passphrase: string | null }[];
  clientCaPem: string | null;
  crlPem: string | null;
  peerCertMode: 'ignore' | 'request' | 'require';
  /** Null = no limit. */
  handshakeTimeoutSeconds: number | null;
  ciphers: string | null;
  /** Versions switched off, e.g. `TLSv1.1`. */
  disabledVersions: string[];
  alpn: string[];
}

export interface ServerSslProfile {
  path: FullPath;
  certPem: string | null;
  keyPem: string | null;
  caPem: string | null;
  peerCertMode: 'ignore' | 'require';
  /** SNI */
  serverName: string | null;
  /** Name the server's certificate must carry when it is required; null = any name. */
  authenticateName: string | null;
  ciphers: string | null;
  disabledVersions: string[];
  alpn: string[];
}

export type PersistenceConfig =
  | { type: 'source-addr'; timeoutSeconds: number; mask: string | null }
  | { type: 'dest-addr'; timeoutSeconds: number; mask: string | null }
  | {
      type: 'cookie';
      cookieName: string | null;
      method: 'insert' | 'passive' | 'rewrite' | 'hash';
      timeoutSeconds: number;
    }
  | {
      type: 'universal';
      rule: { path: FullPath; definition: string } | null;
      timeoutSeconds: number;
    }
  | { type: 'other'; name: string };

/** LTM policy as published: the device's own field names, see the control-plane reference. */
export interface LtmPolicy {
  path: FullPath;
  strategy: 'first-match' | 'all-match' | 'best-match';
  rules: {
    name: string;
    ordinal: number;
    conditions: Record<string, unknown>[];
    actions: Record<string, unknown>[];
  }[];
}

export interface DataGroup {
  type: 'ip' | 'string' | 'integer';
  records: { name: string; data: string }[];
}

export interface PoolConfig {
  path: FullPath;
  /** Device spelling, e.g. `round-robin`, `ratio-member`, `least-connections-member`. */
  loadBalancingMode: string;
  /** Monitors of the pool: all of them, or at least `min` of them. */
  monitors: MonitorConfig[];
  minMonitors: number | 'all';
  members: MemberConfig[];
  /** Fewer available members than this in the highest priority group also use the next group. 0 = off. */
  minActiveMembers: number;
  slowRampTimeSeconds: number;
  serviceDownAction: 'none' | 'reset' | 'drop' | 'reselect';
}

export interface MemberConfig {
  /** `10.0.0.1:80` or `2001:db8::1.80`, as the device names it (with `%rd` where set). */
  name: string;
  /** With `%rd` where set. */
  address: string;
  /** 0 = the one the client asked for. */
  port: number;
  ratio: number;
  priorityGroup: number;
  /** 0 = unlimited */
  connectionLimit: number;
  /** Of the node, over all its members. */
  nodeRatio: number;
  nodeConnectionLimit: number;
  /** Administrative state of member and node together. */
  adminState: 'enabled' | 'disabled' | 'forced-offline';
  /** Monitors of the member itself; null = the pool's. */
  monitors: MonitorConfig[] | null;
  /** How many of the member's own monitors must be up. */
  minMonitors: number | 'all';
  /** Monitors of the node (address only). */
  nodeMonitors: MonitorConfig[];
  minNodeMonitors: number | 'all';
}

export interface NodeConfig {
  path: FullPath;
  /** With `%rd` where set. */
  address: string;
  monitors: MonitorConfig[];
  minMonitors: number | 'all';
}

export interface MonitorConfig {
  path: FullPath;
  type: 'http' | 'https' | 'tcp' | 'tcp-half-open' | 'udp' | 'gateway-icmp' | 'icmp' | 'other';
  intervalSeconds: number;
  /** Down after this long without a good answer. */
  timeoutSeconds: number;
  upIntervalSeconds: number;
  timeUntilUpSeconds: number;
  /** Backslash sequences as typed by the user, not yet expanded. */
  send: string;
  recv: string;
  recvDisable: string;
  reverse: boolean;
  /** `*` parts mean the member's own address or port. */
  destination: { address: string; port: number | '*' };
  manualResume: boolean;
  username: string | null;
  password: string | null;
}

/** `checking` until the first verdict, `unchecked` when nothing monitors the member. */
type MonitorStatus =
  'up' | 'down' | 'checking' | 'unchecked' | 'forced-up' | 'forced-down' | 'disabled-by-recv';

export interface MemberState {
  monitorStatus: MonitorStatus;
  /** Text of the last verdict, for `status.statusReason`. */
  reason: string;
}

/** What the data plane knows of a member besides its traffic. */
export interface MemberFacts extends MemberState {
  /** The connection limit of the member or of its node is reached. */
  isFull: boolean;
}

/** Absolute since start or the last reset. */
export interface TrafficCounters {
  bitsIn: number;
  bitsOut: number;
  pktsIn: number;
  pktsOut: number;
  curConns: number;
  maxConns: number;
  totConns: number;
  totRequests: number;
  /** TLS handshakes done with clients. */
  totHandshakes: number;
  /** Clients ended because they took too long to say what they want. */
  slowKilled: number;
}

/** What one event of an iRule did since start or the last reset. */
export interface RuleCounters {
  path: FullPath;
  event: string;
  executions: number;
  /** Ended by an error. */
  failures: number;
}

export interface VirtualState {
  /** Null when listening; else why not, e.g. `EADDRNOTAVAIL 192.0.2.1:80`. */
  bindError: string | null;
  /** iRules attached but not executed by this emulator. */
  rulesNotExecuted: FullPath[];
  /** Per event of each rule that is executed. */
  rules: RuleCounters[];
  /** Its connection limit, or that of its address, is reached. */
  isFull: boolean;
  counters: TrafficCounters;
}

export interface DataPlane {
  /** Brings sockets, pools and monitors in line. Idempotent; connections of unchanged objects go on. */
  apply(config: DataPlaneConfig): Promise<void>;
  virtualState(path: FullPath): VirtualState | undefined;
  /** Current state of one pool member; undefined when unknown. */
  memberState(pool: FullPath, member: string): MemberFacts | undefined;
  /** Verdict of a node's own monitors; undefined when it has none. */
  nodeState(node: FullPath): MemberState | undefined;
  memberCounters(pool: FullPath, member: string): TrafficCounters | undefined;
  resetCounters(path?: FullPath): void;
  /** Called after each up/down transition. */
  onMemberChange(listener: (pool: FullPath, member: string, state: MemberState) => void): void;
  /** Closes every socket and timer. Safe to repeat. */
  stop(): Promise<void>;
}
