// Reads traffic counters and hands them to the server: at every interval, and for one load balancer on demand.
import type { ServiceDefinition, Statistics } from '@f5-lbaas/model';
import { withDeadline, type Clock } from '@f5-lbaas/platform';
import type { AgentDriver } from '../driver/agent-driver.ts';
import type { PluginApi } from './plugin-api.ts';
import type { ServiceLedger } from './service-ledger.ts';

export interface StatisticsPollerDeps {
  driver: Pick<AgentDriver, 'operational' | 'pollStatistics'>;
  plugin: Pick<PluginApi, 'updateStatistics' | 'send'>;
  ledger: Pick<ServiceLedger, 'services'>;
  clock: Clock;
  agentHost: string;
  timeoutMs: number;
  signal: AbortSignal;
}

export class StatisticsPoller {
  readonly #deps: StatisticsPollerDeps;

  constructor(deps: StatisticsPollerDeps) {
    this.#deps = deps;
  }

  /** Everything on the devices. F5's Python driver asks when it wants to know. */
  async poll(): Promise<void> {
    const services = this.#deps.ledger.services();
    await this.#pollServices(services.filter((service) => service.revision !== undefined));
  }

  /** One load balancer, now. @throws when the devices could not be asked or the server not be told */
  async pollOne(service: ServiceDefinition): Promise<void> {
    if (service.revision !== undefined) {
      await this.#pollServices([service]);
      return;
    }
    const listeners = await this.#read([service]);
    const args = {
      loadbalancer_id: service.loadbalancer.id,
      stats: pythonStats(Object.values(listeners)),
    };
    const message = { kind: 'cast', method: 'update_loadbalancer_stats', args } as const;
    await this.#deps.plugin.send(message, this.#deps.signal);
  }

  async #pollServices(services: readonly ServiceDefinition[]): Promise<void> {
    const { driver, plugin, agentHost, signal } = this.#deps;
    if (!driver.operational || services.length === 0) return;
    const listeners = await this.#read(services);
    if (Object.keys(listeners).length === 0) return;
    await plugin.updateStatistics({ host: agentHost, listeners }, signal);
  }

  #read(services: readonly ServiceDefinition[]): Promise<Record<string, Statistics>> {
    const { driver, clock, timeoutMs, signal } = this.#deps;
    return withDeadline({ clock, timeoutMs, what: 'Statistics poll', signal }, (s) =>
      driver.pollStatistics(services, s),
    );
  }
}

/** F5's driver keeps four counters per load balancer. */
function pythonStats(listeners: readonly Statistics[]): Record<string, number> {
  const keys = ['bytes_in', 'bytes_out', 'active_connections', 'total_connections'] as const;
  return Object.fromEntries(
    keys.map((key) => [key, listeners.reduce((sum, counters) => sum + counters[key], 0)]),
  );
}
