// LbaasAgentManager: takes changes from the server, has them applied, reports what came of them, and keeps the
// devices in line with the server between changes.
import { setMaxListeners } from 'node:events';
import {
  backoffDelayMs,
  type Backoff,
  type Clock,
  type Logger,
  type MetricsRegistry,
  type Random,
} from '@f5-lbaas/platform';
import { agentTopic, type RpcServer, type RpcTransport } from '@f5-lbaas/rpc';
import type { AgentDriver } from '../driver/agent-driver.ts';
import { createAgentMetrics } from './agent-metrics.ts';
import type { DriftAction, ManagerOptions } from './manager-options.ts';
import { messageOf } from './failures.ts';
import { HealthPoller } from './health-poller.ts';
import { Heartbeat } from './heartbeat.ts';
import { OrphanJudge } from './orphans.ts';
import { runPeriodically } from './periodic.ts';
import type { PluginApi } from './plugin-api.ts';
import { Resynchroniser } from './resynchroniser.ts';
import { agentEndpoint } from './rpc-endpoints.ts';
import { ServiceLedger } from './service-ledger.ts';
import { ServiceQueue } from './service-queue.ts';
import { StatisticsPoller } from './statistics-poller.ts';
import { StatusReporter } from './status-reporter.ts';
import { TunnelMessages } from './tunnel-messages.ts';
import type { TunnelOutbox } from './tunnel-outbox.ts';
import { createTenantTurns } from './tenant-turns.ts';

export interface ManagerDeps {
  transport: RpcTransport;
  driver: AgentDriver;
  plugin: PluginApi;
  tunnels: TunnelOutbox;
  clock: Clock;
  random: Random;
  logger: Logger;
  registry: MetricsRegistry | undefined;
}

const DEVICE_BACKOFF: Backoff = { initialMs: 500, maxMs: 15_000 };
const SERVER_BACKOFF: Backoff = { initialMs: 500, maxMs: 30_000 };
/** Until the agent is known, a new server cannot give it work. */
const START_BACKOFF: Backoff = { initialMs: 500, maxMs: 2_000 };
const RPC_CONCURRENCY = 32;
/** How soon a change of the devices' readiness is noticed and reported; costs nothing while it stays. */
const READINESS_CHECK_MS = 1_000;
const HEALTH_FULL_EVERY = 30;

export class LbaasAgentManager {
  readonly #deps: ManagerDeps;
  readonly #options: ManagerOptions;
  readonly #stopping = new AbortController();
  readonly #ledger = new ServiceLedger();
  readonly #queue: ServiceQueue;
  readonly #reporter: StatusReporter;
  readonly #resynchroniser: Resynchroniser;
  readonly #orphans: OrphanJudge;
  readonly #heartbeat: Heartbeat;
  readonly #health: HealthPoller;
  readonly #statistics: StatisticsPoller;
  readonly #tunnels: TunnelMessages;
  #tasks: Promise<void>[] = [];
  #server: RpcServer | undefined;
  #isAdminUp = true;

