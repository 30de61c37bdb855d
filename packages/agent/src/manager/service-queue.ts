// One queue per load balancer, of length one: the newest service definition wins, whatever order messages
// come in. Nothing leaves the queue without an outcome, except for something newer.
// Invariants:
// - at most one application per load balancer, and per tenant, runs at a time (TenantTurns);
// - a definition is taken out when its turn has come, so all that arrived meanwhile is one application;
// - "no device can take it now" decides nothing: the definition stays and is tried again.
import {
  backoffDelayMs,
  linkSignals,
  withDeadline,
  type Backoff,
  type Clock,
  type Logger,
  type Random,
} from '@f5-lbaas/platform';
import type { ServiceDefinition } from '@f5-lbaas/model';
import type { AgentDriver, ServiceOutcome } from '../driver/agent-driver.ts';
import type { AgentMetrics } from './agent-metrics.ts';
import { isNetworkNotReady, isUnavailable, messageOf } from './failures.ts';
import { failedOutcome, hasErrors } from './outcomes.ts';
import type { ServiceLedger } from './service-ledger.ts';
import type { TenantTurns } from './tenant-turns.ts';
import { compareVersions, type Versioned } from './version.ts';

export interface ServiceQueueDeps {
  driver: Pick<AgentDriver, 'applyService'>;
  ledger: ServiceLedger;
  turns: TenantTurns;
  /** Tells the server. Called for each outcome, never for "unavailable". */
  report: (service: ServiceDefinition, outcome: ServiceOutcome) => void;
  /** The newest definition of a load balancer, as the server has it. */
  refetch: (loadbalancerId: string, signal: AbortSignal) => Promise<ServiceDefinition | undefined>;
  metrics: Pick<AgentMetrics, 'applied'>;
  clock: Clock;
  random: Random;
  logger: Logger;
  /** Pauses between tries while no device can take a change. */
  backoff: Backoff;
  /** One application; a longer one is stopped and tried again. */
  applyTimeoutMs: number;
  /** Stops everything. */
  signal: AbortSignal;
}

interface Entry {
  waiting?: Versioned;
  running?: Versioned;
  /** Consecutive tries that found no device available. */
  misses: number;
}

export class ServiceQueue {
  readonly #deps: ServiceQueueDeps;
  readonly #entries = new Map<string, Entry>();
  readonly #work = new Set<Promise<void>>();
  #pauses = new AbortController();

  constructor(deps: ServiceQueueDeps) {
    this.#deps = deps;
  }

  /** Load balancers with something to do. */
  get depth(): number {
    return this.#entries.size;
  }

  /** Takes a service definition that just arrived. Returns at once. */
  submit(service: ServiceDefinition): void {
    const { ledger, logger, signal } = this.#deps;
    if (signal.aborted) return;
    const item: Versioned = { service, stamp: ledger.nextStamp() };
    const id = service.loadbalancer.id;
    const entry = this.#entries.get(id);
    if (this.#isKnown(id, entry, item)) {
      logger.debug(
        { loadbalancer_id: id, revision: service.revision },
        'Nothing new in the message',
      );
      return;
    }
    if (entry) {
      entry.waiting = item;
      return;
    }
    const created: Entry = { waiting: item, misses: 0 };
    this.#entries.set(id, created);
    const work = this.#drain(id, created).finally(() => this.#work.delete(work));
    this.#work.add(work);
  }

  /** A device is back: what waits for one is tried at once. */
  retryNow(): void {
    this.#pauses.abort();
    this.#pauses = new AbortController();
  }

  /** Resolves when nothing runs; soon after the stop signal, as nothing new is taken then. */
  async idle(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  /** Older than, or the same as, what is waiting, running or done. A repeated finished one is reported again. */
  #isKnown(id: string, entry: Entry | undefined, item: Versioned): boolean {
    const inHand = [entry?.waiting, entry?.running].some(
      (other) => other !== undefined && compareVersions(other, item) >= 0,
    );
    if (inHand) return true;
    const finished = this.#deps.ledger.get(id);
    if (finished === undefined) return false;
    const order = compareVersions(finished, item);
    if (order !== 0) return order > 0;
    // The server asks again for what is done: its answer got lost, or it wants a failed one to be retried.
    if (hasErrors(finished.outcome)) return false;
    this.#deps.report(finished.service, finished.outcome);
    return true;
  }

