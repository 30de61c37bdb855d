// L7 policy attributes as requests to /l7policies carry them.
import { attributes, omissible, optional, text, Uuid } from '../request/attribute-types.ts';
import type { FilterTypes } from '../request/list-query.ts';
import { bodySpec } from '../request/parse-body.ts';
import { Action, named, redirect, rest } from './attributes.ts';

export const createBody = bodySpec(
  'l7policy_',
  'l7policy',
  attributes({
    ...named,
    project_id: optional(text(36)),
    tenant_id: optional(text(36)),
    action: Action,
    redirect_pool_id: optional(Uuid),
    ...redirect,
    ...rest,
    listener_id: Uuid,
  }),
);

export const updateBody = bodySpec(
  'l7policy_',
  'l7policy',
  attributes({
    ...named,
    action: omissible(Action),
    redirect_pool_id: optional(Uuid),
    ...redirect,
    ...rest,
  }),
);

export const filters: FilterTypes = {
  id: 'text',
  name: 'text',
  description: 'text',
  provisioning_status: 'text',
  operating_status: 'text',
  admin_state_up: 'boolean',
  project_id: 'text',
  action: 'text',
  listener_id: 'text',
  redirect_pool_id: 'text',
  redirect_url: 'text',
  redirect_prefix: 'text',
  redirect_http_code: 'integer',
  position: 'integer',
  created_at: 'time',
  updated_at: 'time',
};
