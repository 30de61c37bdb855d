// /pools/{pool}/members
import { param, type Call, type Route } from '../../shared/http-call.ts';
import { authorise, parentOf, type OctaviaApi } from '../access.ts';
import { pageBody, pickFields } from '../page.ts';
import { parseListQuery } from '../request/list-query.ts';
import { parseBody } from '../request/parse-body.ts';
import { queryFlag } from '../request/query-flag.ts';
import { batchBody, createBody, filters, updateBody } from './schema.ts';
import { memberView } from './view.ts';

export function memberRoutes(api: OctaviaApi): Route[] {
  const { members, pools } = api.service;
  const parent = async (call: Call) => (await parentOf(pools.get(param(call, 'pool_id')))).pool;

  const replace = async (call: Call) => {
    const pool = await parent(call);
    const specs = parseBody(batchBody, call.body);
    const additiveOnly = queryFlag(call, 'additive_only');
    authorise(api, call, 'member:post', pool.project_id);
    authorise(api, call, 'member:put', pool.project_id);
    if (!additiveOnly) authorise(api, call, 'member:delete', pool.project_id);
    await members.replace(call.identity, pool, specs, { additiveOnly });
    return { status: 202 };
  };

  return [
    {
      path: '/pools/:pool_id/members',
      itemParameter: 'id',
      methods: {
        GET: async (call) => {
          const pool = await parent(call);
          authorise(api, call, 'member:get_all', pool.project_id);
          const request = parseListQuery(call.query, filters);
          const views = (await members.list(pool.id, request)).map(memberView);
          return { status: 200, body: pageBody('members', views, call, request) };
        },
        POST: async (call) => {
          const pool = await parent(call);
          const spec = parseBody(createBody, call.body);
          authorise(api, call, 'member:post', pool.project_id);
          const member = await members.create(call.identity, pool, spec);
          return { status: 201, body: { member: memberView(member) } };
        },
        PUT: replace,
      },
    },
    {
      path: '/pools/:pool_id/members/:id',
      methods: {
        GET: async (call) => {
          const pool = await parent(call);
          const member = await members.get(pool.id, param(call, 'id'));
          authorise(api, call, 'member:get_one', member.project_id);
          return { status: 200, body: { member: pickFields(memberView(member), call.query) } };
        },
        PUT: async (call) => {
          const pool = await parent(call);
          const input = parseBody(updateBody, call.body);
          const { id, project_id: projectId } = await members.get(pool.id, param(call, 'id'));
          authorise(api, call, 'member:put', projectId);
          const member = await members.update(pool, id, input);
          return { status: 200, body: { member: memberView(member) } };
        },
        DELETE: async (call) => {
          const pool = await parent(call);
          const { id, project_id: projectId } = await members.get(pool.id, param(call, 'id'));
          authorise(api, call, 'member:delete', projectId);
          await members.delete(pool, id);
          return { status: 204 };
        },
      },
    },
  ];
}
