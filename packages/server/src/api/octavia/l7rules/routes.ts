// /l7policies/{policy}/rules
import { param, type Call, type Route } from '../../shared/http-call.ts';
import { authorise, parentOf, type OctaviaApi } from '../access.ts';
import { pageBody, pickFields } from '../page.ts';
import { parseListQuery } from '../request/list-query.ts';
import { parseBody } from '../request/parse-body.ts';
import { createBody, filters, updateBody } from './schema.ts';
import { l7RuleView } from './view.ts';

export function l7RuleRoutes(api: OctaviaApi): Route[] {
  const { l7policies, l7rules } = api.service;
  const parent = async (call: Call) =>
    (await parentOf(l7policies.get(param(call, 'l7policy_id')))).l7policy;

  return [
    {
      path: '/l7policies/:l7policy_id/rules',
      itemParameter: 'id',
      methods: {
        GET: async (call) => {
          const policy = await parent(call);
          authorise(api, call, 'l7rule:get_all', policy.project_id);
          const request = parseListQuery(call.query, filters);
          const views = (await l7rules.list(policy.id, request)).map(l7RuleView);
          return { status: 200, body: pageBody('rules', views, call, request) };
        },
        POST: async (call) => {
          const policy = await parent(call);
          const spec = parseBody(createBody, call.body);
          authorise(api, call, 'l7rule:post', policy.project_id);
          return { status: 201, body: { rule: l7RuleView(await l7rules.create(policy, spec)) } };
        },
      },
    },
    {
      path: '/l7policies/:l7policy_id/rules/:id',
      methods: {
        GET: async (call) => {
          const policy = await parent(call);
          const rule = await l7rules.get(policy.id, param(call, 'id'));
          authorise(api, call, 'l7rule:get_one', rule.project_id);
          return { status: 200, body: { rule: pickFields(l7RuleView(rule), call.query) } };
        },
        PUT: async (call) => {
          const policy = await parent(call);
          const input = parseBody(updateBody, call.body);
          const { id, project_id: projectId } = await l7rules.get(policy.id, param(call, 'id'));
          authorise(api, call, 'l7rule:put', projectId);
          const rule = await l7rules.update(policy, id, input);
          return { status: 200, body: { rule: l7RuleView(rule) } };
        },
        DELETE: async (call) => {
          const policy = await parent(call);
          const { id, project_id: projectId } = await l7rules.get(policy.id, param(call, 'id'));
          authorise(api, call, 'l7rule:delete', projectId);
          await l7rules.delete(policy, id);
          return { status: 204 };
        },
      },
    },
  ];
}
