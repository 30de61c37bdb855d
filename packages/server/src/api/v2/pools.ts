// /lbaas/pools
import type { Pool, SessionPersistence } from '@f5-lbaas/model';

import type { PoolDetail } from '../../service/reading/relations.ts';
import { param, type Call, type Route } from '../shared/http-call.ts';
import {
  checkChangeable,
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
import {
  pageBody,
  parseListQuery,
  type FilterTypes,
  type View,
} from '../shared/neutron/list-query.ts';
import { parseUpdate } from '../shared/neutron/parse-body.ts';
import { neutronError } from '../shared/neutron/request-error.ts';
import { createAnswer, itemAnswer } from '../shared/neutron/resource-calls.ts';
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
  const create = async (call: Call, input: NewPool): Promise<View> => {
    await checkParents(api, call, input);
    return poolView(await pools.create(input));
  };
  return [
    {
      path: '/lbaas/pools',
      methods: {
        GET: async (call) => {
          const request = parseListQuery(call.query, filters);
          const list = await pools.list(withinReach(api, call, 'pools', request));
          return { status: 200, body: pageBody('pools', list.map(poolView), call, request) };
        },
        POST: (call) =>
          createAnswer(
            spec,
            call,
            ({ input }) => create(call, input),
            (id) => api.undo.pools.delete(id),
          ),
      },
    },
    {
      path: '/lbaas/pools/:id',
      methods: {
        GET: async (call) => {
          const detail = await pools.get(param(call, 'id'));
          checkReadable(api, call, 'pools', detail.pool);
          return itemAnswer('pool', poolView(detail), call);
        },
        PUT: async (call) => {
          const input = parseUpdate(spec, call.body);
          const { id } = await changeable(api, call, 'put');
          return { status: 200, body: { pool: poolView(await pools.update(id, input)) } };
        },
        DELETE: async (call) => {
          const { id } = await changeable(api, call, 'delete');
          await pools.delete(id);
          return { status: 204 };
        },
      },
    },
  ];
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

async function changeable(api: NeutronApi, call: Call, verb: 'put' | 'delete'): Promise<Pool> {
  const { pool } = await api.service.pools.get(param(call, 'id'));
  checkChangeable(api, call, 'pools', pool, verb);
  return pool;
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
