// LoadBalancerCallbacks: everything that agents, ours and F5's, may call on a server.
import type { RpcEndpoint } from '@f5-lbaas/rpc';
import type { DriverDeps } from '../driver/driver-deps.ts';
import { agentPorts } from './agent-ports.ts';
import { agentStates } from './agent-states.ts';
import { objectReports } from './object-reports.ts';
import { serviceQueries } from './service-queries.ts';
import { serviceReports } from './service-reports.ts';

/** To be served on `pluginTopic(options.environment)`, by any number of servers. */
export function createLoadBalancerCallbacks(deps: DriverDeps): RpcEndpoint {
  return {
    ...objectReports(deps),
    ...serviceReports(deps),
    ...serviceQueries(deps),
    ...agentStates(deps),
    ...agentPorts(deps),
  };
}
