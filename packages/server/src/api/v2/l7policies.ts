// /lbaas/l7policies
import type { L7Policy } from '@f5-lbaas/model';

import type { L7PolicyChanges } from '../../service/l7/l7-rows.ts';
import type { L7PolicyDetail } from '../../service/reading/relations.ts';
import { param, type Route } from '../shared/http-call.ts';
import {
  checkCreatable,
  checkReadable,
  withinReach,
  type NeutronApi,
} from '../shared/neutron/access.ts';
import {
  CHANGEABLE,
  optional,
  required,
  shown,
  type Changed,
} from '../shared/neutron/attribute-map.ts';
import {
  boolean,
  integer,
  INTEGER_MAX,
  matching,
  nullable,
  oneOf,
  text,
  uuid,
} from '../shared/neutron/attribute-types.ts';
import type { FilterTypes, View } from '../shared/neutron/list-query.ts';
import { neutronError } from '../shared/neutron/request-error.ts';
import { resourceRoutes } from '../shared/neutron/resource-routes.ts';
import { owner, references } from './references.ts';

const REDIRECT_URL = /^https?:\/\/[^\s/?#]+[^\x00-\x20\x7f]*$/i;
/** Behind every other policy; in an update: where it is. */
const LAST = INTEGER_MAX;

/** Without its listener. */
export const plainPolicyAttributes = {
  name: optional(text(255), '', CHANGEABLE),
  description: optional(text(255), '', CHANGEABLE),
  action: required(oneOf(['REJECT', 'REDIRECT_TO_POOL', 'REDIRECT_TO_URL']), CHANGEABLE),
  redirect_url: optional(nullable(matching(REDIRECT_URL, 255)), null, CHANGEABLE),
  position: optional(integer(1, INTEGER_MAX), LAST, CHANGEABLE),
  admin_state_up: optional(boolean, true, CHANGEABLE),
};
const spec = {
  singular: 'l7policy',
  plural: 'l7policies',
  attributes: {
    id: shown,
    rules: shown,
    listener_id: required(uuid),
    redirect_pool_id: optional(nullable(uuid), null, CHANGEABLE),
    ...plainPolicyAttributes,
  },
};

const filters: FilterTypes = {
  id: 'text',
  name: 'text',
  description: 'text',
  tenant_id: 'text',
  project_id: 'text',
  listener_id: 'text',
  action: 'text',
  redirect_pool_id: 'text',
  redirect_url: 'text',
  position: 'integer',
  admin_state_up: 'boolean',
};

export function l7PolicyRoutes(api: NeutronApi): Route[] {
  const { l7policies, listeners } = api.service;
  return resourceRoutes(api, {
    ...{ path: '/lbaas/l7policies', kind: 'l7policies', spec, filters },
    view: l7PolicyView,
    row: ({ l7policy }: L7PolicyDetail) => l7policy,
    list: async (call, request) =>
      (await l7policies.list(withinReach(api, call, 'l7policies', request))).map(l7PolicyView),
    find: (call) => l7policies.get(param(call, 'id')),
    create: async (call, { input: { listener_id, ...input } }) => {
      const { listener } = await listeners.get(listener_id);
      checkReadable(api, call, 'listeners', listener);
      checkCreatable(api, call, 'l7policies', listener.project_id);
      return l7policies.create(listener, { ...input, ...redirectOf(input.action, input) });
    },
    undo: (_call, id) => api.undo.l7policies.delete(id),
    update: (_call, { l7policy }, input) =>
      l7policies.update(l7policy.id, changesOf(l7policy, input)),
    remove: ({ l7policy }) => l7policies.delete(l7policy.id),
  });
}

interface Targets {
  redirect_pool_id?: string | null | undefined;
  redirect_url?: string | null | undefined;
}

/** Only what fits the action; the action decides. */
export function redirectOf(
  action: L7Policy['action'],
  { redirect_pool_id, redirect_url }: Targets,
): Targets {
  const nothing = { redirect_pool_id: undefined, redirect_url: undefined };
  if (action === 'REDIRECT_TO_POOL') {
    if (redirect_pool_id) return { ...nothing, redirect_pool_id };
    const message = 'Redirect pool id is missing for L7 Policy with pool redirect action.';
    throw neutronError('conflict', 'L7PolicyRedirectPoolIdMissing', message);
  }
  if (action === 'REDIRECT_TO_URL') {
    if (redirect_url) return { ...nothing, redirect_url };
    const message = 'Redirect URL is missing for L7 Policy with URL redirect action.';
    throw neutronError('conflict', 'L7PolicyRedirectUrlMissing', message);
  }
  return nothing;
}

function changesOf(
  current: L7Policy,
  { position, redirect_pool_id, redirect_url, action, ...plain }: Changed<typeof spec.attributes>,
): L7PolicyChanges {
  const place = position === undefined || position === LAST ? {} : { position };
  // Something is always mentioned: an empty update is an update too.
  const changes = { name: current.name, ...plain, ...place };
  const redirects = [action, redirect_pool_id, redirect_url].some((given) => given !== undefined);
  if (!redirects) return changes;
  const target = action ?? current.action;
  const given = {
    redirect_pool_id: redirect_pool_id ?? current.redirect_pool_id,
    redirect_url: redirect_url ?? current.redirect_url,
  };
  return { ...changes, action: target, ...redirectOf(target, given) };
}

export function l7PolicyView({ l7policy: row, ruleIds }: L7PolicyDetail): View {
  return {
    id: row.id,
    ...owner(row),
    name: row.name,
    description: row.description,
    listener_id: row.listener_id,
    action: row.action,
    redirect_pool_id: row.redirect_pool_id,
    ...(row.action === 'REDIRECT_TO_POOL' ? {} : { redirect_url: row.redirect_url }),
    position: row.position,
    rules: references(ruleIds),
    admin_state_up: row.admin_state_up,
  };
}
