// Topic names, spelled as F5's LBaaSv2 driver and agent spell them; they are queue names on the broker.

/** Exchange of everything here (`control_exchange`). */
export const DEFAULT_EXCHANGE = 'neutron';

const AGENT_TOPIC = 'f5-lbaasv2-process-on-agent';
const PLUGIN_TOPIC = 'f5-lbaasv2-process-on-controller';

/** `agent_type` and `binary` in state reports. */
export const AGENT_TYPE = 'Loadbalancerv2 agent';
export const AGENT_BINARY = 'f5-oslbaasv2-agent';

/** Topic that every server process of an environment consumes, competing. */
export function pluginTopic(environment: string): string {
  return environment === '' ? PLUGIN_TOPIC : `${PLUGIN_TOPIC}_${environment}`;
}

/** Topic of one agent; what the driver casts to and the agent consumes. */
export function agentTopic(environment: string, agentHost: string): string {
  return environment === ''
    ? `${AGENT_TOPIC}.${agentHost}`
    : `${AGENT_TOPIC}_${environment}.${agentHost}`;
}

/** What an agent reports as `topic`: never suffixed. */
export const REPORTED_AGENT_TOPIC = AGENT_TOPIC;
