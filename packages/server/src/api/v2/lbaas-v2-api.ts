// The LBaaS v2 API of Neutron: every resource of neutron-lbaas below `/lbaas`.
import type { Route } from '../shared/http-call.ts';
import type { NeutronApi } from '../shared/neutron/access.ts';
import { agentRoutes } from './agents.ts';
import { graphRoutes } from './graphs.ts';
import { healthMonitorRoutes } from './health-monitors.ts';
import { l7PolicyRoutes } from './l7policies.ts';
import { l7RuleRoutes } from './l7rules.ts';
import { listenerRoutes } from './listeners.ts';
import { loadBalancerRoutes, loadBalancerStateRoutes } from './load-balancers.ts';
import { memberRoutes } from './members.ts';
import { poolRoutes } from './pools.ts';

/** Paths below `/v2.0`. */
export function lbaasV2Routes(api: NeutronApi): Route[] {
  return [
    ...loadBalancerRoutes(api),
    ...loadBalancerStateRoutes(api),
    ...listenerRoutes(api),
    ...poolRoutes(api),
    ...memberRoutes(api),
    ...healthMonitorRoutes(api),
    ...l7PolicyRoutes(api),
    ...l7RuleRoutes(api),
    ...graphRoutes(api),
    ...agentRoutes(api),
  ];
}
