// Brings the devices in line with what the server holds: on start, when a device returns or was found empty,
// and every now and then. One run at a time; what is asked for meanwhile makes the next run.
// Invariants:
// - no lock is held while the server is asked; what arrived since then wins inside the tenant's turn;
// - a tenant whose services could not all be read is left alone and tried again;
// - nothing is removed here that OrphanJudge has not confirmed.
import { isPending } from '@f5-lbaas/model';
import {
  backoffDelayMs,
  linkSignals,
  mapLimit,
  withDeadline,
  type Backoff,
  type Clock,
  type Logger,
  type Random,
} from '@f5-lbaas/platform';
import type { AgentDriver, TenantResync } from '../driver/agent-driver.ts';
import { stepsInWords } from '../inspect/planned-step.ts';
import type { AgentMetrics } from './agent-metrics.ts';
import { isUnavailable, messageOf } from './failures.ts';
import type { DriftAction } from './manager-options.ts';
import type { OrphanJudge } from './orphans.ts';
import { isRemoved, isWorthReporting } from './outcomes.ts';
import type { PluginApi } from './plugin-api.ts';
import type { ServiceLedger } from './service-ledger.ts';
import type { ServiceQueue } from './service-queue.ts';
import type { StatusReporter } from './status-reporter.ts';
import type { TenantTurns } from './tenant-turns.ts';
import { compareVersions, type Versioned } from './version.ts';

export interface ResynchroniserDeps {
  driver: AgentDriver;
  plugin: Pick<PluginApi, 'listBindings' | 'findService'>;
  ledger: ServiceLedger;
  queue: ServiceQueue;
  turns: TenantTurns;
  reporter: Pick<StatusReporter, 'report'>;
  orphans: OrphanJudge;
  metrics: Pick<AgentMetrics, 'resynced' | 'orphansRemoved' | 'drifted'>;
  clock: Clock;
  random: Random;
  logger: Logger;
  backoff: Backoff;
  /** Services read, and tenants handled, at once. */
  parallelism: number;
  /** One tenant's read-back and repair. */
  tenantTimeoutMs: number;
  signal: AbortSignal;
}

type Scope = 'all' | Set<string>;

export class Resynchroniser {
  readonly #deps: ResynchroniserDeps;
  #due: Scope = new Set();
  /** Whoever asks for repair gets it, together with those who asked for a look only. */
  #dueAction: DriftAction = 'report';
  #running: Promise<void> | undefined;
  #pause = new AbortController();

  constructor(deps: ResynchroniserDeps) {
    this.#deps = deps;
  }

  /** Asks for a run. Returns at once. */
  request(
    tenants: readonly string[] | 'all',
    reason: string,
    driftAction: DriftAction = 'repair',
  ): void {
    if (this.#deps.signal.aborted) return;
    this.#deps.logger.info(
      { tenants: tenants === 'all' ? 'all' : tenants.length, reason },
      'Resync requested',
    );
    this.#add(tenants, driftAction);
    // Whoever asks knows something new; there is no point in waiting for the next try.
    this.#pause.abort();
    this.#running ??= this.#runAll().finally(() => (this.#running = undefined));
  }

  /** Resolves when nothing is due and nothing runs. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  #add(tenants: readonly string[] | 'all', driftAction: DriftAction): void {
    if (tenants.length > 0 && driftAction === 'repair') this.#dueAction = 'repair';
    if (tenants === 'all') this.#due = 'all';
    else if (this.#due !== 'all') for (const tenant of tenants) this.#due.add(tenant);
  }

  async #runAll(): Promise<void> {
    const { random, logger, backoff, signal } = this.#deps;
    let misses = 0;
    while (this.#due === 'all' || this.#due.size > 0) {
      const [scope, action] = [this.#due, this.#dueAction];
      this.#due = new Set();
      this.#dueAction = 'report';
      try {
        const missed = await this.#run(scope, action);
        this.#add(missed, action);
        misses = missed.length > 0 ? misses + 1 : 0;
      } catch (error) {
        if (signal.aborted) return;
        logger.warn(
          { reason: messageOf(error) },
          'Resync could not be done now; it is tried again',
        );
        this.#add(scope === 'all' ? 'all' : [...scope], action);
        misses += 1;
      }
      if (misses > 0) await this.#wait(backoffDelayMs(backoff, misses, random));
      if (signal.aborted) return;
    }
  }

  /** Until the time is over, somebody asks for a run, or the agent stops. */
  async #wait(delayMs: number): Promise<void> {
    this.#pause = new AbortController();
    const { signal, release } = linkSignals(this.#deps.signal, this.#pause.signal);
    await this.#deps.clock.sleep(delayMs, signal).catch(() => undefined);
    release();
  }

  /** @returns tenants that have to be tried again */
  async #run(scope: Scope, action: DriftAction): Promise<string[]> {
    const { plugin, ledger, driver, signal, parallelism } = this.#deps;
    const stamp = ledger.nextStamp();
    const bindings = await plugin.listBindings(signal);
    const idsOfTenant = new Map<string, string[]>();
    for (const { tenant_id: tenantId, lb_id: id } of bindings) {
      idsOfTenant.set(tenantId, [...(idsOfTenant.get(tenantId) ?? []), id]);
    }
    if (scope !== 'all') {
      for (const tenantId of scope) if (!idsOfTenant.has(tenantId)) idsOfTenant.set(tenantId, []);
    } else {
      this.#forgetUnbound(new Set(bindings.map((binding) => binding.lb_id)), stamp);
      // Partitions without a load balancer hold nothing but candidates for removal.
      for (const tenantId of await driver.listTenants(signal)) {
        if (!idsOfTenant.has(tenantId)) idsOfTenant.set(tenantId, []);
      }
    }
    const tenants = [...idsOfTenant].filter(([id]) => scope === 'all' || scope.has(id));
    const missed = await mapLimit(tenants, parallelism, async ([tenantId, ids]) =>
      (await this.#tryTenant(tenantId, ids, action)) ? [] : [tenantId],
    );
    return missed.flat();
  }

