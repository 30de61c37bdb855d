// /lb/pools
import type { V1Pool } from '../../service/lbaas-v1/v1-reading.ts';
import { param, type Route } from '../shared/http-call.ts';
import { checkCreatable, checkReadable } from '../shared/neutron/access.ts';
import {
  CHANGEABLE,
  optional,
  required,
  shown,
  unspecified,
} from '../shared/neutron/attribute-map.ts';
import { boolean, listOf, nonBlank, oneOf, text, uuid } from '../shared/neutron/attribute-types.ts';
import type { FilterTypes, View } from '../shared/neutron/list-query.ts';
import { resourceRoutes } from '../shared/neutron/resource-routes.ts';
import { statusDescription, statusOf } from './status.ts';
import { listViews, owner, type V1Api } from './v1-api.ts';

const METHODS = ['ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP'] as const;

const spec = {
  singular: 'pool',
  plural: 'pools',
  attributes: {
    id: shown,
    vip_id: shown,
    name: optional(text(255), '', CHANGEABLE),
    description: optional(text(255), '', CHANGEABLE),
    subnet_id: required(uuid),
    protocol: required(oneOf(['TCP', 'HTTP', 'HTTPS'])),
    provider: unspecified(nonBlank(255)),
    lb_method: required(oneOf(METHODS), CHANGEABLE),
    members: shown,
    // Read and ignored, as v1 does: monitors are associated one by one.
    health_monitors: unspecified(listOf(uuid), CHANGEABLE),
    health_monitors_status: shown,
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
  vip_id: 'text',
  subnet_id: 'text',
  protocol: 'text',
  provider: 'text',
  lb_method: 'text',
  admin_state_up: 'boolean',
  status: 'text',
};

export function poolRoutes(api: V1Api): Route[] {
  const { pools } = api.v1;
  return resourceRoutes(api, {
    ...{ path: '/lb/pools', kind: 'pools', spec, filters },
    view: poolView,
    row: ({ pool }: V1Pool) => pool,
    list: (call, request) =>
      listViews(api, call, { kind: 'pools', request }, async (where) =>
        (await pools.list(where)).map(poolView),
      ),
    find: (call) => pools.get(param(call, 'id')),
    create: async (call, { projectId, input }) => {
      checkCreatable(api, call, 'pools', projectId);
      const { name, description, protocol, admin_state_up, lb_method } = input;
      return pools.create({ token: call.identity.token }, projectId, {
        spec: { name, description, protocol, admin_state_up, lb_algorithm: lb_method },
        subnetId: input.subnet_id,
        provider: input.provider?.toLowerCase(),
      });
    },
    undo: (_call, id) => pools.delete(id),
    update: async (_call, { pool: { id } }, input) => {
      const { name, description, admin_state_up, lb_method } = input;
      const method = lb_method === undefined ? {} : { lb_algorithm: lb_method };
      await api.service.pools.update(id, { name, description, admin_state_up, ...method });
      return pools.get(id);
    },
    remove: ({ pool }) => pools.delete(pool.id),
  });
}

export function poolStatsRoutes(api: V1Api): Route[] {
  const { pools } = api.v1;
  return [
    {
      path: '/lb/pools/:id/stats',
      methods: {
        GET: async (call) => {
          const { pool } = await pools.get(param(call, 'id'));
          checkReadable(api, call, 'pools', pool);
          const counters = await pools.statistics(pool);
          const { bytes_in, bytes_out, active_connections, total_connections } = counters;
          const stats = { bytes_in, bytes_out, active_connections, total_connections };
          return { status: 200, body: { stats } };
        },
      },
    },
  ];
}

export function poolView({ pool, loadbalancer, known, vipId, members, monitors }: V1Pool): View {
  return {
    id: pool.id,
    ...owner(pool),
    vip_id: vipId ?? null,
    name: pool.name,
    description: pool.description,
    subnet_id: known?.subnet_id ?? loadbalancer.vip_subnet_id,
    protocol: pool.protocol,
    provider: loadbalancer.provider,
    lb_method: pool.lb_algorithm,
    members: members.map((member) => member.id),
    health_monitors: monitors.map(({ monitorId }) => monitorId),
    health_monitors_status: monitors.map(({ monitorId, row }) => ({
      monitor_id: monitorId,
      status: statusOf(row),
      status_description: statusDescription(row),
    })),
    admin_state_up: pool.admin_state_up,
    status: statusOf(pool),
    status_description: statusDescription(pool),
  };
}
