// Reports object by object, as F5's Python agent sends them: no revision, no host, so they are taken to be
// about the newest state. A pending delete is never overwritten by them; only `..._destroyed` ends it.
import {
  LbaasError,
  type LoadBalancerTree,
  type OperatingStatus,
  type ResourceKind,
} from '@f5-lbaas/model';
import { isoNow } from '@f5-lbaas/platform';
import type { ObjectReport, RpcArgs, RpcEndpoint, RpcHandler } from '@f5-lbaas/rpc';
import type { Repositories } from '@f5-lbaas/storage';
import Type from 'typebox';
import type { DriverDeps } from '../driver/driver-deps.ts';
import { settle } from '../driver/settlement/settle.ts';
import { doomedIds } from '../service-builder/emitted-status.ts';
import { optionalOneOf, shapedArgs, textArg } from './arguments.ts';
import { setOperatingStatus } from './service-reports.ts';

interface StatusMethod {
  kind: ResourceKind;
  idArg: string;
  statusArg: string;
  /** When the sender leaves the status out; null = leave the object's as it is. */
  defaultStatus: 'ERROR' | null;
}

const status = (kind: ResourceKind, idArg: string, differs: Partial<StatusMethod> = {}) => ({
  kind,
  idArg,
  statusArg: 'provisioning_status',
  defaultStatus: 'ERROR' as const,
  ...differs,
});

/** Method -> what it is about. @see F5 LBaaSv2 driver `plugin_rpc.py` for names, arguments and defaults */
const STATUS_METHODS: Readonly<Record<string, StatusMethod>> = {
  update_loadbalancer_status: status('loadbalancers', 'loadbalancer_id', { statusArg: 'status' }),
  update_listener_status: status('listeners', 'listener_id'),
  update_pool_status: status('pools', 'pool_id'),
  update_member_status: status('members', 'member_id', { defaultStatus: null }),
  update_health_monitor_status: status('healthmonitors', 'health_monitor_id'),
  update_l7policy_status: status('l7policies', 'l7policy_id'),
  update_l7rule_status: status('l7rules', 'l7rule_id'),
};

/** `healthmonitor_destroyed` really has no second underscore. */
const DESTROYED_METHODS: Readonly<Record<string, [ResourceKind, string]>> = {
  loadbalancer_destroyed: ['loadbalancers', 'loadbalancer_id'],
  listener_destroyed: ['listeners', 'listener_id'],
  pool_destroyed: ['pools', 'pool_id'],
  member_destroyed: ['members', 'member_id'],
  healthmonitor_destroyed: ['healthmonitors', 'healthmonitor_id'],
  l7policy_destroyed: ['l7policies', 'l7policy_id'],
  l7rule_destroyed: ['l7rules', 'l7rule_id'],
};

/** neutron-lbaas has one operating status more than Octavia. */
const OPERATING: Readonly<Record<string, OperatingStatus>> = {
  ONLINE: 'ONLINE',
  OFFLINE: 'OFFLINE',
  DEGRADED: 'DEGRADED',
  ERROR: 'ERROR',
  DRAINING: 'DRAINING',
  NO_MONITOR: 'NO_MONITOR',
  DISABLED: 'OFFLINE',
};
const PROVISIONING = [
  'ACTIVE',
  'ERROR',
  'PENDING_CREATE',
  'PENDING_UPDATE',
  'PENDING_DELETE',
] as const;

const Count = Type.Integer({ minimum: 0 });
const TotalReport = Type.Object({
  loadbalancer_id: Type.String(),
  stats: Type.Object({
    bytes_in: Count,
    bytes_out: Count,
    active_connections: Count,
    total_connections: Count,
  }),
});

export function objectReports(deps: DriverDeps): RpcEndpoint {
  const updates = Object.entries(STATUS_METHODS).map(([name, method]): [string, RpcHandler] => [
    name,
    (args) => updateStatus(deps, method, args),
  ]);
  const removals = Object.entries(DESTROYED_METHODS).map(
    ([name, [kind, idArg]]): [string, RpcHandler] => [
      name,
      (args) => settleOne(deps, kind, textArg(args, idArg), { provisioning_status: 'DELETED' }),
    ],
  );
  return {
    ...Object.fromEntries([...updates, ...removals]),
    async update_loadbalancer_stats(args) {
      const { loadbalancer_id: id, stats } = shapedArgs(TotalReport, args);
      await deps.storage.transaction(async ({ loadbalancers, statistics }) => {
        if ((await loadbalancers.find(id)) === undefined) return;
        await statistics.putTotal(id, { ...stats, request_errors: 0 });
      });
      return null;
    },
  };
}

async function updateStatus(deps: DriverDeps, method: StatusMethod, args: RpcArgs): Promise<null> {
  const { kind, idArg, statusArg, defaultStatus } = method;
  const id = textArg(args, idArg);
  const operating = optionalOneOf(args, 'operating_status', Object.keys(OPERATING));
  const operating_status = operating === undefined ? undefined : OPERATING[operating];
  const given = optionalOneOf(args, statusArg, PROVISIONING);
  const provisioning = given ?? (statusArg in args ? null : defaultStatus);
  if (provisioning === 'ACTIVE' || provisioning === 'ERROR') {
    await settleOne(deps, kind, id, {
      provisioning_status: provisioning,
      ...(operating_status === undefined ? {} : { operating_status }),
    });
  }
  // Also when the provisioning status was not taken over, and for agents that poll health this way.
  if (operating_status !== undefined) {
    await deps.storage.transaction((repositories) =>
      setOperatingStatus(repositories, { kind, id }, operating_status, isoNow(deps.clock)),
    );
  }
  return null;
}

async function settleOne(
  deps: DriverDeps,
  kind: ResourceKind,
  id: string,
  outcome: ObjectReport,
): Promise<null> {
  const loadbalancerId = await rootOf(deps.storage.read, kind, id);
  if (loadbalancerId === undefined) return null;
  await settle(deps, loadbalancerId, (_, tree) =>
    Promise.resolve(
      isGuarded(tree, id, outcome) ? undefined : newestReport(tree, kind, id, outcome),
    ),
  );
  return null;
}

function isGuarded(tree: LoadBalancerTree, id: string, outcome: ObjectReport): boolean {
  return outcome.provisioning_status !== 'DELETED' && doomedIds(tree).has(id);
}

function newestReport(
  { loadbalancer }: LoadBalancerTree,
  kind: ResourceKind,
  id: string,
  outcome: ObjectReport,
) {
  return { revision: loadbalancer.revision, objects: { [kind]: { [id]: outcome } } };
}

async function rootOf(
  repositories: Repositories,
  kind: ResourceKind,
  id: string,
): Promise<string | undefined> {
  if (kind === 'loadbalancers') return id;
  const row = await repositories.resource(kind).find(id);
  if (row === undefined) return undefined;
  if ('loadbalancer_id' in row) return row.loadbalancer_id;
  throw new LbaasError('bug', 'ERR_NO_ROOT', `The ${kind} row '${id}' names no load balancer.`);
}
