// What F5's own f5.lbaas template cannot do and ours can. A device that has F5's keeps it, because services made by
// F5's agent run with it.
import type { ServiceHealthMonitor, ServiceListener, ServicePool } from '@f5-lbaas/model';
import type { CompileProblem } from '../compile/compiled-service.ts';
import type { Owner } from '../object-types/device-object.ts';
import type { ServiceVariables } from './service-variables.ts';

function problem(owner: Owner, feature: string): CompileProblem {
  const reason = `${feature}: the f5.lbaas template on the device is not this agent's and has no variable for it.`;
  return { owner, reason, keepsOld: true };
}

const MONITORS: readonly ServiceHealthMonitor['type'][] = ['HTTP', 'TCP', 'PING'];

/** Variables of ours that ask for something of the pool. */
const OF_POOL: Readonly<Record<string, string>> = {
  pool__min_active_members: 'Backup members',
  vip__persist_timeout: 'Timeout and granularity of persistence',
  vip__fallback_persist: 'Persistence by cookie with the algorithm SOURCE_IP',
};

export function foreignTemplateLimits(
  { variables }: ServiceVariables,
  pool: ServicePool,
  monitors: readonly ServiceHealthMonitor[],
  listener: ServiceListener | undefined,
): CompileProblem[] {
  const ofPool = Object.entries(OF_POOL).filter(([name]) => name in variables);
  const problems = ofPool.map(([, feature]) => problem({ kind: 'pools', id: pool.id }, feature));
  for (const { id, type } of monitors) {
    const owner: Owner = { kind: 'healthmonitors', id };
    if (!MONITORS.includes(type)) problems.push(problem(owner, `Monitors of type ${type}`));
    // One success would do there.
    else if (monitors.length > 1) problems.push(problem(owner, 'Several monitors of a pool'));
  }
  // F5's limits requests there.
  const limitsRequests =
    variables['vip__protocol'] === 'http' && 'vip__connection_limit' in variables;
  if (listener !== undefined && limitsRequests) {
    const owner: Owner = { kind: 'listeners', id: listener.id };
    problems.push(problem(owner, 'connection_limit of an HTTP listener'));
  }
  return problems;
}
