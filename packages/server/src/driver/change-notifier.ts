// Tells agents that a load balancer has changed. The message is only a hint, built from the newest rows:
// losing one costs time until the sweeper repeats it, never a change.
// Invariants: one hint per load balancer is under way at a time; asked again meanwhile, it runs once more
// afterwards, so the last message sent always shows a state at least as new as the last request.
import { isPending, type LoadBalancer } from '@f5-lbaas/model';
import { createLimiter, isoNow, toError, withDeadline, type Limiter } from '@f5-lbaas/platform';
import { TenantScheduler } from '../scheduler/tenant-scheduler.ts';
import { ServiceBuilder } from '../service-builder/service-builder.ts';
import type { DriverDeps } from './driver-deps.ts';
import { LoadBalancerAgentApi, type AnnouncedChange } from './load-balancer-agent-api.ts';
import { bindVipPort } from './vip-port.ts';

export class ChangeNotifier {
  readonly #deps: DriverDeps;
  readonly #api: LoadBalancerAgentApi;
  readonly #builder: ServiceBuilder;
  readonly #scheduler: TenantScheduler;
  readonly #limiter: Limiter;
  /** Load balancer id -> what to announce once the hint under way is done; null = nothing yet. */
  readonly #underWay = new Map<string, AnnouncedChange | null>();
  readonly #running = new Set<Promise<void>>();

  constructor(deps: DriverDeps) {
    this.#deps = deps;
    this.#api = new LoadBalancerAgentApi(deps.transport, deps.providers);
    this.#builder = new ServiceBuilder(deps);
    this.#scheduler = new TenantScheduler(deps);
    this.#limiter = createLimiter(deps.options.hintConcurrency);
  }

  /** Never throws; returns at once. */
  request(loadbalancerId: string, change: AnnouncedChange): void {
    if (this.#underWay.has(loadbalancerId)) {
      this.#underWay.set(loadbalancerId, change);
      return;
    }
    this.#underWay.set(loadbalancerId, null);
    this.#track(this.#work(loadbalancerId, change));
  }

  /** Asks for fresh counters; the agent's answer comes as a report. Never throws; returns at once. */
  requestStatistics(loadbalancerId: string): void {
    this.#track(
      this.#guarded(loadbalancerId, 'asking for statistics', async () => {
        const row = await this.#deps.storage.read.loadbalancers.find(loadbalancerId);
        if (row === undefined) return;
        const agent = await this.#agentOf(row);
        if (agent === undefined || !this.#scheduler.serves(agent, row)) return;
        const service = await this.#builder.build(loadbalancerId, agent);
        if (service !== undefined) await this.#api.updateLoadBalancerStats(agent.host, service);
      }),
    );
  }

  /**
   * Tells the agent now what the newest rows say; the caller has claimed the load balancer.
   * @throws LbaasError, DeadlineError when something it needs is away or slow; the change stays pending
   */
  async hint(loadbalancerId: string): Promise<void> {
    await this.#bounded('telling the agent', () => this.#hint(loadbalancerId));
  }

  async #hint(loadbalancerId: string, change?: AnnouncedChange): Promise<void> {
    const tree = await this.#deps.storage.read.loadTree(loadbalancerId);
    if (tree === undefined) return;
    const agent = await this.#agentOf(tree.loadbalancer);
    if (agent === undefined) return;
    const service = await this.#builder.buildFrom(tree, agent);
    await bindVipPort(this.#deps, service.loadbalancer.vip_port, agent);
    await this.#api.announce(agent.host, change ?? announcementFor(tree.loadbalancer), service);
  }

  /** Waits until nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #work(loadbalancerId: string, first: AnnouncedChange): Promise<void> {
    let change: AnnouncedChange | null = first;
    while (change !== null) {
      const announced: AnnouncedChange = change;
      await this.#guarded(loadbalancerId, 'telling the agent', async () => {
        await this.#claim(loadbalancerId);
        await this.#hint(loadbalancerId, announced);
      });
      change = this.#underWay.get(loadbalancerId) ?? null;
      if (change !== null) this.#underWay.set(loadbalancerId, null);
    }
    this.#underWay.delete(loadbalancerId);
  }

  /** From here on the sweepers wait for the resend interval, whether or not this hint gets through. */
  async #claim(loadbalancerId: string): Promise<void> {
    const { storage, clock } = this.#deps;
    const now = isoNow(clock);
    await storage.transaction(async ({ loadbalancers }) => {
      const row = await loadbalancers.find(loadbalancerId);
      if (row !== undefined) await loadbalancers.claimNotification(row.id, row.notified_at, now);
    });
  }

  async #agentOf(row: LoadBalancer) {
    return this.#scheduler.findBound(this.#deps.storage.read, row);
  }

  async #guarded(loadbalancerId: string, what: string, work: () => Promise<void>): Promise<void> {
    try {
      await this.#bounded(what, work);
    } catch (error) {
      this.#deps.logger.warn(
        { loadbalancer_id: loadbalancerId, error: toError(error).message },
        `${what} failed; the sweeper will see to it`,
      );
    }
  }

  async #bounded(what: string, work: () => Promise<void>): Promise<void> {
    const { clock, options } = this.#deps;
    await this.#limiter.run(() =>
      withDeadline({ clock, timeoutMs: options.hintTimeoutMs, what }, work),
    );
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }
}

/** The announcement that says most when nobody knows what exactly changed. */
function announcementFor(row: LoadBalancer): AnnouncedChange {
  const verb =
    row.delete_requested || row.provisioning_status === 'PENDING_DELETE'
      ? 'delete'
      : isPending(row.provisioning_status) && row.applied_revision === 0
        ? 'create'
        : 'update';
  return { verb, kind: 'loadbalancers', id: row.id };
}
