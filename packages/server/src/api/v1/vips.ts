// /lb/vips
import type { SessionPersistence } from '@f5-lbaas/model';

import type { V1Vip } from '../../service/lbaas-v1/v1-reading.ts';
import { param, type Call, type Route } from '../shared/http-call.ts';
import { checkCreatable, checkReadable } from '../shared/neutron/access.ts';
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
  ipAddress,
  nullable,
  oneOf,
  sessionPersistence,
  text,
  uuid,
} from '../shared/neutron/attribute-types.ts';
import type { FilterTypes, View } from '../shared/neutron/list-query.ts';
import type { OwnedInput } from '../shared/neutron/parse-body.ts';
import { neutronError } from '../shared/neutron/request-error.ts';
import { resourceRoutes } from '../shared/neutron/resource-routes.ts';
import { statusDescription, statusOf } from './status.ts';
import { listViews, owner, type V1Api } from './v1-api.ts';

const spec = {
  singular: 'vip',
  plural: 'vips',
  attributes: {
    id: shown,
    name: optional(text(255), '', CHANGEABLE),
    description: optional(text(255), '', CHANGEABLE),
    subnet_id: required(uuid),
    address: optional(nullable(ipAddress), null),
    port_id: shown,
    protocol_port: required(integer(0, 65_535)),
    protocol: required(oneOf(['TCP', 'HTTP', 'HTTPS'])),
    pool_id: required(uuid, CHANGEABLE),
    session_persistence: optional(sessionPersistence, null, CHANGEABLE),
    connection_limit: optional(connectionLimit, -1, CHANGEABLE),
    admin_state_up: optional(boolean, true, CHANGEABLE),
    status: shown,
    status_description: shown,
  },
};
const filters: FilterTypes = {
  id: 'text',
  name: 'text',
  description: 'text',
  tenant_id: 'text',
  project_id: 'text',
  subnet_id: 'text',
  address: 'text',
  port_id: 'text',
  protocol_port: 'integer',
  protocol: 'text',
  pool_id: 'text',
  connection_limit: 'integer',
  admin_state_up: 'boolean',
  status: 'text',
};

export function vipRoutes(api: V1Api): Route[] {
  const { vips } = api.v1;
  return resourceRoutes(api, {
    ...{ path: '/lb/vips', kind: 'listeners', spec, filters },
    view: vipView,
    row: ({ listener }: V1Vip) => listener,
    list: (call, request) =>
      listViews(api, call, { kind: 'listeners', request }, async (where) =>
        (await vips.list(where)).map(vipView),
      ),
    find: async (call) => {
      const vip = await vips.get(param(call, 'id'));
      checkVipReadable(api, call, vip);
      return vip;
    },
    create: (call, item) => create(api, call, item),
    undo: (_call, id) => vips.delete(id),
    update: async (call, { listener }, { pool_id, session_persistence, ...plain }) => {
      if (pool_id !== undefined) await checkPool(api, call, pool_id, listener.project_id);
      return vips.update(listener.id, {
        listener: plain,
        poolId: pool_id,
        persistence: session_persistence ?? null,
      });
    },
    remove: ({ listener }) => vips.delete(listener.id),
  });
}

async function create(
  api: V1Api,
  call: Call,
  { projectId, input }: OwnedInput<Created<typeof spec.attributes>>,
): Promise<V1Vip> {
  checkCreatable(api, call, 'listeners', projectId);
  const { pool_id, subnet_id, address, session_persistence, ...plain } = input;
  await checkPool(api, call, pool_id, projectId);
  return api.v1.vips.create(
    { token: call.identity.token },
    {
      spec: plain,
      poolId: pool_id,
      subnetId: subnet_id,
      address,
      persistence: session_persistence,
    },
  );
}

/** @throws not found, forbidden when the pool is another tenant's */
async function checkPool(api: V1Api, call: Call, poolId: string, projectId: string): Promise<void> {
  const { pool } = await api.v1.pools.get(poolId);
  checkReadable(api, call, 'pools', pool);
  if (pool.project_id !== projectId) {
    throw neutronError('forbidden', 'NotAuthorized', 'Not authorized.');
  }
}

function checkVipReadable(api: V1Api, call: Call, { listener }: V1Vip): void {
  if (api.policy.allows(call.identity, 'listener:get_one', listener.project_id)) return;
  const message = `Vip ${listener.id} could not be found`;
  throw neutronError('not_found', 'VipNotFound', message);
}

function persistenceView(persistence: SessionPersistence | null): object | null {
  if (persistence === null) return null;
  const { type, cookie_name } = persistence;
  return type === 'APP_COOKIE' ? { type, cookie_name } : { type };
}

function vipView({ listener, loadbalancer, pool }: V1Vip): View {
  return {
    id: listener.id,
    ...owner(listener),
    name: listener.name,
    description: listener.description,
    subnet_id: loadbalancer.vip_subnet_id,
    address: loadbalancer.vip_address,
    port_id: loadbalancer.vip_port_id,
    protocol_port: listener.protocol_port,
    protocol: listener.protocol,
    pool_id: pool.id,
    session_persistence: persistenceView(pool.session_persistence),
    connection_limit: listener.connection_limit,
    admin_state_up: listener.admin_state_up,
    status: statusOf(listener),
    status_description: statusDescription(listener),
  };
}