  /** Load balancers that moved to another agent, or went while this agent was away, are no longer polled. */
  #forgetUnbound(bound: ReadonlySet<string>, stamp: number): void {
    const { ledger } = this.#deps;
    for (const { loadbalancer } of ledger.services()) {
      const finished = ledger.get(loadbalancer.id);
      const isOlder = finished !== undefined && finished.stamp < stamp;
      if (isOlder && !bound.has(loadbalancer.id)) ledger.forget(loadbalancer.id);
    }
  }

  /** @returns false when the tenant is to be tried again soon */
  async #tryTenant(
    tenantId: string,
    ids: readonly string[],
    action: DriftAction,
  ): Promise<boolean> {
    const { logger, metrics, signal } = this.#deps;
    let fetched: Versioned[] | undefined;
    try {
      fetched = await this.#fetch(ids);
      await this.#resyncTenant(tenantId, fetched, action);
      metrics.resynced('ok');
      return true;
    } catch (error) {
      signal.throwIfAborted();
      logger.warn({ tenant_id: tenantId, reason: messageOf(error) }, 'Tenant was not resynced');
      if (fetched === undefined || isUnavailable(error)) {
        metrics.resynced('unavailable');
        return false;
      }
      metrics.resynced('error');
      this.#applyOneByOne(fetched);
      return true;
    }
  }

  /** One load balancer's fault must not hide what becomes of the others: each gets its own outcome. */
  #applyOneByOne(fetched: readonly Versioned[]): void {
    for (const { service } of fetched) {
      if (isPending(service.loadbalancer.provisioning_status)) this.#deps.queue.submit(service);
    }
  }

  async #resyncTenant(
    tenantId: string,
    fetched: readonly Versioned[],
    action: DriftAction,
  ): Promise<void> {
    const { turns, signal, driver, orphans, logger } = this.#deps;
    const resync = await turns.run(tenantId, () => this.#apply(tenantId, fetched, action), signal);
    this.#tellDifferences(tenantId, resync, action);
    const confirmed = await orphans.confirm(tenantId, resync.orphans, signal);
    if (confirmed.length === 0) return;
    if (action === 'report') {
      logger.warn(
        { tenant_id: tenantId, orphans: confirmed },
        'Confirmed orphans; left as they are',
      );
      return;
    }
    logger.info({ tenant_id: tenantId, orphans: confirmed }, 'Removing confirmed orphans');
    await turns.run(
      tenantId,
      () => this.#bounded(tenantId, (s) => driver.removeOrphans(tenantId, confirmed, s)),
      signal,
    );
    this.#deps.metrics.orphansRemoved(confirmed.length);
  }

  /** Somebody changed the devices past the agent, or a device missed something. */
  #tellDifferences(tenantId: string, { differences }: TenantResync, action: DriftAction): void {
    const { logger, metrics } = this.#deps;
    for (const { loadbalancerId, device, steps } of differences) {
      metrics.drifted(action, steps.length);
      logger.warn(
        {
          tenant_id: tenantId,
          loadbalancer_id: loadbalancerId,
          device,
          steps: stepsInWords(steps),
        },
        action === 'repair' ? 'Device differed; repaired' : 'Device differs; left as it is',
      );
    }
  }

  async #fetch(ids: readonly string[]): Promise<Versioned[]> {
    const { plugin, ledger, parallelism, signal } = this.#deps;
    const found = await mapLimit(ids, parallelism, async (id) => {
      const stamp = ledger.nextStamp();
      const service = await plugin.findService(id, signal);
      return service === undefined ? [] : [{ service, stamp }];
    });
    return found.flat();
  }

  /** Inside the tenant's turn: nothing else of this tenant is being applied. */
  async #apply(
    tenantId: string,
    fetched: readonly Versioned[],
    action: DriftAction,
  ): Promise<TenantResync> {
    const { driver, ledger, reporter } = this.#deps;
    const current = fetched.flatMap((item) => this.#newest(item));
    const services = current.map((item) => item.service);
    const resync = await this.#bounded(tenantId, (signal) =>
      driver.resyncTenant(tenantId, services, signal, action),
    );
    for (const outcome of resync.outcomes) {
      const item = current.find(
        ({ service }) => service.loadbalancer.id === outcome.loadbalancerId,
      );
      if (item === undefined) continue;
      ledger.record({ ...item, outcome });
      if (isWorthReporting(item.service, outcome)) reporter.report(item.service, outcome);
    }
    return resync;
  }

  /** What was applied since the server was asked beats its answer; what was deleted since stays deleted. */
  #newest(item: Versioned): Versioned[] {
    const finished = this.#deps.ledger.get(item.service.loadbalancer.id);
    if (finished === undefined || compareVersions(finished, item) < 0) return [item];
    if (isRemoved(finished.outcome)) return [];
    return compareVersions(finished, item) === 0 ? [item] : [finished];
  }

  #bounded<T>(tenantId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, tenantTimeoutMs, signal } = this.#deps;
    const what = `Resync of tenant '${tenantId}'`;
    return withDeadline({ clock, timeoutMs: tenantTimeoutMs, what, signal }, work);
  }
}
