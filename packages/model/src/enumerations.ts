// Closed sets of attribute values and the protocol matrix, spelled as the Octavia API spells them.

export const LISTENER_PROTOCOLS = [
  'TCP',
  'HTTPS',
  'HTTP',
  'TERMINATED_HTTPS',
  'UDP',
  'SCTP',
  'PROMETHEUS',
] as const;
export type ListenerProtocol = (typeof LISTENER_PROTOCOLS)[number];

export const POOL_PROTOCOLS = ['TCP', 'HTTP', 'HTTPS', 'PROXY', 'PROXYV2', 'UDP', 'SCTP'] as const;
export type PoolProtocol = (typeof POOL_PROTOCOLS)[number];

export const LB_ALGORITHMS = [
  'LEAST_CONNECTIONS',
  'ROUND_ROBIN',
  'SOURCE_IP',
  'SOURCE_IP_PORT',
] as const;
export type LbAlgorithm = (typeof LB_ALGORITHMS)[number];

export const SESSION_PERSISTENCE_TYPES = ['SOURCE_IP', 'HTTP_COOKIE', 'APP_COOKIE'] as const;
export type SessionPersistenceType = (typeof SESSION_PERSISTENCE_TYPES)[number];

export const HEALTH_MONITOR_TYPES = [
  'HTTP',
  'HTTPS',
  'PING',
  'TCP',
  'TLS-HELLO',
  'UDP-CONNECT',
  'SCTP',
] as const;
export type HealthMonitorType = (typeof HEALTH_MONITOR_TYPES)[number];

export const L7_POLICY_ACTIONS = [
  'REJECT',
  'REDIRECT_TO_URL',
  'REDIRECT_TO_POOL',
  'REDIRECT_PREFIX',
] as const;
export type L7PolicyAction = (typeof L7_POLICY_ACTIONS)[number];

export const L7_RULE_TYPES = [
  'HOST_NAME',
  'PATH',
  'FILE_TYPE',
  'HEADER',
  'COOKIE',
  'SSL_CONN_HAS_CERT',
  'SSL_VERIFY_RESULT',
  'SSL_DN_FIELD',
] as const;
export type L7RuleType = (typeof L7_RULE_TYPES)[number];

export const L7_COMPARE_TYPES = [
  'REGEX',
  'STARTS_WITH',
  'ENDS_WITH',
  'CONTAINS',
  'EQUAL_TO',
] as const;
export type L7CompareType = (typeof L7_COMPARE_TYPES)[number];

export const CLIENT_AUTHENTICATIONS = ['NONE', 'OPTIONAL', 'MANDATORY'] as const;
export type ClientAuthentication = (typeof CLIENT_AUTHENTICATIONS)[number];

/**
 * Pool protocols that a listener may send traffic to; holds for the default pool and redirect pools.
 * @see Octavia `octavia/common/constants.py` VALID_LISTENER_POOL_PROTOCOL_MAP
 */
export const POOL_PROTOCOLS_OF_LISTENER: Record<ListenerProtocol, readonly PoolProtocol[]> = {
  TCP: ['HTTP', 'HTTPS', 'PROXY', 'PROXYV2', 'TCP'],
  HTTP: ['HTTP', 'PROXY', 'PROXYV2'],
  HTTPS: ['HTTPS', 'PROXY', 'PROXYV2', 'TCP'],
  TERMINATED_HTTPS: ['HTTP', 'PROXY', 'PROXYV2'],
  UDP: ['UDP'],
  SCTP: ['SCTP'],
  PROMETHEUS: [],
};

export type TransportProtocol = 'TCP' | 'UDP' | 'SCTP';

/** Two listeners of one load balancer may share a port only across transports. */
export function transportOf(protocol: ListenerProtocol): TransportProtocol {
  return protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP';
}
