// L7 policy attributes that standalone and nested policies share.
import { L7_POLICY_ACTIONS } from '@f5-lbaas/model';

import { Bool, integer, Name, oneOf, optional, Tags, Url } from '../request/attribute-types.ts';

const REDIRECT_CODES = [301, 302, 303, 307, 308] as const;

export const Action = oneOf(L7_POLICY_ACTIONS);
export const named = {
  name: optional(Name),
  description: optional(Name),
  admin_state_up: optional(Bool),
};
export const redirect = { redirect_url: optional(Url), redirect_prefix: optional(Url) };
export const rest = {
  position: optional(integer(1, 2_147_483_647)),
  tags: optional(Tags),
  redirect_http_code: optional(oneOf(REDIRECT_CODES)),
};
