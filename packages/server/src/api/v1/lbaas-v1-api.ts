// The LBaaS v1 API of Neutron: every resource below `/lb`, and the agent extension.
import { param, type Route } from '../shared/http-call.ts';
import { checkAllowed } from '../shared/neutron/access.ts';
import { agentView } from '../shared/neutron/agent-view.ts';
import { associationRoutes, healthMonitorRoutes } from './health-monitors.ts';
import { memberRoutes } from './members.ts';
import { poolRoutes, poolStatsRoutes, poolView } from './pools.ts';
import type { V1Api } from './v1-api.ts';
import { vipRoutes } from './vips.ts';

/** Paths below `/v2.0`. */
export function lbaasV1Routes(api: V1Api): Route[] {
  return [
    ...vipRoutes(api),
    ...poolRoutes(api),
    ...poolStatsRoutes(api),
    ...memberRoutes(api),
    ...healthMonitorRoutes(api),
    ...associationRoutes(api),
    ...agentRoutes(api),
  ];
}

function agentRoutes(api: V1Api): Route[] {
  const { agents } = api.service;
  const { pools } = api.v1;
  return [
    {
      path: '/lb/pools/:id/loadbalancer-agent',
      methods: {
        GET: async (call) => {
          checkAllowed(api, call, 'agent:get_one', null, 'get_loadbalancer-agent');
          const { loadbalancer } = await pools.get(param(call, 'id'));
          const agent = await agents.hosting(loadbalancer);
          return { status: 200, body: { agent: agent === undefined ? null : agentView(agent) } };
        },
      },
    },
    {
      path: '/agents/:agent/loadbalancer-pools',
      methods: {
        GET: async (call) => {
          checkAllowed(api, call, 'agent:get_one', null, 'get_loadbalancer-pools');
          const rows = await agents.loadBalancersOn(param(call, 'agent'));
          const ids = rows.map((row) => row.id);
          const found = ids.length === 0 ? [] : await pools.list({ loadbalancer_id: ids });
          return { status: 200, body: { pools: found.map(poolView) } };
        },
      },
    },
  ];
}
