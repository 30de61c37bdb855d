// The heartbeat's content, as Neutron stores it. Pure.
// @see neutron `neutron/agent/rpc.py` PluginReportStateAPI; f5-openstack-agent `agent_manager.py`
import {
  AGENT_BINARY,
  AGENT_TYPE,
  REPORTED_AGENT_TOPIC,
  type AgentConfigurations,
  type AgentState,
  type IcontrolEndpoint,
  type StateReport,
} from '@f5-lbaas/rpc';

/** Length of the column in which Neutron keeps `configurations`, as JSON. */
const CONFIGURATIONS_MAX = 4095;
const STATUS_MESSAGE_MAX = 80;
const DEVICE_DRIVER = 'f5-lbaasv2-icontrol';

export interface StateFacts {
  agentHost: string;
  environmentPrefix: string;
  environmentGroupNumber: number;
  globalRoutedMode: boolean;
  l2Population: boolean;
  tunnelTypes: readonly string[];
  bridgeMappings: Readonly<Record<string, string>>;
  /** More about networks, in the words of F5's agent; empty in global routed mode. */
  networkFacts: Readonly<Record<string, unknown>>;
  /** `static_agent_configuration_data`; may overwrite what is above it in `configurations`. */
  staticConfiguration: Readonly<Record<string, string>>;
  isOperational: boolean;
  /** Undefined: nobody asks for them. */
  esdNames: readonly string[] | undefined;
  /** 0..1 */
  capacityScore: number;
  endpoints: Readonly<Record<string, IcontrolEndpoint>>;
  /** Load balancers on the devices, and with something to do. */
  services: number;
  queueDepth: number;
  isFirst: boolean;
  uuid: string;
  nowMs: number;
}

export function stateReport(facts: StateFacts): StateReport {
  const state: AgentState = {
    binary: AGENT_BINARY,
    host: facts.agentHost,
    topic: REPORTED_AGENT_TOPIC,
    agent_type: AGENT_TYPE,
    l2_population: facts.l2Population,
    uuid: facts.uuid,
    configurations: fitted(configurations(facts)),
    ...(facts.isFirst && { start_flag: true }),
  };
  return { agent_state: { agent_state: state }, time: neutronTime(facts.nowMs) };
}

/** Naive UTC with microseconds, as Python's `isoformat` writes it: `2026-01-02T03:04:05.006000`. */
function neutronTime(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, -1)}000`;
}

function configurations(facts: StateFacts): AgentConfigurations {
  return {
    environment_prefix: facts.environmentPrefix,
    environment_group_number: facts.environmentGroupNumber,
    global_routed_mode: facts.globalRoutedMode,
    device_drivers: [DEVICE_DRIVER],
    ...facts.networkFacts,
    ...facts.staticConfiguration,
    tunnel_types: facts.globalRoutedMode ? [] : [...facts.tunnelTypes],
    bridge_mappings: facts.globalRoutedMode ? {} : { ...facts.bridgeMappings },
    icontrol_endpoints: shortened(facts.endpoints, STATUS_MESSAGE_MAX),
    operational: facts.isOperational,
    environment_capacity_score: facts.capacityScore,
    ...(facts.esdNames !== undefined && { esd_name: [...facts.esdNames] }),
    services: facts.services,
    request_queue_depth: facts.queueDepth,
  };
}

function shortened(
  endpoints: Readonly<Record<string, IcontrolEndpoint>>,
  messageMax: number,
): Record<string, IcontrolEndpoint> {
  return Object.fromEntries(
    Object.entries(endpoints).map(([host, endpoint]) => [
      host,
      { ...endpoint, status_message: endpoint.status_message.slice(0, messageMax) },
    ]),
  );
}

function fits(value: AgentConfigurations): boolean {
  return JSON.stringify(value).length <= CONFIGURATIONS_MAX;
}

/**
 * A value that does not fit makes the server refuse the whole heartbeat, so the least needed goes first:
 * status messages, then the devices' descriptions, then the names of ESDs, all of them since some would pass for all;
 * then the devices, then the operator's extra data.
 */
function fitted(full: AgentConfigurations): AgentConfigurations {
  const withoutMessages = { ...full, icontrol_endpoints: shortened(full.icontrol_endpoints, 0) };
  const bareEndpoints = Object.fromEntries(
    Object.entries(full.icontrol_endpoints).map(([host, { status, failover_state }]) => [
      host,
      { status, status_message: '', failover_state },
    ]),
  );
  const withoutEsds = Object.fromEntries(
    Object.entries(full).filter(([name]) => name !== 'esd_name'),
  ) as AgentConfigurations;
  const candidates = [
    full,
    withoutMessages,
    { ...full, icontrol_endpoints: bareEndpoints },
    { ...withoutEsds, icontrol_endpoints: bareEndpoints },
    { ...withoutEsds, icontrol_endpoints: {} },
  ];
  return candidates.find(fits) ?? essentials(full);
}

function essentials(full: AgentConfigurations): AgentConfigurations {
  return {
    environment_prefix: full.environment_prefix,
    environment_group_number: full.environment_group_number,
    global_routed_mode: full.global_routed_mode,
    device_drivers: full.device_drivers,
    tunnel_types: full.tunnel_types,
    bridge_mappings: {},
    icontrol_endpoints: {},
    operational: full.operational,
    ...(full.environment_capacity_score !== undefined && {
      environment_capacity_score: full.environment_capacity_score,
    }),
  };
}
