// Counters of listeners, replaced by each report.
import type { Statistics } from '@f5-lbaas/model';
import { translating } from '../errors.ts';
import type { StatisticsRepository } from '../storage.ts';
import type { RepositoryContext } from './context.ts';
import { insertOrUpdate } from './upsert.ts';

const LISTENERS = 'listener_statistics';
const TOTALS = 'loadbalancer_statistics';
const COUNTERS = [
  'bytes_in',
  'bytes_out',
  'active_connections',
  'total_connections',
  'request_errors',
] as const satisfies readonly (keyof Statistics)[];

export function statisticsRepository(
  context: Pick<RepositoryContext, 'kind' | 'db'>,
): StatisticsRepository {
  const select = (table: string, column: string, value: string) =>
    context.db
      .selectFrom(table)
      .select([...COUNTERS])
      .where(column, '=', value);
  const put = (table: string, key: Record<string, string>, primaryKey: string, given: Statistics) =>
    insertOrUpdate(context, {
      table,
      row: { ...key, ...Object.fromEntries(COUNTERS.map((name) => [name, given[name]])) },
      key: [primaryKey],
      update: [...COUNTERS],
    });
  return {
    put: (listenerId, loadbalancerId, statistics) =>
      put(
        LISTENERS,
        { listener_id: listenerId, loadbalancer_id: loadbalancerId },
        'listener_id',
        statistics,
      ),
    putTotal: (loadbalancerId, statistics) =>
      put(TOTALS, { loadbalancer_id: loadbalancerId }, 'loadbalancer_id', statistics),
    async forListener(listenerId) {
      const query = select(LISTENERS, 'listener_id', listenerId);
      const stored = await translating(() => query.executeTakeFirst());
      return stored === undefined ? undefined : decode(stored);
    },
    async listByLoadBalancer(loadbalancerId) {
      const listeners = select(LISTENERS, 'loadbalancer_id', loadbalancerId);
      const totals = select(TOTALS, 'loadbalancer_id', loadbalancerId);
      const stored = await translating(() => listeners.execute());
      const counted = stored.length > 0 ? stored : await translating(() => totals.execute());
      return counted.map(decode);
    },
  };
}

function decode(stored: Record<string, unknown>): Statistics {
  return {
    bytes_in: Number(stored['bytes_in']),
    bytes_out: Number(stored['bytes_out']),
    active_connections: Number(stored['active_connections']),
    total_connections: Number(stored['total_connections']),
    request_errors: Number(stored['request_errors']),
  };
}
