// What an operator watches of an agent.
import type { DriftAction } from './manager-options.ts';
import { Counter, Gauge, Histogram, type MetricsRegistry } from '@f5-lbaas/platform';

type ApplyResult = 'ok' | 'error' | 'unavailable';

export interface AgentMetrics {
  /** One application of a service definition ended. */
  applied(result: ApplyResult, durationMs: number): void;
  /** One resync of a tenant ended. */
  resynced(result: ApplyResult): void;
  orphansRemoved(count: number): void;
  /** A device showed something else than what was applied; steps that set it right. */
  drifted(action: DriftAction, steps: number): void;
}

/** Read when the scraper asks. */
export interface AgentGauges {
  queueDepth: number;
  unreportedOutcomes: number;
  services: number;
  isOperational: boolean;
}

/** Seconds; an application is a handful of device calls. */
const BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Without a registry nothing is counted. */
export function createAgentMetrics(
  registry: MetricsRegistry | undefined,
  gauges: () => AgentGauges,
): AgentMetrics {
  if (registry === undefined) {
    const nothing = (): undefined => undefined;
    return { applied: nothing, resynced: nothing, orphansRemoved: nothing, drifted: nothing };
  }
  const registers = [registry];
  const applications = new Histogram({
    name: 'lbaas_agent_apply_duration_seconds',
    help: 'Applications of service definitions to the devices.',
    labelNames: ['result'],
    buckets: BUCKETS,
    registers,
  });
  const resyncs = new Counter({
    name: 'lbaas_agent_tenant_resyncs_total',
    help: 'Resyncs of tenants.',
    labelNames: ['result'],
    registers,
  });
  const orphans = new Counter({
    name: 'lbaas_agent_orphans_removed_total',
    help: 'Confirmed orphans that were handed to the driver for removal.',
    registers,
  });
  const drift = new Counter({
    name: 'lbaas_agent_drift_steps_total',
    help: 'Steps that bring devices back to what had been applied; repaired or only reported.',
    labelNames: ['action'],
    registers,
  });
  const gauge = (name: string, help: string, read: (state: AgentGauges) => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read(gauges()));
      },
    });
  };
  gauge(
    'lbaas_agent_queue_depth',
    'Load balancers with a change that is not applied.',
    (s) => s.queueDepth,
  );
  gauge(
    'lbaas_agent_unreported_outcomes',
    'Outcomes that the server has not taken.',
    (s) => s.unreportedOutcomes,
  );
  gauge('lbaas_agent_services', 'Load balancers on the devices.', (s) => s.services);
  gauge('lbaas_agent_operational', '1 when a device is ready.', (s) => Number(s.isOperational));
  return {
    applied: (result, durationMs) => applications.observe({ result }, durationMs / 1_000),
    resynced: (result) => resyncs.inc({ result }),
    orphansRemoved: (count) => orphans.inc(count),
    drifted: (action, steps) => drift.inc({ action }, steps),
  };
}
