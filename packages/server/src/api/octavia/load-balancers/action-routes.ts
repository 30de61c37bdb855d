// Status tree, statistics and failover of a load balancer.
import { param, type Call, type Route } from '../../shared/http-call.ts';
import { authorise, type OctaviaApi } from '../access.ts';
import { pickFields } from '../page.ts';
import { statisticsView, statusView } from './view.ts';

export function loadBalancerActionRoutes(api: OctaviaApi): Route[] {
  const { loadbalancers } = api.service;
  const find = async (call: Call) => (await loadbalancers.get(param(call, 'id'))).loadbalancer;

  const status = async (call: Call) => {
    const row = await find(call);
    authorise(api, call, 'loadbalancer:get_status', row.project_id);
    const statuses = statusView(await loadbalancers.status(row));
    return { status: 200, body: { statuses: pickFields(statuses, call.query) } };
  };
  const statistics = async (call: Call) => {
    const row = await find(call);
    authorise(api, call, 'loadbalancer:get_stats', row.project_id);
    const stats = statisticsView(await loadbalancers.statistics(row.id));
    return { status: 200, body: { stats: pickFields(stats, call.query) } };
  };
  const failover = async (call: Call) => {
    const row = await find(call);
    authorise(api, call, 'loadbalancer:put_failover', row.project_id);
    await loadbalancers.failover(row.id);
    return { status: 202 };
  };

  return [
    { path: '/loadbalancers/:id/status', methods: { GET: status } },
    { path: '/loadbalancers/:id/statuses', methods: { GET: status } },
    { path: '/loadbalancers/:id/stats', methods: { GET: statistics } },
    { path: '/loadbalancers/:id/failover', methods: { PUT: failover } },
  ];
}
