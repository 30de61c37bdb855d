// LoadBalancerCallbacks: everything that agents, ours and F5's, may call on a server.
import type { RpcEndpoint } from '@f5-lbaas/rpc';
import type { DriverDeps } from '../driver/driver-deps.ts';
import { agentPorts } from './agent-ports.ts';
import { agentStates } from './agent-states.ts';
import { objectReports } from './object-reports.ts';
import { serviceQueries } from './service-queries.ts';
import { serviceReports } from './service-reports.ts';

/**
 * To be served on `pluginTopic(environment)`, for each environment of the providers, by any number of servers.
 * @param environment that callers who name none are taken to be of
 */
export function createLoadBalancerCallbacks(deps: DriverDeps, environment: string): RpcEndpoint {
  return {
    ...objectReports(deps),
    ...serviceReports(deps),
    ...serviceQueries(deps, environment),
    ...agentStates(deps, environment),
    ...agentPorts(deps),
  };
}
