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
        const agent = await scheduler.findBound(repositories, loadbalancer);
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
          const mine = await loadBalancersOn(scheduler, repositories, changed.map(rootOf), host);
          for (const row of changed.filter((one) => mine.has(rootOf(one)))) {
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
        const mine = await loadBalancersOn(scheduler, repositories, rows.map(rootOf), host);
        for (const row of rows.filter((one) => mine.has(rootOf(one)))) {
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

/** Id of the load balancer that a row is of or below. */
function rootOf(row: { id: string; loadbalancer_id?: string }): string {
  return row.loadbalancer_id ?? row.id;
}

/** Those of the load balancers that are bound to the agent on `host`. */
async function loadBalancersOn(
  scheduler: TenantScheduler,
  repositories: Repositories,
  ids: readonly string[],
  host: string,
): Promise<ReadonlySet<string>> {
  const rows = await listByValues(repositories, 'loadbalancers', 'id', [...new Set(ids)]);
  /** Project and provider -> host of the agent that has them. */
  const hosts = new Map<string, string | undefined>();
  const mine = new Set<string>();
  for (const row of rows) {
    const key = JSON.stringify([row.project_id, row.provider]);
    if (!hosts.has(key)) hosts.set(key, (await scheduler.findBound(repositories, row))?.host);
    if (hosts.get(key) === host) mine.add(row.id);
  }
  return mine;
}
