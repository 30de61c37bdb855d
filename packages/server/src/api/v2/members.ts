// /lbaas/pools/{pool}/members
import type { Member, Pool } from '@f5-lbaas/model';

import { param, type Call, type Route } from '../shared/http-call.ts';
import { checkCreatable, checkReadable, type NeutronApi } from '../shared/neutron/access.ts';
import { CHANGEABLE, optional, required, shown } from '../shared/neutron/attribute-map.ts';
import { boolean, integer, ipAddress, text, uuid } from '../shared/neutron/attribute-types.ts';
import type { FilterTypes, View } from '../shared/neutron/list-query.ts';
import { resourceRoutes } from '../shared/neutron/resource-routes.ts';
import { owner } from './references.ts';

export const memberAttributes = {
  id: shown,
  address: required(ipAddress),
  protocol_port: required(integer(1, 65_535)),
  weight: optional(integer(0, 256), 1, CHANGEABLE),
  admin_state_up: optional(boolean, true, CHANGEABLE),
  subnet_id: required(uuid),
  name: optional(text(255), '', CHANGEABLE),
};
const spec = { singular: 'member', plural: 'members', attributes: memberAttributes };

const filters: FilterTypes = {
  id: 'text',
  name: 'text',
  tenant_id: 'text',
  project_id: 'text',
  address: 'text',
  protocol_port: 'integer',
  weight: 'integer',
  subnet_id: 'text',
  admin_state_up: 'boolean',
};

interface Found {
  pool: Pool;
  member: Member;
}

export function memberRoutes(api: NeutronApi): Route[] {
  const { members, pools } = api.service;
  const poolOf = async (call: Call): Promise<Pool> => {
    const { pool } = await pools.get(param(call, 'pool'));
    checkReadable(api, call, 'pools', pool);
    return pool;
  };
  return resourceRoutes(api, {
    ...{ path: '/lbaas/pools/:pool/members', kind: 'members', spec, filters },
    view: ({ member }: Found) => memberView(member),
    row: ({ member }: Found) => member,
    list: async (call, request) =>
      (await members.list((await poolOf(call)).id, request)).map(memberView),
    find: async (call) => {
      const pool = await poolOf(call);
      return { pool, member: await members.get(pool.id, param(call, 'id')) };
    },
    create: async (call, { input }) => {
      const pool = await poolOf(call);
      checkCreatable(api, call, 'members', pool.project_id);
      const caller = { token: call.identity.token };
      return { pool, member: await members.create(caller, pool, input) };
    },
    undo: async (call, id) => api.undo.members.delete(await poolOf(call), id),
    update: async (_call, { pool, member }, input) => ({
      pool,
      member: await members.update(pool, member.id, input),
    }),
    remove: ({ pool, member }) => members.delete(pool, member.id),
  });
}

export function memberView(row: Member): View {
  return {
    id: row.id,
    ...owner(row),
    name: row.name,
    address: row.address,
    protocol_port: row.protocol_port,
    weight: row.weight,
    admin_state_up: row.admin_state_up,
    subnet_id: row.subnet_id,
  };
}
