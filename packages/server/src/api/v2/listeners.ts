// /lbaas/listeners
import type { Listener } from '@f5-lbaas/model';

import type { ListenerDetail } from '../../service/reading/relations.ts';
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
  connectionLimit,
  integer,
  listOf,
  nullable,
  oneOf,
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

const CONTAINER_LENGTH_MAX = 128;

/** Without its parents. */
export const plainListenerAttributes = {
  name: optional(text(255), '', CHANGEABLE),
  description: optional(text(255), '', CHANGEABLE),
  default_tls_container_ref: optional(nullable(text(CONTAINER_LENGTH_MAX)), null, CHANGEABLE),
  sni_container_refs: optional(listOf(text(CONTAINER_LENGTH_MAX)), [], CHANGEABLE),
  connection_limit: optional(connectionLimit, -1, CHANGEABLE),
  protocol: required(oneOf(['TCP', 'HTTPS', 'HTTP', 'TERMINATED_HTTPS'])),
  protocol_port: required(integer(1, 65_535)),
  admin_state_up: optional(boolean, true, CHANGEABLE),
};
const spec = {
  singular: 'listener',
  plural: 'listeners',
  attributes: {
    id: shown,
    loadbalancers: shown,
    loadbalancer_id: optional(nullable(uuid), null),
    default_pool_id: optional(nullable(uuid), null, CHANGEABLE),
    ...plainListenerAttributes,
  },
};
type NewListener = Created<typeof spec.attributes>;

const filters: FilterTypes = {
  id: 'text',
  name: 'text',
  description: 'text',
  tenant_id: 'text',
  project_id: 'text',
  loadbalancer_id: 'text',
  default_pool_id: 'text',
  default_tls_container_ref: 'text',
  connection_limit: 'integer',
  protocol: 'text',
  protocol_port: 'integer',
  admin_state_up: 'boolean',
};

export function listenerRoutes(api: NeutronApi): Route[] {
  const { listeners } = api.service;
  const create = async (call: Call, input: NewListener): Promise<View> => {
    const loadbalancerId = await rootOf(api, call, input);
    const detail = await listeners.create({ ...input, loadbalancer_id: loadbalancerId });
    return listenerView(detail);
  };
  return [
    {
      path: '/lbaas/listeners',
      methods: {
        GET: async (call) => {
          const request = parseListQuery(call.query, filters);
          const list = await listeners.list(withinReach(api, call, 'listeners', request));
          return {
            status: 200,
            body: pageBody('listeners', list.map(listenerView), call, request),
          };
        },
        POST: (call) =>
          createAnswer(
            spec,
            call,
            ({ input }) => create(call, input),
            (id) => api.undo.listeners.delete(id),
          ),
      },
    },
    {
      path: '/lbaas/listeners/:id',
      methods: {
        GET: async (call) => {
          const detail = await listeners.get(param(call, 'id'));
          checkReadable(api, call, 'listeners', detail.listener);
          return itemAnswer('listener', listenerView(detail), call);
        },
        PUT: async (call) => {
          const input = parseUpdate(spec, call.body);
          const listener = await changeable(api, call, 'put');
          await checkPoolIsBeside(api, input.default_pool_id, listener.loadbalancer_id);
          const detail = await listeners.update(listener.id, input);
          return { status: 200, body: { listener: listenerView(detail) } };
        },
        DELETE: async (call) => {
          const { id } = await changeable(api, call, 'delete');
          await listeners.delete(id);
          return { status: 204 };
        },
      },
    },
  ];
}

/** The load balancer of a new listener: named, or that of its pool. */
async function rootOf(api: NeutronApi, call: Call, input: NewListener): Promise<string> {
  const { loadbalancers, pools } = api.service;
  const named = input.loadbalancer_id;
  const pool =
    named === null && input.default_pool_id !== null
      ? (await pools.get(input.default_pool_id)).pool
      : undefined;
  const id = named ?? pool?.loadbalancer_id;
  if (id === undefined) {
    const message = 'Listener must be created with a loadbalancer or pool.';
    throw neutronError('bad_request', 'ListenerMustHaveLoadbalancer', message);
  }
  const { loadbalancer } = await loadbalancers.get(id);
  checkReadable(api, call, 'loadbalancers', loadbalancer);
  checkCreatable(api, call, 'listeners', loadbalancer.project_id);
  await checkPoolIsBeside(api, input.default_pool_id, id);
  return id;
}

async function checkPoolIsBeside(
  { service }: NeutronApi,
  poolId: string | null | undefined,
  loadbalancerId: string,
): Promise<void> {
  if (poolId === null || poolId === undefined) return;
  const { pool } = await service.pools.get(poolId);
  if (pool.loadbalancer_id === loadbalancerId) return;
  const message = `Pool ${pool.id} is on loadbalancer ${pool.loadbalancer_id}.`;
  throw neutronError('bad_request', 'ListenerPoolLoadbalancerMismatch', message);
}

async function changeable(api: NeutronApi, call: Call, verb: 'put' | 'delete'): Promise<Listener> {
  const { listener } = await api.service.listeners.get(param(call, 'id'));
  checkChangeable(api, call, 'listeners', listener, verb);
  return listener;
}

export function listenerView({ listener: row }: Pick<ListenerDetail, 'listener'>): View {
  return {
    id: row.id,
    ...owner(row),
    name: row.name,
    description: row.description,
    loadbalancers: references([row.loadbalancer_id]),
    default_pool_id: row.default_pool_id,
    default_tls_container_ref: row.default_tls_container_ref,
    sni_container_refs: row.sni_container_refs,
    connection_limit: row.connection_limit,
    protocol: row.protocol,
    protocol_port: row.protocol_port,
    admin_state_up: row.admin_state_up,
  };
}
