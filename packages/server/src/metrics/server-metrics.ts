// What an operator watches of a server.
import {
  Counter,
  Gauge,
  Histogram,
  type Clock,
  type Logger,
  type MetricsRegistry,
} from '@f5-lbaas/platform';
import type { DatabaseFailure, LoadBalancerRepository } from '@f5-lbaas/storage';

export interface AnsweredRequest {
  /** Which of the server's two listeners. */
  endpoint: 'load-balancer' | 'network';
  method: string;
  /** Pattern of the route, without ids; '' for what no route has. */
  route: string;
  status: number;
  durationMs: number;
}

interface PendingSource {
  loadbalancers: Pick<LoadBalancerRepository, 'summarisePending'>;
  clock: Clock;
  logger: Logger;
}

export interface ServerMetrics {
  answered(request: AnsweredRequest): void;
  /** A message to an agent: the broker has it, or not. */
  cast(method: string, isTaken: boolean): void;
  /** The sweeper told an agent again. */
  repeated(): void;
  /** The sweeper ended what took too long. */
  expired(): void;
  databaseFailed(failure: DatabaseFailure): void;
  /** What is pending is counted when the scraper asks. */
  watchPending(source: PendingSource): void;
}

/** Seconds. */
const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

const nothing = (): undefined => undefined;

/** Nothing is counted. */
export const NO_METRICS: ServerMetrics = {
  answered: nothing,
  cast: nothing,
  repeated: nothing,
  expired: nothing,
  databaseFailed: nothing,
  watchPending: nothing,
};

export function createServerMetrics(registry: MetricsRegistry): ServerMetrics {
  const registers = [registry];
  const requests = new Histogram({
    name: 'lbaas_server_request_duration_seconds',
    help: 'Requests answered by the APIs.',
    labelNames: ['endpoint', 'method', 'route', 'status'],
    buckets: BUCKETS,
    registers,
  });
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers });
  const casts = counter('lbaas_server_rpc_casts_total', 'Messages to agents.', [
    'method',
    'result',
  ]);
  const repeats = counter(
    'lbaas_server_sweeper_repeats_total',
    'Changes that the sweeper told an agent again, as nobody had reported on them.',
    [],
  );
  const expiries = counter(
    'lbaas_server_pending_expired_total',
    'Changes that nobody reported on in time and that ended in ERROR.',
    [],
  );
  const failures = counter(
    'lbaas_server_database_errors_total',
    'Statements and connections of the database that failed, also those that were tried again.',
    ['kind'],
  );
  return {
    answered: ({ endpoint, method, route, status, durationMs }) =>
      requests.observe({ endpoint, method, route, status }, durationMs / 1_000),
    cast: (method, isTaken) => casts.inc({ method, result: isTaken ? 'ok' : 'error' }),
    repeated: () => repeats.inc(),
    expired: () => expiries.inc(),
    databaseFailed: (kind) => failures.inc({ kind }),
    watchPending: (source) => watchPending(registry, source),
  };
}

/** The same in all servers of a database. Not a number while that cannot be asked: the other metrics go on. */
function watchPending(
  registry: MetricsRegistry,
  { loadbalancers, clock, logger }: PendingSource,
): void {
  const registers = [registry];
  const ask = async (): Promise<{ count: number; ageSeconds: number }> => {
    try {
      const { count, oldest } = await loadbalancers.summarisePending();
      const ageMs = oldest === null ? 0 : Math.max(0, clock.nowMs() - Date.parse(oldest));
      return { count, ageSeconds: ageMs / 1_000 };
    } catch (error) {
      logger.warn({ err: error }, 'What is pending could not be counted');
      return { count: Number.NaN, ageSeconds: Number.NaN };
    }
  };
  /** Both gauges of one scrape share the answer. */
  let asked: ReturnType<typeof ask> | undefined;
  const summary = () => (asked ??= ask().finally(() => (asked = undefined)));
  new Gauge({
    name: 'lbaas_server_oldest_pending_seconds',
    help: 'How long the oldest unfinished change has been pending; 0: none is.',
    registers,
    async collect() {
      this.set((await summary()).ageSeconds);
    },
  });
  new Gauge({
    name: 'lbaas_server_pending_load_balancers',
    help: 'Load balancers with an unfinished change, in the whole database.',
    registers,
    async collect() {
      this.set((await summary()).count);
    },
  });
}
