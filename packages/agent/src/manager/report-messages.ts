// Outcomes as messages to the server: one call for a server that knows revisions, one cast per object for F5's
// Python driver. Pure.
import type { ResourceKind, ServiceDefinition } from '@f5-lbaas/model';
import type { ObjectReport, RpcArgs, ServiceStatusReport } from '@f5-lbaas/rpc';
import type { ServiceOutcome } from '../driver/agent-driver.ts';

export interface ReportMessage {
  /** A call waits for the server's acknowledgement; F5's driver gives none. */
  kind: 'call' | 'cast';
  method: string;
  args: RpcArgs;
}

/** @param host agent host, as in heartbeats */
export function reportMessages(
  service: ServiceDefinition,
  outcome: ServiceOutcome,
  host: string,
): ReportMessage[] {
  if (service.revision === undefined) return pythonMessages(service, outcome);
  const report: ServiceStatusReport = {
    loadbalancer_id: outcome.loadbalancerId,
    host,
    revision: service.revision,
    objects: outcome.objects,
  };
  return [{ kind: 'call', method: 'update_service_status', args: { ...report } }];
}

interface PythonMethods {
  update: string;
  destroyed: string;
  /** Argument that names the object. */
  id: string;
}

/**
 * Methods per kind, in the order in which F5's agent reports; the load balancer last, since its status
 * lets the next change in.
 * @see f5-openstack-lbaasv2-driver `f5lbaasdriver/v2/bigip/plugin_rpc.py`
 */
const PYTHON_METHODS: readonly [ResourceKind, PythonMethods][] = [
  ['members', { update: 'update_member_status', destroyed: 'member_destroyed', id: 'member_id' }],
  [
    'healthmonitors',
    {
      update: 'update_health_monitor_status',
      destroyed: 'healthmonitor_destroyed',
      id: 'health_monitor_id',
    },
  ],
  ['pools', { update: 'update_pool_status', destroyed: 'pool_destroyed', id: 'pool_id' }],
  [
    'listeners',
    { update: 'update_listener_status', destroyed: 'listener_destroyed', id: 'listener_id' },
  ],
  ['l7rules', { update: 'update_l7rule_status', destroyed: 'l7rule_destroyed', id: 'l7rule_id' }],
  [
    'l7policies',
    { update: 'update_l7policy_status', destroyed: 'l7policy_destroyed', id: 'l7policy_id' },
  ],
  [
    'loadbalancers',
    {
      update: 'update_loadbalancer_status',
      destroyed: 'loadbalancer_destroyed',
      id: 'loadbalancer_id',
    },
  ],
];

function pythonMessages(service: ServiceDefinition, outcome: ServiceOutcome): ReportMessage[] {
  return PYTHON_METHODS.flatMap(([kind, methods]) =>
    Object.entries(outcome.objects[kind] ?? {})
      .filter(([id, report]) => !goesWithItsPool(kind, id, report, service, outcome))
      .map(([id, report]) => pythonMessage(kind, methods, id, report, service)),
  );
}

/** The server drops a deleted pool's members itself. */
function goesWithItsPool(
  kind: ResourceKind,
  id: string,
  report: ObjectReport,
  service: ServiceDefinition,
  outcome: ServiceOutcome,
): boolean {
  if (kind !== 'members' || report.provisioning_status !== 'DELETED') return false;
  const poolId = service.members.find((member) => member.id === id)?.pool_id;
  return poolId !== undefined && outcome.objects.pools?.[poolId]?.provisioning_status === 'DELETED';
}

function pythonMessage(
  kind: ResourceKind,
  methods: PythonMethods,
  id: string,
  report: ObjectReport,
  service: ServiceDefinition,
): ReportMessage {
  if (report.provisioning_status === 'DELETED') {
    // The one name without an underscore in F5's driver.
    const idArgument = kind === 'healthmonitors' ? 'healthmonitor_id' : methods.id;
    return { kind: 'cast', method: methods.destroyed, args: { [idArgument]: id } };
  }
  const statusKey = kind === 'loadbalancers' ? 'status' : 'provisioning_status';
  const fallback = report.provisioning_status === 'ERROR' ? 'OFFLINE' : 'ONLINE';
  return {
    kind: 'cast',
    method: methods.update,
    args: {
      [methods.id]: id,
      ...(kind === 'l7rules' && { l7policy_id: policyOf(id, service) }),
      [statusKey]: report.provisioning_status,
      operating_status: report.operating_status ?? fallback,
    },
  };
}

function policyOf(ruleId: string, service: ServiceDefinition): string | null {
  return service.l7policy_rules.find((rule) => rule.id === ruleId)?.policy_id ?? null;
}