  constructor(deps: ManagerDeps, options: ManagerOptions) {
    this.#deps = deps;
    this.#options = options;
    const { driver, plugin, clock, random, logger } = deps;
    const { agentHost } = options.identity;
    const signal = this.#stopping.signal;
    // Every wait of the agent listens for its end; that many are no leak.
    setMaxListeners(0, signal);
    const metrics = createAgentMetrics(deps.registry, () => ({
      ...this.state,
      isOperational: driver.operational,
    }));
    const common = { driver, plugin, clock, random, logger, metrics, agentHost, signal };
    const ledger = this.#ledger;
    const turns = createTenantTurns(options.tenantParallelism);
    const reporter = new StatusReporter({
      ...common,
      backoff: SERVER_BACKOFF,
      onTaken: (loadbalancerId) => this.#health.tellAgain(loadbalancerId),
    });
    const queue = new ServiceQueue({
      ...common,
      ledger,
      turns,
      report: (service, outcome) => reporter.report(service, outcome),
      refetch: (id, stopped) => plugin.findService(id, stopped),
      backoff: DEVICE_BACKOFF,
      applyTimeoutMs: options.applyTimeoutMs,
    });
    this.#reporter = reporter;
    this.#queue = queue;
    this.#orphans = new OrphanJudge({ ...common, confirmAfterMs: options.orphanConfirmMs });
    this.#resynchroniser = new Resynchroniser({
      ...common,
      ledger,
      queue,
      turns,
      reporter,
      orphans: this.#orphans,
      backoff: SERVER_BACKOFF,
      parallelism: options.tenantParallelism,
      tenantTimeoutMs: options.applyTimeoutMs,
    });
    this.#heartbeat = new Heartbeat({
      ...common,
      identity: options.identity,
      reportsEsdNames: options.reportEsdNames,
      load: () => ({ services: ledger.services().length, queueDepth: queue.depth }),
    });
    this.#tunnels = new TunnelMessages(
      { ...common, transport: deps.transport, outbox: deps.tunnels },
      options.identity,
    );
    const polling = { ...common, ledger, timeoutMs: options.pollTimeoutMs };
    this.#health = new HealthPoller({ ...polling, fullEvery: HEALTH_FULL_EVERY });
    this.#statistics = new StatisticsPoller(polling);
  }

  /** What waits or runs now, for operators and tests. */
  get state(): { queueDepth: number; unreportedOutcomes: number; services: number } {
    return {
      queueDepth: this.#queue.depth,
      unreportedOutcomes: this.#reporter.depth,
      services: this.#ledger.services().length,
    };
  }

  /** Resolves once the agent takes messages. Retries for as long as the broker is unreachable. */
  async start(): Promise<void> {
    const { driver, transport } = this.#deps;
    const { environmentPrefix, agentHost } = this.#options.identity;
    driver.onResyncNeeded((tenants, reason) => {
      this.#queue.retryNow();
      this.#requestResync(tenants, reason);
    });
    driver.start();
    const endpoint = agentEndpoint({
      onChange: (service) => this.#queue.submit(service),
      onStatisticsWanted: (service) => this.#statistics.pollOne(service),
      onAdminState: (isUp) => this.#setAdminState(isUp),
    });
    this.#server = await this.#untilStopped('Serving agent messages', () =>
      transport.serve(agentTopic(environmentPrefix, agentHost), endpoint, {
        concurrency: RPC_CONCURRENCY,
      }),
    );
    this.#startTasks();
    this.#resynchroniser.request('all', 'agent start');
  }

  /** Takes no more messages, stops what runs, and resolves when nothing of it is left. Safe to repeat. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The agent stops.'));
    await this.#server?.stop();
    await Promise.all([...this.#tasks, this.#queue.idle(), this.#resynchroniser.idle()]);
    await this.#tunnels.stop();
    await this.#deps.driver.stop();
  }

  #startTasks(): void {
    const { clock, logger } = this.#deps;
    const options = this.#options;
    const signal = this.#stopping.signal;
    const every = (
      what: string,
      intervalMs: number,
      run: () => Promise<void>,
      firstAfterMs?: number,
    ) =>
      runPeriodically({
        what,
        intervalMs,
        run,
        clock,
        logger,
        signal,
        ...(firstAfterMs !== undefined && { firstAfterMs }),
      });
    this.#tasks = [
      this.#serveTunnelMessages(),
      this.#announce().then(() =>
        every('state report', options.reportIntervalMs, () => this.#heartbeat.beat()),
      ),
      every('readiness', options.reportIntervalMs > 0 ? READINESS_CHECK_MS : 0, () =>
        this.#heartbeat.beatOnChange(),
      ),
      every('health', options.healthIntervalMs, () => this.#health.poll()),
      every('tunnel end points', options.reportIntervalMs, () => this.#tunnels.introduce()),
      every('statistics', options.statisticsIntervalMs, () => this.#statistics.poll()),
      every('resync', options.resyncIntervalMs, () => {
        this.#requestResync('all', 'interval', options.driftAction);
        return Promise.resolve();
      }),
      every('orphans', options.orphanConfirmMs, () => {
        const tenants = this.#orphans.tenantsInDoubt();
        const { driftAction } = options;
        if (tenants.length > 0) this.#requestResync(tenants, 'second look at orphans', driftAction);
        return Promise.resolve();
      }),
    ];
  }

  /** Load balancers must not wait for Neutron's queues. */
  async #serveTunnelMessages(): Promise<void> {
    try {
      await this.#untilStopped('Serving tunnel messages', () => this.#tunnels.start());
    } catch (error) {
      if (!this.#stopping.signal.aborted) throw error;
    }
  }

  /** First report, which makes the agent known, then its admin state where the operator wants it forced. */
  async #announce(): Promise<void> {
    const signal = this.#stopping.signal;
    const { reportIntervalMs, forceAdminStateUp } = this.#options;
    try {
      if (reportIntervalMs > 0) {
        await this.#untilStopped('First state report', () => this.#heartbeat.announce());
      }
      if (forceAdminStateUp) {
        await this.#untilStopped('Setting admin state', () =>
          this.#deps.plugin.setAdminState(true, signal),
        );
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** A disabled agent carries out what it is sent, but changes nothing of its own accord. */
  #setAdminState(isUp: boolean): void {
    if (isUp === this.#isAdminUp) return;
    this.#isAdminUp = isUp;
    this.#deps.logger.info({ admin_state_up: isUp }, 'Admin state changed');
    if (isUp) this.#requestResync('all', 'agent enabled');
  }

  /** Only the look at every interval may be told to leave things as they are: others follow a known loss. */
  #requestResync(
    tenants: readonly string[] | 'all',
    reason: string,
    driftAction: DriftAction = 'repair',
  ): void {
    if (this.#isAdminUp) this.#resynchroniser.request(tenants, reason, driftAction);
  }

  /** Repeats until it works. @throws the stop signal's reason */
  async #untilStopped<T>(what: string, attempt: () => Promise<T>): Promise<T> {
    const { clock, random, logger } = this.#deps;
    const signal = this.#stopping.signal;
    for (let tries = 1; ; tries += 1) {
      signal.throwIfAborted();
      try {
        return await attempt();
      } catch (error) {
        signal.throwIfAborted();
        logger.warn({ tries, reason: messageOf(error) }, `${what} failed; trying again`);
        await clock.sleep(backoffDelayMs(START_BACKOFF, tries, random), signal);
      }
    }
  }
}
