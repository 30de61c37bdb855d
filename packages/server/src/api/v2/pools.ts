// /lbaas/pools
import type { SessionPersistence } from '@f5-lbaas/model';

import type { PoolDetail } from '../../service/reading/relations.ts';
import { param, type Call, type Route } from '../shared/http-call.ts';
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
  type Created,
} from '../shared/neutron/attribute-map.ts';
import {
  boolean,
  nullable,
  oneOf,
  sessionPersistence,
  text,
  uuid,
} from '../shared/neutron/attribute-types.ts';
import type { FilterTypes, View } from '../shared/neutron/list-query.ts';
import { neutronError } from '../shared/neutron/request-error.ts';
import { resourceRoutes } from '../shared/neutron/resource-routes.ts';
import { owner, references } from './references.ts';

/** Without its parents. */
export const plainPoolAttributes = {
  name: optional(text(255), '', CHANGEABLE),
  description: optional(text(255), '', CHANGEABLE),
  protocol: required(oneOf(['TCP', 'HTTPS', 'HTTP'])),
  lb_algorithm: required(oneOf(['LEAST_CONNECTIONS', 'ROUND_ROBIN', 'SOURCE_IP']), CHANGEABLE),
  session_persistence: optional(sessionPersistence, null, CHANGEABLE),
  admin_state_up: optional(boolean, true, CHANGEABLE),
};
const spec = {
  singular: 'pool',
  plural: 'pools',
  attributes: {
    id: shown,
    healthmonitor_id: shown,
    members: shown,
    listeners: shown,
    loadbalancers: shown,
    loadbalancer_id: optional(nullable(uuid), null),
    listener_id: optional(nullable(uuid), null),
    ...plainPoolAttributes,
  },
};
type NewPool = Created<typeof spec.attributes>;

const filters: FilterTypes = {
  id: 'text',
  name: 'text',
  description: 'text',
  tenant_id: 'text',
  project_id: 'text',
  loadbalancer_id: 'text',
  protocol: 'text',
  lb_algorithm: 'text',
  admin_state_up: 'boolean',
};

export function poolRoutes(api: NeutronApi): Route[] {
  const { pools } = api.service;
  return resourceRoutes(api, {
    ...{ path: '/lbaas/pools', kind: 'pools', spec, filters },
    view: poolView,
    row: ({ pool }: PoolDetail) => pool,
    list: async (call, request) =>
      (await pools.list(withinReach(api, call, 'pools', request))).map(poolView),
    find: (call) => pools.get(param(call, 'id')),
    create: async (call, { input }) => {
      await checkParents(api, call, input);
      return pools.create(input);
    },
    undo: (_call, id) => api.undo.pools.delete(id),
    update: (_call, { pool }, input) => pools.update(pool.id, input),
    remove: ({ pool }) => pools.delete(pool.id),
  });
}

async function checkParents(api: NeutronApi, call: Call, input: NewPool): Promise<void> {
  const { listeners, pools } = api.service;
  const { loadbalancer_id: loadbalancerId, listener_id: listenerId } = input;
  if (loadbalancerId === null && listenerId === null) {
    const message = 'Pool must be created with a loadbalancer or listener.';
    throw neutronError('bad_request', 'PoolMustHaveLoadbalancer', message);
  }
  const listener = listenerId === null ? undefined : (await listeners.get(listenerId)).listener;
  if (listener !== undefined) checkReadable(api, call, 'listeners', listener);
  const other = listener !== undefined && loadbalancerId !== null;
  if (other && listener.loadbalancer_id !== loadbalancerId) {
    const message = 'Listener and pool must be on the same loadbalancer.';
    throw neutronError('bad_request', 'ListenerAndPoolMustBeOnSameLoadbalancer', message);
  }
  const loadBalancer = await pools.parentOf(input);
  checkReadable(api, call, 'loadbalancers', loadBalancer);
  checkCreatable(api, call, 'pools', loadBalancer.project_id);
}

function persistenceView(persistence: SessionPersistence | null): object | null {
  if (persistence === null) return null;
  return { type: persistence.type, cookie_name: persistence.cookie_name };
}

export function poolView({ pool: row, listenerIds, healthmonitorId, memberIds }: PoolDetail): View {
  return {
    id: row.id,
    ...owner(row),
    name: row.name,
    description: row.description,
    listeners: references(listenerIds),
    loadbalancers: references([row.loadbalancer_id]),
    healthmonitor_id: healthmonitorId ?? null,
    protocol: row.protocol,
    lb_algorithm: row.lb_algorithm,
    session_persistence: persistenceView(row.session_persistence),
    members: references(memberIds),
    admin_state_up: row.admin_state_up,
  };
}
