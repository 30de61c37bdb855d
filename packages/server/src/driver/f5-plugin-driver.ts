// F5PluginDriver: records accepted changes for the agents and tells them.
import { isoNow } from '@f5-lbaas/platform';
import type { Repositories } from '@f5-lbaas/storage';
import { isAlive } from '../scheduler/agent-facts.ts';
import { TenantScheduler } from '../scheduler/tenant-scheduler.ts';
import { ChangeNotifier } from './change-notifier.ts';
import type { DriverDeps } from './driver-deps.ts';
import type { Change, ProviderDriver } from './provider-driver.ts';

export interface F5PluginDriver extends ProviderDriver {
  /** For the sweeper: tells the agent of a load balancer what the newest rows say. @throws LbaasError */
  hint(loadbalancerId: string): Promise<void>;
  /** Waits until no hint is under way; for an orderly stop. */
  idle(): Promise<void>;
}

export function createF5PluginDriver(deps: DriverDeps): F5PluginDriver {
  const notifier = new ChangeNotifier(deps);
  const scheduler = new TenantScheduler(deps);
  return {
    record: (repositories, change, touched) =>
      record(deps, scheduler, repositories, { change, touched }),
    notify(change) {
      const { verb, kind, id, loadbalancerId } = change;
      notifier.request(loadbalancerId, { verb, kind, id });
    },
    isAlive: (agent) =>
      isAlive(agent, {
        nowMs: deps.clock.nowMs(),
        agentDownTimeMs: deps.options.agentDownTimeMs,
      }),
    requestStatistics: (loadbalancerId) => notifier.requestStatistics(loadbalancerId),
    hint: (loadbalancerId) => notifier.hint(loadbalancerId),
    idle: () => notifier.idle(),
  };
}

interface Recorded {
  change: Change;
  touched: Parameters<ProviderDriver['record']>[2];
}

async function record(
  { clock }: DriverDeps,
  scheduler: TenantScheduler,
  repositories: Repositories,
  { change, touched }: Recorded,
): Promise<void> {
  const loadbalancer = await repositories.loadbalancers.lock(change.loadbalancerId);
  await scheduler.schedule(repositories, loadbalancer);
  const revision = loadbalancer.revision + 1;
  const ids = new Map(touched.map(({ kind, id }) => [id, kind]));
  ids.delete(loadbalancer.id);
  for (const [id, kind] of ids) {
    await repositories.resource(kind).update(id, { revision, status_reason: null });
  }
  await repositories.loadbalancers.update(loadbalancer.id, {
    revision,
    status_reason: null,
    pending_since: isoNow(clock),
    notified_at: null,
  });
}
