// Agent extension: which agent hosts a load balancer, which load balancers an agent hosts. For operators.
import { param, type Route } from '../shared/http-call.ts';
import { checkAllowed, type NeutronApi } from '../shared/neutron/access.ts';
import { agentView } from '../shared/neutron/agent-view.ts';
import { loadBalancerView } from './load-balancers.ts';

export function agentRoutes(api: NeutronApi): Route[] {
  const { agents, loadbalancers } = api.service;
  return [
    {
      path: '/lbaas/loadbalancers/:id/loadbalancer-hosting-agent',
      methods: {
        GET: async (call) => {
          checkAllowed(api, call, 'agent:get_one', null, 'get_loadbalancer-hosting-agent');
          const { loadbalancer } = await loadbalancers.get(param(call, 'id'));
          const agent = await agents.hosting(loadbalancer);
          return { status: 200, body: { agent: agent === undefined ? null : agentView(agent) } };
        },
      },
    },
    {
      path: '/agents/:agent/agent-loadbalancers',
      methods: {
        GET: async (call) => {
          checkAllowed(api, call, 'agent:get_one', null, 'get_agent-loadbalancers');
          const rows = await agents.loadBalancersOn(param(call, 'agent'));
          const details = await loadbalancers.detail(rows);
          return { status: 200, body: { loadbalancers: details.map(loadBalancerView) } };
        },
      },
    },
  ];
}
