// The sweeper: sees to it that every accepted change is settled. Hints that got no answer are repeated,
// deletions are finished, tenants of dead agents are moved, what takes too long ends in ERROR, and VIP ports that
// a dead process made for nothing are given back.
// Invariants: it keeps nothing but the database's state, so restarts lose nothing; a load balancer is worked
// on by the one server that claimed it (`notified_at`), so any number of servers may sweep.
import type { LoadBalancer } from '@f5-lbaas/model';
import { isoNow, mapLimit, toError, type Timer } from '@f5-lbaas/platform';
import type { AgentRow } from '@f5-lbaas/storage';
import type { DriverDeps } from '../driver/driver-deps.ts';
import type { F5PluginDriver } from '../driver/f5-plugin-driver.ts';
import { awaitsFinish, expire, finishDeletion } from '../driver/settlement/settle.ts';
import type { ServerMetrics } from '../metrics/server-metrics.ts';
import { takeBackVipClaims } from '../service/vip/vip-claims.ts';
import { releasePorts } from '../driver/port-releases.ts';
import { environmentOf } from '../providers/providers.ts';
import { agentFacts } from '../scheduler/agent-facts.ts';
import { TenantScheduler } from '../scheduler/tenant-scheduler.ts';
import { decidePending, decideUnsettled } from './sweep-decision.ts';

/** Rows read at once. */
const PAGE_SIZE = 100;
/** Load balancers worked on at once. */
const CONCURRENCY = 8;

export interface Sweeper {
  start(): void;
  /** Waits for the sweep under way. Safe to repeat. */
  stop(): Promise<void>;
  /** One sweep now. Never throws. */
  sweep(): Promise<void>;
}

export interface SweeperDeps extends DriverDeps {
  driver: Pick<F5PluginDriver, 'hint'>;
  metrics: Pick<ServerMetrics, 'repeated' | 'expired'>;
}

type Listing = (limit: number, after?: LoadBalancer) => Promise<LoadBalancer[]>;

export function createSweeper(deps: SweeperDeps): Sweeper {
  const scheduler = new TenantScheduler(deps);
  let timer: Timer | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = true;

  const sweep = async (): Promise<void> => {
    try {
      await deps.storage.transaction((r) => scheduler.rebindTenantsOfDeadAgents(r));
      await sweepAll(deps, scheduler);
      await releasePorts(deps);
      await takeBackVipClaims({ ...deps, staleAfterMs: deps.options.vipClaimTimeoutMs });
    } catch (error) {
      deps.logger.error({ error: toError(error).message }, 'sweep failed');
    }
  };
  const schedule = (): void => {
    timer = deps.clock.after(deps.options.sweepIntervalMs, () => {
      running = sweep().then(() => {
        if (!stopped) schedule();
      });
    });
  };
  return {
    sweep,
    start() {
      if (!stopped) return;
      stopped = false;
      schedule();
    },
    async stop() {
      stopped = true;
      timer?.cancel();
      await running;
    },
  };
}

async function sweepAll(deps: SweeperDeps, scheduler: TenantScheduler): Promise<void> {
  const { read } = deps.storage;
  const { options, clock } = deps;
  await forEachRow(
    deps,
    (limit, after) => read.loadbalancers.listPending(limit, after),
    async (row) => {
      const decision = decidePending(row, clock.nowMs(), options);
      if (decision === 'expire') await expirePending(deps, scheduler, row);
      else if (decision === 'act') await act(deps, scheduler, row);
    },
  );
  await forEachRow(
    deps,
    (limit, after) => read.loadbalancers.listUnsettled(limit, after),
    async (row) => {
      if (decideUnsettled(row, clock.nowMs(), options) === 'act') await act(deps, scheduler, row);
    },
  );
}

/** One load balancer's trouble is logged and does not keep the sweeper from the others. */
async function forEachRow(
  { logger }: SweeperDeps,
  list: Listing,
  work: (row: LoadBalancer) => Promise<void>,
): Promise<void> {
  let after: LoadBalancer | undefined;
  for (;;) {
    const page = await list(PAGE_SIZE, after);
    await mapLimit(page, CONCURRENCY, async (row) => {
      try {
        await work(row);
      } catch (error) {
        const { message } = toError(error);
        logger.warn({ loadbalancer_id: row.id, error: message }, 'sweep of a load balancer failed');
      }
    });
    after = page.at(-1);
    if (page.length < PAGE_SIZE) return;
  }
}

async function act(
  deps: SweeperDeps,
  scheduler: TenantScheduler,
  row: LoadBalancer,
): Promise<void> {
  if (awaitsFinish(row)) {
    if (await claim(deps, row)) await finishDeletion(deps, row.id);
    return;
  }
  const agent = await scheduler.findBound(deps.storage.read, row);
  // Hints to an agent that is down would only pile up. Unclaimed, so that the first sweep after its return,
  // or after a move to another agent, or of a server that knows the provider, sends it.
  if (agent === undefined || !scheduler.serves(agent, row)) return;
  if (!(await claim(deps, row))) return;
  deps.metrics.repeated();
  await deps.driver.hint(row.id);
}

/** False: another server was faster. */
function claim({ storage, clock }: SweeperDeps, row: LoadBalancer): Promise<boolean> {
  return storage.transaction(({ loadbalancers }) =>
    loadbalancers.claimNotification(row.id, row.notified_at, isoNow(clock)),
  );
}

async function expirePending(
  deps: SweeperDeps,
  scheduler: TenantScheduler,
  row: LoadBalancer,
): Promise<void> {
  if (row.pending_since === null) return;
  const agent = await scheduler.findBound(deps.storage.read, row);
  const seconds = Math.round(deps.options.pendingTimeoutMs / 1000);
  const why = awaitsFinish(row)
    ? 'its VIP port could not be deleted'
    : whyUnreported(deps, scheduler, row, agent);
  await expire(deps, row.id, row.pending_since, `Not finished within ${seconds} s: ${why}.`);
  deps.metrics.expired();
  deps.logger.error(
    { loadbalancer_id: row.id, tenant_id: row.project_id, revision: row.revision, why },
    'pending change timed out',
  );
}

function whyUnreported(
  { providers }: SweeperDeps,
  scheduler: TenantScheduler,
  row: LoadBalancer,
  agent: AgentRow | undefined,
): string {
  const environment = environmentOf(providers, row.provider);
  if (environment === undefined) return `provider '${row.provider}' is not configured`;
  if (agent === undefined) return `no agent of environment '${environment}' has it`;
  if (scheduler.serves(agent, row)) return `agent '${agent.host}' reported nothing`;
  return agentFacts(agent).environment === environment
    ? `agent '${agent.host}' is not alive or not enabled`
    : `agent '${agent.host}' is in environment '${environment}' no more`;
}
