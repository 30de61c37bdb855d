// Reports of our own agents: one message for the outcome of a whole service, for the health of many objects,
// for counters. Whoever is not the agent that a load balancer is bound to is not listened to.
import { OPERATING_STATUSES, RESOURCE_KINDS, type OperatingStatus } from '@f5-lbaas/model';
import { isoNow } from '@f5-lbaas/platform';
import type { RpcEndpoint } from '@f5-lbaas/rpc';
import type { Repositories } from '@f5-lbaas/storage';
import Type, { type TSchema } from 'typebox';
import type { DriverDeps } from '../driver/driver-deps.ts';
import { settle } from '../driver/settlement/settle.ts';
import { TenantScheduler } from '../scheduler/tenant-scheduler.ts';
import { shapedArgs } from './arguments.ts';
import { listByValues } from './chunks.ts';

const Text = Type.String({ minLength: 1 });
const Operating = Type.Enum([...OPERATING_STATUSES]);
const Outcome = Type.Object({
  provisioning_status: Type.Union([
    Type.Literal('ACTIVE'),
    Type.Literal('ERROR'),
    Type.Literal('DELETED'),
  ]),
  operating_status: Type.Optional(Operating),
  reason: Type.Optional(Type.String()),
});
const Counter = Type.Integer({ minimum: 0 });
const Counters = Type.Object({
  bytes_in: Counter,
  bytes_out: Counter,
  active_connections: Counter,
  total_connections: Counter,
  request_errors: Counter,
});

/** Kind -> object id -> what is said about it. */
function perKind<Schema extends TSchema>(schema: Schema) {
  const byId = Type.Optional(Type.Record(Text, schema));
  return Type.Object({
    loadbalancers: byId,
    listeners: byId,
    pools: byId,
    members: byId,
    healthmonitors: byId,
    l7policies: byId,
    l7rules: byId,
  });
}

const StatusReport = Type.Object({
  loadbalancer_id: Text,
  host: Text,
  revision: Type.Integer({ minimum: 0 }),
  objects: perKind(Outcome),
});
const HealthReport = Type.Object({ host: Text, objects: perKind(Operating) });
const CountersReport = Type.Object({ host: Text, listeners: Type.Record(Text, Counters) });

export function serviceReports(deps: DriverDeps): RpcEndpoint {
  const scheduler = new TenantScheduler(deps);
  return {
    async update_service_status(args) {
      const report = shapedArgs(StatusReport, args);
      await settle(deps, report.loadbalancer_id, async (repositories, { loadbalancer }) => {
        const agent = await scheduler.findBound(repositories, loadbalancer.project_id);
        if (agent?.host === report.host) return report;
        deps.logger.warn(
          { loadbalancer_id: loadbalancer.id, agent_host: report.host, bound_to: agent?.host },
          'report of an agent that the load balancer is not bound to ignored',
        );
        return undefined;
      });
      return null;
    },

    async update_operating_status(args) {
      const { host, objects } = shapedArgs(HealthReport, args);
      const now = isoNow(deps.clock);
      for (const kind of RESOURCE_KINDS) {
        const reported = new Map(Object.entries(objects[kind] ?? {}));
        if (reported.size === 0) continue;
        const rows = await listByValues(deps.storage.read, kind, 'id', [...reported.keys()]);
        const changed = rows.filter((row) => reported.get(row.id) !== row.operating_status);
        await deps.storage.transaction(async (repositories) => {
          const mine = await projectsOf(scheduler, repositories, changed, host);
          for (const row of changed.filter(({ project_id }) => mine.has(project_id))) {
            const status = reported.get(row.id);
            if (status === undefined) continue;
            await setOperatingStatus(repositories, { kind, id: row.id }, status, now);
          }
        });
      }
      return null;
    },

    async update_statistics(args) {
      const { host, listeners } = shapedArgs(CountersReport, args);
      const ids = Object.keys(listeners);
      await deps.storage.transaction(async (repositories) => {
        const rows = await listByValues(repositories, 'listeners', 'id', ids);
        const mine = await projectsOf(scheduler, repositories, rows, host);
        for (const row of rows.filter(({ project_id }) => mine.has(project_id))) {
          const counters = listeners[row.id];
          if (counters === undefined) continue;
          await repositories.statistics.put(row.id, row.loadbalancer_id, counters);
        }
      });
      return null;
    },
  };
}

/** A row that went meanwhile needs no health. */
export async function setOperatingStatus(
  repositories: Repositories,
  object: { kind: (typeof RESOURCE_KINDS)[number]; id: string },
  operating_status: OperatingStatus,
  now: string,
): Promise<void> {
  const repository = repositories.resource(object.kind);
  if ((await repository.find(object.id)) === undefined) return;
  await repository.update(object.id, { operating_status, updated_at: now });
}

/** Projects among those of the rows that are bound to the agent on `host`. */
async function projectsOf(
  scheduler: TenantScheduler,
  repositories: Repositories,
  rows: readonly { project_id: string }[],
  host: string,
): Promise<ReadonlySet<string>> {
  const mine = new Set<string>();
  for (const projectId of new Set(rows.map((row) => row.project_id))) {
    const agent = await scheduler.findBound(repositories, projectId);
    if (agent?.host === host) mine.add(projectId);
  }
  return mine;
}
