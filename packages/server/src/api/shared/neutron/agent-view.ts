// Agents as Neutron shows them.
import type { Agent } from '../../../service/agents/agent-service.ts';
import type { View } from './list-query.ts';

/** `2026-11-21 08:59:33` */
function moment(iso: string): string {
  return iso.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length).replace('T', ' ');
}

export function agentView(agent: Agent): View {
  return {
    id: agent.id,
    agent_type: agent.agent_type,
    binary: agent.binary,
    topic: agent.topic,
    host: agent.host,
    admin_state_up: agent.admin_state_up,
    alive: agent.alive,
    created_at: moment(agent.created_at),
    started_at: moment(agent.started_at),
    heartbeat_timestamp: moment(agent.heartbeat_timestamp),
    description: null,
    configurations: agent.configurations,
    availability_zone: null,
    resource_versions: {},
  };
}
