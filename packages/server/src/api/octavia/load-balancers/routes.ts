// /loadbalancers and /loadbalancers/{id}; see action-routes for what is below
import { refuse } from '../../../service/refusals.ts';
import { param, type Call, type Route } from '../../shared/http-call.ts';
import { authorise, inProject, listedProject, type OctaviaApi } from '../access.ts';
import { pageBody, pickFields } from '../page.ts';
import { parseListQuery } from '../request/list-query.ts';
import { parseBody } from '../request/parse-body.ts';
import { queryFlag } from '../request/query-flag.ts';
import { createBody, filters, updateBody } from './schema.ts';
import { createdLoadBalancerView, loadBalancerView } from './view.ts';

export function loadBalancerRoutes(api: OctaviaApi): Route[] {
  const { loadbalancers } = api.service;
  const find = async (call: Call) => (await loadbalancers.get(param(call, 'id'))).loadbalancer;

  return [
    {
      path: '/loadbalancers',
      itemParameter: 'id',
      methods: {
        GET: async (call) => {
          const request = parseListQuery(call.query, filters);
          const project = listedProject(api, call, 'loadbalancer');
          const found = await loadbalancers.list(inProject(request, project));
          const views = found.map(loadBalancerView);
          return { status: 200, body: pageBody('loadbalancers', views, call, request) };
        },
        POST: async (call) => {
          const input = parseBody(createBody, call.body);
          const projectId = input.tenant_id ?? input.project_id ?? call.identity.projectId;
          if (!projectId) throw refuse('ERR_PROJECT_MISSING', {});
          authorise(api, call, 'loadbalancer:post', projectId);
          if (input.vip_sg_ids) authorise(api, call, 'loadbalancer:post:vip_sg_ids', projectId);
          const tree = await loadbalancers.create(call.identity, { projectId, input });
          return { status: 201, body: { loadbalancer: createdLoadBalancerView(tree) } };
        },
      },
    },
    {
      path: '/loadbalancers/:id',
      methods: {
        GET: async (call) => {
          const detail = await loadbalancers.get(param(call, 'id'));
          authorise(api, call, 'loadbalancer:get_one', detail.loadbalancer.project_id);
          const view = pickFields(loadBalancerView(detail), call.query);
          return { status: 200, body: { loadbalancer: view } };
        },
        PUT: async (call) => {
          const input = parseBody(updateBody, call.body);
          const { id, project_id: projectId } = await find(call);
          authorise(api, call, 'loadbalancer:put', projectId);
          if (input.vip_sg_ids) authorise(api, call, 'loadbalancer:put:vip_sg_ids', projectId);
          const detail = await loadbalancers.update(call.identity, id, input);
          return { status: 200, body: { loadbalancer: loadBalancerView(detail) } };
        },
        DELETE: async (call) => {
          const { id, project_id: projectId } = await find(call);
          authorise(api, call, 'loadbalancer:delete', projectId);
          await loadbalancers.delete(id, { cascade: queryFlag(call, 'cascade') });
          return { status: 204 };
        },
      },
    },
  ];
}