  async #drain(id: string, entry: Entry): Promise<void> {
    const { turns, logger, signal } = this.#deps;
    try {
      while (entry.waiting !== undefined) {
        const tenantId = entry.waiting.service.loadbalancer.tenant_id;
        await turns.run(tenantId, () => this.#takeTurn(entry), signal);
        if (entry.misses > 0) await this.#pause(entry);
      }
    } catch (error) {
      if (!signal.aborted) logger.error({ loadbalancer_id: id, err: error }, 'Work queue failed');
    } finally {
      this.#entries.delete(id);
    }
  }

  async #takeTurn(entry: Entry): Promise<void> {
    const { ledger } = this.#deps;
    const item = entry.waiting;
    delete entry.waiting;
    if (item === undefined) return;
    const finished = ledger.get(item.service.loadbalancer.id);
    // A resync may have overtaken it; what failed is tried again.
    const order = finished === undefined ? -1 : compareVersions(finished, item);
    if (finished && (order > 0 || (order === 0 && !hasErrors(finished.outcome)))) return;
    const { clock, metrics } = this.#deps;
    const startMs = clock.nowMs();
    entry.running = item;
    try {
      const outcome = await this.#apply(item.service);
      metrics.applied(hasErrors(outcome) ? 'error' : 'ok', clock.nowMs() - startMs);
      entry.misses = 0;
      ledger.record({ ...item, outcome });
      this.#deps.report(item.service, outcome);
    } catch (error) {
      this.#deps.signal.throwIfAborted();
      metrics.applied('unavailable', clock.nowMs() - startMs);
      entry.misses += 1;
      entry.waiting ??= await this.#newest(item, error);
      this.#logMiss(item.service, entry.misses, error);
    } finally {
      delete entry.running;
    }
  }

  /** Whether a network is ready, only a newer definition of the same revision tells. */
  async #newest(item: Versioned, error: unknown): Promise<Versioned> {
    const { refetch, logger, signal } = this.#deps;
    if (!isNetworkNotReady(error)) return item;
    try {
      const service = await refetch(item.service.loadbalancer.id, signal);
      return service === undefined ? item : { ...item, service };
    } catch (failure) {
      logger.debug({ err: failure }, 'The service definition could not be asked for again');
      return item;
    }
  }

  /** @throws when no device could take it, or the agent stops; every other failure is an outcome */
  async #apply(service: ServiceDefinition): Promise<ServiceOutcome> {
    const { driver, clock, logger, applyTimeoutMs, signal } = this.#deps;
    const id = service.loadbalancer.id;
    try {
      return await withDeadline(
        { clock, timeoutMs: applyTimeoutMs, what: `Applying load balancer '${id}'`, signal },
        (applySignal) => driver.applyService(service, applySignal),
      );
    } catch (error) {
      if (signal.aborted || isUnavailable(error)) throw error;
      logger.error({ loadbalancer_id: id, err: error }, 'Application failed');
      return failedOutcome(service, messageOf(error));
    }
  }

  #logMiss(service: ServiceDefinition, misses: number, error: unknown): void {
    const fields = {
      loadbalancer_id: service.loadbalancer.id,
      revision: service.revision,
      tries: misses,
      reason: messageOf(error),
    };
    const level = misses === 1 ? 'warn' : 'debug';
    this.#deps.logger[level](fields, 'No device can take the change now; it waits');
  }

  async #pause(entry: Entry): Promise<void> {
    const { clock, random, backoff } = this.#deps;
    const { signal, release } = linkSignals(this.#deps.signal, this.#pauses.signal);
    try {
      await clock.sleep(backoffDelayMs(backoff, entry.misses, random), signal);
    } catch {
      // Woken before its time: to go on, or to end.
      this.#deps.signal.throwIfAborted();
    } finally {
      release();
    }
  }
}
