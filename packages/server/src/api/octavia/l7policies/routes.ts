// /l7policies
import { param, type Route } from '../../shared/http-call.ts';
import { authorise, inProject, listedProject, type OctaviaApi } from '../access.ts';
import { pageBody, pickFields } from '../page.ts';
import { parseListQuery } from '../request/list-query.ts';
import { parseBody } from '../request/parse-body.ts';
import { createBody, filters, updateBody } from './schema.ts';
import { l7PolicyView } from './view.ts';

export function l7PolicyRoutes(api: OctaviaApi): Route[] {
  const { l7policies, listeners } = api.service;

  return [
    {
      path: '/l7policies',
      itemParameter: 'id',
      methods: {
        GET: async (call) => {
          const request = parseListQuery(call.query, filters);
          const project = listedProject(api, call, 'l7policy');
          const views = (await l7policies.list(inProject(request, project))).map(l7PolicyView);
          return { status: 200, body: pageBody('l7policies', views, call, request) };
        },
        POST: async (call) => {
          const input = parseBody(createBody, call.body);
          const { listener } = await listeners.get(input.listener_id);
          authorise(api, call, 'l7policy:post', listener.project_id);
          const detail = await l7policies.create(listener, input);
          return { status: 201, body: { l7policy: l7PolicyView(detail) } };
        },
      },
    },
    {
      path: '/l7policies/:id',
      methods: {
        GET: async (call) => {
          const detail = await l7policies.get(param(call, 'id'));
          authorise(api, call, 'l7policy:get_one', detail.l7policy.project_id);
          return { status: 200, body: { l7policy: pickFields(l7PolicyView(detail), call.query) } };
        },
        PUT: async (call) => {
          const input = parseBody(updateBody, call.body);
          const { l7policy } = await l7policies.get(param(call, 'id'));
          authorise(api, call, 'l7policy:put', l7policy.project_id);
          const detail = await l7policies.update(l7policy.id, input);
          return { status: 200, body: { l7policy: l7PolicyView(detail) } };
        },
        DELETE: async (call) => {
          const { l7policy } = await l7policies.get(param(call, 'id'));
          authorise(api, call, 'l7policy:delete', l7policy.project_id);
          await l7policies.delete(l7policy.id);
          return { status: 204 };
        },
      },
    },
  ];
}
