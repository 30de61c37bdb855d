// /listeners
import { param, type Route } from '../../shared/http-call.ts';
import { authorise, inProject, listedProject, type OctaviaApi } from '../access.ts';
import { statisticsView } from '../load-balancers/view.ts';
import { pageBody, pickFields } from '../page.ts';
import { parseListQuery } from '../request/list-query.ts';
import { parseBody } from '../request/parse-body.ts';
import { createBody, filters, updateBody } from './schema.ts';
import { listenerView } from './view.ts';

export function listenerRoutes(api: OctaviaApi): Route[] {
  const { listeners, loadbalancers } = api.service;

  return [
    {
      path: '/listeners',
      itemParameter: 'id',
      methods: {
        GET: async (call) => {
          const request = parseListQuery(call.query, filters);
          const project = listedProject(api, call, 'listener');
          const views = (await listeners.list(inProject(request, project))).map(listenerView);
          return { status: 200, body: pageBody('listeners', views, call, request) };
        },
        POST: async (call) => {
          const input = parseBody(createBody, call.body);
          const { loadbalancer } = await loadbalancers.get(input.loadbalancer_id);
          authorise(api, call, 'listener:post', loadbalancer.project_id);
          return {
            status: 201,
            body: { listener: listenerView(await listeners.create(input, call.identity)) },
          };
        },
      },
    },
    {
      path: '/listeners/:id',
      methods: {
        GET: async (call) => {
          const detail = await listeners.get(param(call, 'id'));
          authorise(api, call, 'listener:get_one', detail.listener.project_id);
          return { status: 200, body: { listener: pickFields(listenerView(detail), call.query) } };
        },
        PUT: async (call) => {
          const input = parseBody(updateBody, call.body);
          const { listener } = await listeners.get(param(call, 'id'));
          authorise(api, call, 'listener:put', listener.project_id);
          const detail = await listeners.update(listener.id, input, call.identity);
          return { status: 200, body: { listener: listenerView(detail) } };
        },
        DELETE: async (call) => {
          const { listener } = await listeners.get(param(call, 'id'));
          authorise(api, call, 'listener:delete', listener.project_id);
          await listeners.delete(listener.id);
          return { status: 204 };
        },
      },
    },
    {
      path: '/listeners/:id/stats',
      methods: {
        GET: async (call) => {
          const { listener } = await listeners.get(param(call, 'id'));
          authorise(api, call, 'listener:get_stats', listener.project_id);
          const stats = statisticsView(await listeners.statistics(listener));
          return { status: 200, body: { stats: pickFields(stats, call.query) } };
        },
      },
    },
  ];
}
