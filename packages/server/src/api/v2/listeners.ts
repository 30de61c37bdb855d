// /lbaas/listeners
import type { ListenerDetail } from '../../service/reading/relations.ts';
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
  connectionLimit,
  integer,
  listOf,
  nullable,
  oneOf,
  text,
  uuid,
} from '../shared/neutron/attribute-types.ts';
import type { FilterTypes, View } from '../shared/neutron/list-query.ts';
import { neutronError } from '../shared/neutron/request-error.ts';
import { resourceRoutes } from '../shared/neutron/resource-routes.ts';
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
  return resourceRoutes(api, {
    ...{ path: '/lbaas/listeners', kind: 'listeners', spec, filters },
    view: listenerView,
    row: ({ listener }: ListenerDetail) => listener,
    list: async (call, request) =>
      (await listeners.list(withinReach(api, call, 'listeners', request))).map(listenerView),
    find: (call) => listeners.get(param(call, 'id')),
    create: async (call, { input }) => {
      const loadbalancerId = await rootOf(api, call, input);
      return listeners.create({ ...input, loadbalancer_id: loadbalancerId });
    },
    undo: (_call, id) => api.undo.listeners.delete(id),
    update: async (_call, { listener }, input) => {
      await checkPoolIsBeside(api, input.default_pool_id, listener.loadbalancer_id);
      return listeners.update(listener.id, input);
    },
    remove: ({ listener }) => listeners.delete(listener.id),
  });
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
