// What an agent's last report says about it, read once into typed facts. Pure.
import { AGENT_TYPE } from '@f5-lbaas/rpc';
import type { AgentRow } from '@f5-lbaas/storage';

export interface AgentFacts {
  environment: string;
  /** F5 counts an agent that names no group as group 1. */
  groupNumber: number;
  /** 0..1; 1 and more means full. F5's agents misspell the key, so both spellings count. */
  capacityScore: number;
  /** At least one device is ready; true when the agent does not say. */
  operational: boolean;
  globalRoutedMode: boolean;
  tunnelTypes: string[];
  physicalNetwork: string | null;
  novaManaged: boolean;
}

export function agentFacts(agent: AgentRow): AgentFacts {
  const c = agent.configurations;
  const score = c['environment_capacity_score'] ?? c['environment_capaciy_score'];
  const group = c['environment_group_number'];
  const tunnels: unknown = c['tunnel_types'];
  const physical = c['network_segment_physical_network'];
  const environment = c['environment_prefix'];
  return {
    environment: typeof environment === 'string' ? environment : '',
    groupNumber: typeof group === 'number' ? group : 1,
    capacityScore: typeof score === 'number' ? score : 0,
    operational: c['operational'] !== false,
    globalRoutedMode: c['global_routed_mode'] === true,
    tunnelTypes: Array.isArray(tunnels) ? tunnels.filter((t) => typeof t === 'string') : [],
    physicalNetwork: typeof physical === 'string' ? physical : null,
    novaManaged: c['nova_managed'] === true,
  };
}

export interface Liveness {
  nowMs: number;
  agentDownTimeMs: number;
}

/** Heard of within the down time. */
export function isAlive(agent: AgentRow, { nowMs, agentDownTimeMs }: Liveness): boolean {
  return nowMs - Date.parse(agent.heartbeat_timestamp) <= agentDownTimeMs;
}

/** May be given work of an environment: one of ours, there, enabled, and alive. */
export function serves(agent: AgentRow, environment: string, liveness: Liveness): boolean {
  const isOurs = agent.agent_type === AGENT_TYPE && agentFacts(agent).environment === environment;
  return isOurs && agent.admin_state_up && isAlive(agent, liveness);
}
