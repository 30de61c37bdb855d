// What the operator's API shows of stored rows. Nothing secret is in them: certificates are references, tokens are not kept.
import type { LoadBalancerTree } from '@f5-lbaas/model';
import type { Agent } from '../../service/agents/agent-service.ts';
import { rootOf, unfinishedBelow, type KindedRow } from '../../service/operator/unfinished.ts';

type View = Readonly<Record<string, unknown>>;

function agentView(agent: Agent): View {
  const { id, host, alive, admin_state_up, heartbeat_timestamp } = agent;
  return { id, host, alive, admin_state_up, heartbeat_timestamp };
}

function objectView({ kind, row }: KindedRow): View {
  return {
    kind,
    id: row.id,
    name: row.name,
    provisioning_status: row.provisioning_status,
    operating_status: row.operating_status,
    revision: row.revision,
    delete_requested: row.delete_requested,
    reason: row.status_reason,
    updated_at: row.updated_at,
  };
}

export function errorView(error: KindedRow): View {
  const { kind, row } = error;
  return {
    kind,
    id: row.id,
    name: row.name,
    loadbalancer_id: rootOf(error),
    project_id: row.project_id,
    reason: row.status_reason,
    updated_at: row.updated_at,
  };
}

/**
 * `applied_revision` is the newest that an agent has reported on; `notified_at` when the agent was last told;
 * `objects` is everything below that is not ACTIVE.
 */
export function loadBalancerView(tree: LoadBalancerTree, agent: Agent | undefined): View {
  const { loadbalancer: row } = tree;
  return {
    id: row.id,
    name: row.name,
    project_id: row.project_id,
    provider: row.provider,
    provisioning_status: row.provisioning_status,
    operating_status: row.operating_status,
    reason: row.status_reason,
    revision: row.revision,
    applied_revision: row.applied_revision,
    pending_since: row.pending_since,
    notified_at: row.notified_at,
    delete_requested: row.delete_requested,
    updated_at: row.updated_at,
    agent: agent === undefined ? null : agentView(agent),
    objects: unfinishedBelow(tree).map(objectView),
  };
}
