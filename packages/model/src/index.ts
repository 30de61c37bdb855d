export {
  PROVISIONING_STATUSES,
  OPERATING_STATUSES,
  isPending,
  isMutable,
  isDeletable,
} from './statuses.ts';
export type { ProvisioningStatus, OperatingStatus, PendingStatus } from './statuses.ts';
export {
  LISTENER_PROTOCOLS,
  POOL_PROTOCOLS,
  LB_ALGORITHMS,
  SESSION_PERSISTENCE_TYPES,
  HEALTH_MONITOR_TYPES,
  L7_POLICY_ACTIONS,
  L7_RULE_TYPES,
  L7_COMPARE_TYPES,
  CLIENT_AUTHENTICATIONS,
  POOL_PROTOCOLS_OF_LISTENER,
  transportOf,
} from './enumerations.ts';
export type {
  ListenerProtocol,
  PoolProtocol,
  LbAlgorithm,
  SessionPersistenceType,
  HealthMonitorType,
  L7PolicyAction,
  L7RuleType,
  L7CompareType,
  ClientAuthentication,
  TransportProtocol,
} from './enumerations.ts';
export { RESOURCE_KINDS } from './resources.ts';
export type {
  Resource,
  AdditionalVip,
  LoadBalancer,
  Listener,
  SessionPersistence,
  Pool,
  Member,
  HealthMonitor,
  L7Policy,
  L7Rule,
  ResourceKinds,
  ResourceKind,
  LoadBalancerTree,
  Statistics,
} from './resources.ts';
export type {
  IdRef,
  NeutronPort,
  NeutronNetwork,
  NeutronSubnet,
  ServiceLoadBalancer,
  ServiceListener,
  ServicePool,
  ServiceHealthMonitor,
  ServiceMember,
  ServiceL7Policy,
  ServiceL7Rule,
  ServiceDefinition,
} from './service-definition.ts';
export { LbaasError, invariant } from './errors.ts';
export type { ErrorKind, LbaasErrorOptions } from './errors.ts';
