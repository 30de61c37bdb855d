// /lb/members
import type { Member, Pool } from '@f5-lbaas/model';

import { param, type Call, type Route } from '../shared/http-call.ts';
import { checkCreatable, checkReadable } from '../shared/neutron/access.ts';
import { CHANGEABLE, optional, required, shown } from '../shared/neutron/attribute-map.ts';
import { boolean, integer, ipAddress, uuid } from '../shared/neutron/attribute-types.ts';
import type { FilterTypes, View } from '../shared/neutron/list-query.ts';
import { neutronError } from '../shared/neutron/request-error.ts';
import { resourceRoutes } from '../shared/neutron/resource-routes.ts';
import { memberStatus, statusDescription } from './status.ts';
import { listViews, owner, type V1Api } from './v1-api.ts';

const spec = {
  singular: 'member',
  plural: 'members',
  attributes: {
    id: shown,
    pool_id: required(uuid, CHANGEABLE),
    address: required(ipAddress),
    protocol_port: required(integer(0, 65_535)),
    weight: optional(integer(0, 256), 1, CHANGEABLE),
    admin_state_up: optional(boolean, true, CHANGEABLE),
    status: shown,
    status_description: shown,
  },
};
const filters: FilterTypes = {
  id: 'text',
  tenant_id: 'text',
  project_id: 'text',
  pool_id: 'text',
  address: 'text',
  protocol_port: 'integer',
  weight: 'integer',
  admin_state_up: 'boolean',
  status: 'text',
};

export function memberRoutes(api: V1Api): Route[] {
  const { members } = api.service;
  const remove = async ({ id, pool_id }: Member): Promise<void> =>
    members.delete((await api.service.pools.get(pool_id)).pool, id);
  return resourceRoutes(api, {
    ...{ path: '/lb/members', kind: 'members', spec, filters },
    view: memberView,
    row: (member: Member) => member,
    list: (call, request) =>
      listViews(api, call, { kind: 'members', request }, async (where) =>
        (await members.listAll({ where })).map(memberView),
      ),
    find: (call) => members.find(param(call, 'id')),
    create: async (call, { projectId, input: { pool_id, ...member } }) => {
      checkCreatable(api, call, 'members', projectId);
      const pool = await poolFor(api, call, pool_id, projectId);
      const subnet_id = await api.v1.memberSubnet(pool, member.address);
      return members.create({ token: call.identity.token }, pool, { ...member, subnet_id });
    },
    undo: async (_call, id) => remove(await members.find(id)),
    update: async (call, member, { pool_id: poolId, ...changes }) => {
      const pool = await poolFor(api, call, poolId ?? member.pool_id, member.project_id);
      return pool.id === member.pool_id
        ? members.update(pool, member.id, changes)
        : api.v1.moveMember(member, pool, changes);
    },
    remove,
  });
}

async function poolFor(api: V1Api, call: Call, id: string, projectId: string): Promise<Pool> {
  const { pool } = await api.service.pools.get(id);
  checkReadable(api, call, 'pools', pool);
  if (pool.project_id === projectId) return pool;
  throw neutronError('forbidden', 'NotAuthorized', 'Not authorized.');
}

function memberView(row: Member): View {
  return {
    id: row.id,
    ...owner(row),
    pool_id: row.pool_id,
    address: row.address,
    protocol_port: row.protocol_port,
    weight: row.weight,
    admin_state_up: row.admin_state_up,
    status: memberStatus(row),
    status_description: statusDescription(row),
  };
}
