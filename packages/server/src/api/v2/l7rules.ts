// /lbaas/l7policies/{policy}/rules
import { LbaasError, type L7Policy, type L7Rule } from '@f5-lbaas/model';

import { param, type Call, type Route } from '../shared/http-call.ts';
import {
  checkChangeable,
  checkCreatable,
  checkReadable,
  type NeutronApi,
} from '../shared/neutron/access.ts';
import { CHANGEABLE, optional, required, shown } from '../shared/neutron/attribute-map.ts';
import { boolean, nullable, oneOf, text } from '../shared/neutron/attribute-types.ts';
import {
  pageBody,
  parseListQuery,
  type FilterTypes,
  type View,
} from '../shared/neutron/list-query.ts';
import { parseUpdate } from '../shared/neutron/parse-body.ts';
import { neutronError } from '../shared/neutron/request-error.ts';
import { createAnswer, itemAnswer } from '../shared/neutron/resource-calls.ts';
import { owner } from './references.ts';

const RULE_TYPES = ['HOST_NAME', 'PATH', 'FILE_TYPE', 'HEADER', 'COOKIE'] as const;
const COMPARE_TYPES = ['REGEX', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS', 'EQUAL_TO'] as const;

export const l7RuleAttributes = {
  id: shown,
  type: required(oneOf(RULE_TYPES), CHANGEABLE),
  compare_type: required(oneOf(COMPARE_TYPES), CHANGEABLE),
  invert: optional(boolean, false, CHANGEABLE),
  key: optional(nullable(text(255)), null, CHANGEABLE),
  value: required(text(255), CHANGEABLE),
  admin_state_up: optional(boolean, true, CHANGEABLE),
};
const spec = { singular: 'rule', plural: 'rules', attributes: l7RuleAttributes };

const filters: FilterTypes = {
  id: 'text',
  tenant_id: 'text',
  project_id: 'text',
  type: 'text',
  compare_type: 'text',
  invert: 'boolean',
  key: 'text',
  value: 'text',
  admin_state_up: 'boolean',
};

export function l7RuleRoutes(api: NeutronApi): Route[] {
  const { l7policies, l7rules } = api.service;
  const policyOf = async (call: Call): Promise<L7Policy> => {
    const { l7policy } = await l7policies.get(param(call, 'policy'));
    checkReadable(api, call, 'l7policies', l7policy);
    return l7policy;
  };
  const changeable = async (call: Call, verb: 'put' | 'delete') => {
    const policy = await policyOf(call);
    const rule = await ruleOf(api, policy, param(call, 'id'));
    checkChangeable(api, call, 'l7rules', rule, verb);
    return { policy, rule };
  };
  return [
    {
      path: '/lbaas/l7policies/:policy/rules',
      methods: {
        GET: async (call) => {
          const policy = await policyOf(call);
          const request = parseListQuery(call.query, filters);
          const views = (await l7rules.list(policy.id, request)).map(l7RuleView);
          return { status: 200, body: pageBody('rules', views, call, request) };
        },
        POST: (call) =>
          createAnswer(
            spec,
            call,
            async ({ input }) => {
              const policy = await policyOf(call);
              checkCreatable(api, call, 'l7rules', policy.project_id);
              return l7RuleView(await l7rules.create(policy, input));
            },
            async (id) => api.undo.l7rules.delete(await policyOf(call), id),
          ),
      },
    },
    {
      path: '/lbaas/l7policies/:policy/rules/:id',
      methods: {
        GET: async (call) => {
          const rule = await ruleOf(api, await policyOf(call), param(call, 'id'));
          return itemAnswer('rule', l7RuleView(rule), call);
        },
        PUT: async (call) => {
          const input = parseUpdate(spec, call.body);
          const { policy, rule } = await changeable(call, 'put');
          const updated = await l7rules.update(policy, rule.id, input);
          return { status: 200, body: { rule: l7RuleView(updated) } };
        },
        DELETE: async (call) => {
          const { policy, rule } = await changeable(call, 'delete');
          await l7rules.delete(policy, rule.id);
          return { status: 204 };
        },
      },
    },
  ];
}

async function ruleOf({ service }: NeutronApi, policy: L7Policy, id: string): Promise<L7Rule> {
  try {
    return await service.l7rules.get(policy.id, id);
  } catch (error) {
    if (!(error instanceof LbaasError) || error.kind !== 'not_found') throw error;
    const message = `Rule ${id} could not be found in l7 policy ${policy.id}.`;
    throw neutronError('not_found', 'RuleNotFoundForL7Policy', message);
  }
}

export function l7RuleView(row: L7Rule): View {
  return {
    id: row.id,
    ...owner(row),
    type: row.type,
    compare_type: row.compare_type,
    invert: row.invert,
    key: row.key,
    value: row.value,
    admin_state_up: row.admin_state_up,
  };
}
