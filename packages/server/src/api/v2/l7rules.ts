// /lbaas/l7policies/{policy}/rules
import { LbaasError, type L7Policy, type L7Rule } from '@f5-lbaas/model';

import { param, type Call, type Route } from '../shared/http-call.ts';
import { checkCreatable, checkReadable, type NeutronApi } from '../shared/neutron/access.ts';
import { CHANGEABLE, optional, required, shown } from '../shared/neutron/attribute-map.ts';
import { boolean, nullable, oneOf, text } from '../shared/neutron/attribute-types.ts';
import type { FilterTypes, View } from '../shared/neutron/list-query.ts';
import { neutronError } from '../shared/neutron/request-error.ts';
import { resourceRoutes } from '../shared/neutron/resource-routes.ts';
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

interface Found {
  policy: L7Policy;
  rule: L7Rule;
}

export function l7RuleRoutes(api: NeutronApi): Route[] {
  const { l7policies, l7rules } = api.service;
  const policyOf = async (call: Call): Promise<L7Policy> => {
    const { l7policy } = await l7policies.get(param(call, 'policy'));
    checkReadable(api, call, 'l7policies', l7policy);
    return l7policy;
  };
  return resourceRoutes(api, {
    ...{ path: '/lbaas/l7policies/:policy/rules', kind: 'l7rules', spec, filters },
    view: ({ rule }: Found) => l7RuleView(rule),
    row: ({ rule }: Found) => rule,
    list: async (call, request) =>
      (await l7rules.list((await policyOf(call)).id, request)).map(l7RuleView),
    find: async (call) => {
      const policy = await policyOf(call);
      return { policy, rule: await ruleOf(api, policy, param(call, 'id')) };
    },
    create: async (call, { input }) => {
      const policy = await policyOf(call);
      checkCreatable(api, call, 'l7rules', policy.project_id);
      return { policy, rule: await l7rules.create(policy, input) };
    },
    undo: async (call, id) => api.undo.l7rules.delete(await policyOf(call), id),
    update: async (_call, { policy, rule }, input) => ({
      policy,
      rule: await l7rules.update(policy, rule.id, input),
    }),
    remove: ({ policy, rule }) => l7rules.delete(policy, rule.id),
  });
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
