// L7 rule attributes as requests carry them.
import { L7_COMPARE_TYPES, L7_RULE_TYPES } from '@f5-lbaas/model';

import {
  attributes,
  Bool,
  omissible,
  oneOf,
  optional,
  Tags,
  text,
} from '../request/attribute-types.ts';
import type { FilterTypes } from '../request/list-query.ts';
import { bodySpec } from '../request/parse-body.ts';

const OneLine = text(255, { pattern: '^[^\\r\\n]*$' });
const Type = oneOf(L7_RULE_TYPES);
const CompareType = oneOf(L7_COMPARE_TYPES);
const rest = { invert: optional(Bool), admin_state_up: optional(Bool) };

/** A rule without its policy, as a fully populated load balancer holds it too. */
export const NewL7Rule = attributes({
  type: Type,
  compare_type: CompareType,
  key: optional(OneLine),
  value: OneLine,
  invert: optional(Bool),
  project_id: optional(text(36)),
  tenant_id: optional(text(36)),
  admin_state_up: optional(Bool),
  tags: optional(Tags),
});

export const createBody = bodySpec('rule_', 'rule', NewL7Rule);
export const updateBody = bodySpec(
  'l7rule_',
  'rule',
  attributes({
    type: omissible(Type),
    compare_type: omissible(CompareType),
    key: optional(OneLine),
    value: omissible(OneLine),
    ...rest,
    tags: optional(Tags),
  }),
);

export const filters: FilterTypes = {
  id: 'text',
  type: 'text',
  compare_type: 'text',
  key: 'text',
  value: 'text',
  invert: 'boolean',
  provisioning_status: 'text',
  operating_status: 'text',
  created_at: 'time',
  updated_at: 'time',
  project_id: 'text',
  admin_state_up: 'boolean',
};
