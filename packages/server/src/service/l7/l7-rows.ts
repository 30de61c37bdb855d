// L7 policy and rule rows: defaults, and what a request makes of them.
import type { L7Policy, L7Rule } from '@f5-lbaas/model';

import { settle, type Settable } from '../change/attributes.ts';
import type { RowIdentity } from '../listeners/listener-row.ts';
import { redirectChanges, type RedirectArguments } from './l7policy-arguments.ts';
import { newRow } from '../change/new-row.ts';

type PolicyChangeable = Pick<L7Policy, 'name' | 'description' | 'admin_state_up' | 'tags'>;

export interface L7PolicyChanges
  extends Settable<L7Policy, keyof PolicyChangeable>, RedirectArguments {
  /** 1-based; beyond the end means last. */
  position?: number | null;
}
export interface L7PolicySpec extends L7PolicyChanges {
  action: L7Policy['action'];
}

export const L7_POLICY_DEFAULTS: PolicyChangeable = {
  name: '',
  description: '',
  admin_state_up: true,
  tags: [],
};

export function newL7Policy(
  spec: L7PolicySpec,
  identity: RowIdentity & { listenerId: string; position: number },
): L7Policy {
  return {
    ...settle(spec, L7_POLICY_DEFAULTS),
    ...newRow(identity.id, identity.projectId, identity.now),
    loadbalancer_id: identity.loadbalancerId,
    listener_id: identity.listenerId,
    action: spec.action,
    redirect_pool_id: null,
    redirect_url: null,
    redirect_prefix: null,
    redirect_http_code: null,
    position: identity.position,
    ...redirectChanges(spec),
  };
}

type RuleChangeable = Pick<L7Rule, 'key' | 'invert' | 'admin_state_up' | 'tags'>;

export interface L7RuleChanges extends Settable<L7Rule, keyof RuleChangeable> {
  type?: L7Rule['type'];
  compare_type?: L7Rule['compare_type'];
  value?: string;
}
export interface L7RuleSpec extends L7RuleChanges {
  type: L7Rule['type'];
  compare_type: L7Rule['compare_type'];
  value: string;
}

export const L7_RULE_DEFAULTS: RuleChangeable = {
  key: null,
  invert: false,
  admin_state_up: true,
  tags: [],
};

export function newL7Rule(
  spec: L7RuleSpec,
  identity: RowIdentity & { l7policyId: string },
): L7Rule {
  return {
    ...settle(spec, L7_RULE_DEFAULTS),
    ...newRow(identity.id, identity.projectId, identity.now),
    name: '',
    loadbalancer_id: identity.loadbalancerId,
    l7policy_id: identity.l7policyId,
    type: spec.type,
    compare_type: spec.compare_type,
    value: spec.value,
  };
}
