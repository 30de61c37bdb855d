// /lb/members
import type { Member, Pool } from '@f5-lbaas/model';

import { param, type Call, type Route } from '../shared/http-call.ts';
import { checkChangeable, checkCreatable, checkReadable } from '../shared/neutron/access.ts';
import { CHANGEABLE, optional, required, shown } from '../shared/neutron/attribute-map.ts';
import { boolean, integer, ipAddress, uuid } from '../shared/neutron/attribute-types.ts';
import type { FilterTypes, View } from '../shared/neutron/list-query.ts';
import { parseUpdate } from '../shared/neutron/parse-body.ts';
import { neutronError } from '../shared/neutron/request-error.ts';
import { createAnswer, itemAnswer } from '../shared/neutron/resource-calls.ts';
import { memberStatus, statusDescription } from './status.ts';
import { listAnswer, owner, type V1Api } from './v1-api.ts';

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
  const changeable = async (call: Call, verb: 'put' | 'delete'): Promise<Member> => {
    const member = await members.find(param(call, 'id'));
    checkChangeable(api, call, 'members', member, verb);
    return member;
  };
  const remove = async ({ id, pool_id }: Member): Promise<void> =>
    members.delete((await api.service.pools.get(pool_id)).pool, id);
  return [
    {
      path: '/lb/members',
      methods: {
        GET: (call) =>
          listAnswer(api, call, { plural: 'members', kind: 'members', filters }, async (where) =>
            (await members.listAll({ where })).map(memberView),
          ),
        POST: (call) =>
          createAnswer(
            spec,
            call,
            async ({ projectId, input: { pool_id, ...member } }) => {
              checkCreatable(api, call, 'members', projectId);
              const pool = await poolFor(api, call, pool_id, projectId);
              const caller = { token: call.identity.token };
              return memberView(await members.create(caller, pool, member));
            },
            async (id) => remove(await members.find(id)),
          ),
      },
    },
    {
      path: '/lb/members/:id',
      methods: {
        GET: async (call) => {
          const member = await members.find(param(call, 'id'));
          checkReadable(api, call, 'members', member);
          return itemAnswer('member', memberView(member), call);
        },
        PUT: async (call) => {
          const { pool_id: poolId, ...changes } = parseUpdate(spec, call.body);
          const member = await changeable(call, 'put');
          const pool = await poolFor(api, call, poolId ?? member.pool_id, member.project_id);
          const updated =
            pool.id === member.pool_id
              ? await members.update(pool, member.id, changes)
              : await api.v1.moveMember(member, pool, changes);
          return { status: 200, body: { member: memberView(updated) } };
        },
        DELETE: async (call) => {
          await remove(await changeable(call, 'delete'));
          return { status: 204 };
        },
      },
    },
  ];
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
