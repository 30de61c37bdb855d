// /lbaas/pools/{pool}/members
import type { Member, Pool } from '@f5-lbaas/model';

import { param, type Call, type Route } from '../shared/http-call.ts';
import {
  checkChangeable,
  checkCreatable,
  checkReadable,
  type NeutronApi,
} from '../shared/neutron/access.ts';
import { CHANGEABLE, optional, required, shown } from '../shared/neutron/attribute-map.ts';
import { boolean, integer, ipAddress, text, uuid } from '../shared/neutron/attribute-types.ts';
import {
  pageBody,
  parseListQuery,
  type FilterTypes,
  type View,
} from '../shared/neutron/list-query.ts';
import { parseUpdate } from '../shared/neutron/parse-body.ts';
import { createAnswer, itemAnswer } from '../shared/neutron/resource-calls.ts';
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

export function memberRoutes(api: NeutronApi): Route[] {
  const { members, pools } = api.service;
  const poolOf = async (call: Call): Promise<Pool> => {
    const { pool } = await pools.get(param(call, 'pool'));
    checkReadable(api, call, 'pools', pool);
    return pool;
  };
  const changeable = async (call: Call, verb: 'put' | 'delete') => {
    const pool = await poolOf(call);
    const member = await members.get(pool.id, param(call, 'id'));
    checkChangeable(api, call, 'members', member, verb);
    return { pool, member };
  };
  return [
    {
      path: '/lbaas/pools/:pool/members',
      methods: {
        GET: async (call) => {
          const pool = await poolOf(call);
          const request = parseListQuery(call.query, filters);
          const views = (await members.list(pool.id, request)).map(memberView);
          return { status: 200, body: pageBody('members', views, call, request) };
        },
        POST: (call) =>
          createAnswer(
            spec,
            call,
            async ({ input }) => {
              const pool = await poolOf(call);
              checkCreatable(api, call, 'members', pool.project_id);
              const caller = { token: call.identity.token };
              return memberView(await members.create(caller, pool, input));
            },
            async (id) => api.undo.members.delete(await poolOf(call), id),
          ),
      },
    },
    {
      path: '/lbaas/pools/:pool/members/:id',
      methods: {
        GET: async (call) => {
          const pool = await poolOf(call);
          const member = await members.get(pool.id, param(call, 'id'));
          return itemAnswer('member', memberView(member), call);
        },
        PUT: async (call) => {
          const input = parseUpdate(spec, call.body);
          const { pool, member } = await changeable(call, 'put');
          const updated = await members.update(pool, member.id, input);
          return { status: 200, body: { member: memberView(updated) } };
        },
        DELETE: async (call) => {
          const { pool, member } = await changeable(call, 'delete');
          await members.delete(pool, member.id);
          return { status: 204 };
        },
      },
    },
  ];
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
