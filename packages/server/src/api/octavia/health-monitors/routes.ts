// /healthmonitors
import { param, type Route } from '../../shared/http-call.ts';
import { authorise, inProject, listedProject, type OctaviaApi } from '../access.ts';
import { pageBody, pickFields } from '../page.ts';
import { parseListQuery } from '../request/list-query.ts';
import { parseBody } from '../request/parse-body.ts';
import { createBody, filters, updateBody } from './schema.ts';
import { healthMonitorView } from './view.ts';

export function healthMonitorRoutes(api: OctaviaApi): Route[] {
  const { healthmonitors, pools } = api.service;

  return [
    {
      path: '/healthmonitors',
      itemParameter: 'id',
      methods: {
        GET: async (call) => {
          const request = parseListQuery(call.query, filters);
          const project = listedProject(api, call, 'healthmonitor');
          const rows = await healthmonitors.list(inProject(request, project));
          const views = rows.map(healthMonitorView);
          return { status: 200, body: pageBody('healthmonitors', views, call, request) };
        },
        POST: async (call) => {
          const input = parseBody(createBody, call.body);
          const { pool } = await pools.get(input.pool_id);
          authorise(api, call, 'healthmonitor:post', pool.project_id);
          const monitor = await healthmonitors.create(pool, input);
          return { status: 201, body: { healthmonitor: healthMonitorView(monitor) } };
        },
      },
    },
    {
      path: '/healthmonitors/:id',
      methods: {
        GET: async (call) => {
          const monitor = await healthmonitors.get(param(call, 'id'));
          authorise(api, call, 'healthmonitor:get_one', monitor.project_id);
          const view = pickFields(healthMonitorView(monitor), call.query);
          return { status: 200, body: { healthmonitor: view } };
        },
        PUT: async (call) => {
          const input = parseBody(updateBody, call.body);
          const { id, project_id: projectId } = await healthmonitors.get(param(call, 'id'));
          authorise(api, call, 'healthmonitor:put', projectId);
          const monitor = await healthmonitors.update(id, input);
          return { status: 200, body: { healthmonitor: healthMonitorView(monitor) } };
        },
        DELETE: async (call) => {
          const { id, project_id: projectId } = await healthmonitors.get(param(call, 'id'));
          authorise(api, call, 'healthmonitor:delete', projectId);
          await healthmonitors.delete(id);
          return { status: 204 };
        },
      },
    },
  ];
}
