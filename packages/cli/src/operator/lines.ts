// Answers of the operator's API for people.
import type { ErrorList, LoadBalancerState } from './operator-client.ts';

const SINGULAR: Readonly<Record<string, string>> = {
  loadbalancers: 'load balancer',
  listeners: 'listener',
  pools: 'pool',
  members: 'member',
  healthmonitors: 'health monitor',
  l7policies: 'L7 policy',
  l7rules: 'L7 rule',
};

function titleOf({ kind, id, name }: { kind: string; id: string; name: string }): string {
  return [SINGULAR[kind] ?? kind, id, ...(name === '' ? [] : [`'${name}'`])].join(' ');
}

export function errorLines({ errors, is_truncated }: ErrorList): string[] {
  if (errors.length === 0) return ['Nothing is in ERROR.'];
  const lines = errors.flatMap((error) => [
    titleOf(error),
    ...(error.kind === 'loadbalancers' ? [] : [`  of load balancer ${error.loadbalancer_id}`]),
    `  in project ${error.project_id}, ${error.updated_at ?? 'never changed'}`,
    `  ${error.reason ?? 'No reason was given.'}`,
  ]);
  return is_truncated ? [...lines, 'There are more: raise --limit.'] : lines;
}

export function loadBalancerLines(state: LoadBalancerState): string[] {
  const { agent, pending_since: since } = state;
  const settled = state.revision === state.applied_revision;
  return [
    `${titleOf({ ...state, kind: 'loadbalancers' })}: ${state.provisioning_status}, ${state.operating_status}`,
    `  project ${state.project_id}`,
    `  revision ${state.revision}${settled ? '' : `, an agent has reported on ${state.applied_revision}`}`,
    ...(since === null ? [] : [`  pending since ${since}`]),
    agent === null
      ? '  no agent has it'
      : `  agent ${agent.host}${agent.alive ? '' : ', not alive'}${agent.admin_state_up ? '' : ', disabled'}`,
    ...(state.reason === null ? [] : [`  ${state.reason}`]),
    ...state.objects.flatMap((object) => [
      `  ${titleOf(object)}: ${object.provisioning_status}`,
      ...(object.reason === null ? [] : [`    ${object.reason}`]),
    ]),
  ];
}

/** Nothing of it failed or waits. */
export function isSettled({ provisioning_status: status, objects }: LoadBalancerState): boolean {
  return status === 'ACTIVE' && objects.length === 0;
}
