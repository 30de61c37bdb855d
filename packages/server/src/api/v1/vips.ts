// /lb/vips
import type { SessionPersistence } from '@f5-lbaas/model';

import type { V1Vip } from '../../service/lbaas-v1/v1-reading.ts';
import { param, type Call, type Route } from '../shared/http-call.ts';
import { checkChangeable, checkCreatable, checkReadable } from '../shared/neutron/access.ts';
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
import { parseUpdate, type OwnedInput } from '../shared/neutron/parse-body.ts';
import { neutronError } from '../shared/neutron/request-error.ts';
import { createAnswer, itemAnswer } from '../shared/neutron/resource-calls.ts';
import { statusDescription, statusOf } from './status.ts';
import { listAnswer, owner, type V1Api } from './v1-api.ts';

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
  const changeable = async (call: Call, verb: 'put' | 'delete'): Promise<V1Vip> => {
    const vip = await vips.get(param(call, 'id'));
    checkVipReadable(api, call, vip);
    checkChangeable(api, call, 'listeners', vip.listener, verb);
    return vip;
  };
  return [
    {
      path: '/lb/vips',
      methods: {
        GET: (call) =>
          listAnswer(api, call, { plural: 'vips', kind: 'listeners', filters }, async (where) =>
            (await vips.list(where)).map(vipView),
          ),
        POST: (call) =>
          createAnswer(
            spec,
            call,
            (item) => create(api, call, item),
            (id) => vips.delete(id),
          ),
      },
    },
    {
      path: '/lb/vips/:id',
      methods: {
        GET: async (call) => {
          const vip = await vips.get(param(call, 'id'));
          checkVipReadable(api, call, vip);
          return itemAnswer('vip', vipView(vip), call);
        },
        PUT: async (call) => {
          const input = parseUpdate(spec, call.body);
          const { listener } = await changeable(call, 'put');
          const { pool_id, session_persistence, ...plain } = input;
          if (pool_id !== undefined) await checkPool(api, call, pool_id, listener.project_id);
          const updated = await vips.update(listener.id, {
            listener: plain,
            poolId: pool_id,
            persistence: session_persistence ?? null,
          });
          return { status: 200, body: { vip: vipView(updated) } };
        },
        DELETE: async (call) => {
          const { listener } = await changeable(call, 'delete');
          await vips.delete(listener.id);
          return { status: 204 };
        },
      },
    },
  ];
}

async function create(
  api: V1Api,
  call: Call,
  { projectId, input }: OwnedInput<Created<typeof spec.attributes>>,
): Promise<View> {
  checkCreatable(api, call, 'listeners', projectId);
  const { pool_id, subnet_id, address, session_persistence, ...plain } = input;
  await checkPool(api, call, pool_id, projectId);
  const created = await api.v1.vips.create(
    { token: call.identity.token },
    {
      spec: plain,
      poolId: pool_id,
      subnetId: subnet_id,
      address,
      persistence: session_persistence,
    },
  );
  return vipView(created);
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
