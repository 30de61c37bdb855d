// L7 policies as responses show them.
import type { L7Policy, LoadBalancerTree } from '@f5-lbaas/model';

import type { L7PolicyDetail } from '../../../service/reading/relations.ts';
import { references, timestamp } from '../common-view.ts';
import { l7RuleView } from '../l7rules/view.ts';
import type { View } from '../page.ts';

export function l7PolicyView({ l7policy, ruleIds }: L7PolicyDetail): View {
  return { ...head(l7policy), rules: references(ruleIds), ...tail(l7policy) };
}

/** Inside the answer to a fully populated create. */
export function fullL7Policy(policy: L7Policy, tree: LoadBalancerTree): View {
  const rules = tree.l7rules.filter((rule) => rule.l7policy_id === policy.id);
  return { rules: rules.map(l7RuleView), ...head(policy), ...tail(policy) };
}

function head(row: L7Policy): View {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    provisioning_status: row.provisioning_status,
    operating_status: row.operating_status,
    admin_state_up: row.admin_state_up,
    project_id: row.project_id,
    action: row.action,
    listener_id: row.listener_id,
    redirect_pool_id: row.redirect_pool_id,
    redirect_url: row.redirect_url,
    redirect_prefix: row.redirect_prefix,
    position: row.position,
  };
}

function tail(row: L7Policy): View {
  return {
    created_at: timestamp(row.created_at),
    updated_at: timestamp(row.updated_at),
    tags: row.tags,
    redirect_http_code: row.redirect_http_code,
    tenant_id: row.project_id,
  };
}
