export type {
  CallOptions,
  CastOptions,
  RpcArgs,
  RpcContext,
  RpcEndpoint,
  RpcHandler,
  RpcServer,
  RpcTransport,
  ServeOptions,
} from './transport.ts';
export { AGENT_API_NOUNS } from './contracts/agent-api.ts';
export type {
  AgentApiMethod,
  AgentApiNoun,
  AgentApiVerb,
  ChangeArgs,
} from './contracts/agent-api.ts';
export type {
  AgentConfigurations,
  AgentState,
  IcontrolEndpoint,
  LoadBalancerBinding,
  ObjectReport,
  OperatingStatusReport,
  ServiceStatusReport,
  StateReport,
  StatisticsReport,
} from './contracts/plugin-api.ts';
export {
  AGENT_BINARY,
  AGENT_TYPE,
  DEFAULT_EXCHANGE,
  REPORTED_AGENT_TOPIC,
  agentTopic,
  pluginTopic,
} from './topics.ts';
export { RpcRemoteError, RpcTimeoutError, RpcUnavailableError } from './errors.ts';
export { createMemoryBroker } from './memory/memory-broker.ts';
export type { MemoryBroker } from './memory/memory-broker.ts';
export { createMemoryTransport } from './memory/memory-transport.ts';
export type { MemoryTransportOptions } from './memory/memory-transport.ts';
export { createAmqpTransport } from './amqp/amqp-transport.ts';
export type { AmqpTls, AmqpTransportOptions } from './amqp/amqp-transport.ts';
export { MESSAGING_OPTIONS, amqpOptionsOf } from './amqp/messaging-options.ts';
export type { MessagingValues } from './amqp/messaging-options.ts';
