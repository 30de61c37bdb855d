// /pools
import { param, type Route } from '../../shared/http-call.ts';
import { authorise, inProject, listedProject, type OctaviaApi } from '../access.ts';
import { pageBody, pickFields } from '../page.ts';
import { parseListQuery } from '../request/list-query.ts';
import { parseBody } from '../request/parse-body.ts';
import { createBody, filters, updateBody } from './schema.ts';
import { poolView } from './view.ts';

export function poolRoutes(api: OctaviaApi): Route[] {
  const { pools } = api.service;

  return [
    {
      path: '/pools',
      itemParameter: 'id',
      methods: {
        GET: async (call) => {
          const request = parseListQuery(call.query, filters);
          const project = listedProject(api, call, 'pool');
          const views = (await pools.list(inProject(request, project))).map(poolView);
          return { status: 200, body: pageBody('pools', views, call, request) };
        },
        POST: async (call) => {
          const input = parseBody(createBody, call.body);
          const loadBalancer = await pools.parentOf(input);
          authorise(api, call, 'pool:post', loadBalancer.project_id);
          return {
            status: 201,
            body: { pool: poolView(await pools.create(input, call.identity)) },
          };
        },
      },
    },
    {
      path: '/pools/:id',
      methods: {
        GET: async (call) => {
          const detail = await pools.get(param(call, 'id'));
          authorise(api, call, 'pool:get_one', detail.pool.project_id);
          return { status: 200, body: { pool: pickFields(poolView(detail), call.query) } };
        },
        PUT: async (call) => {
          const input = parseBody(updateBody, call.body);
          const { pool } = await pools.get(param(call, 'id'));
          authorise(api, call, 'pool:put', pool.project_id);
          return {
            status: 200,
            body: { pool: poolView(await pools.update(pool.id, input, call.identity)) },
          };
        },
        DELETE: async (call) => {
          const { pool } = await pools.get(param(call, 'id'));
          authorise(api, call, 'pool:delete', pool.project_id);
          await pools.delete(pool.id);
          return { status: 204 };
        },
      },
    },
  ];
}
