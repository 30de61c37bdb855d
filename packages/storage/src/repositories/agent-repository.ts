// Agents as they last reported, tenants bound to them, and the elected one of each device group.
import { translating } from '../errors.ts';
import { wherePredicates } from '../query/filters.ts';
import { codecFor } from '../schema/codec.ts';
import {
  AGENT_COLUMNS,
  CLUSTERWIDE_AGENT_COLUMNS,
  TENANT_BINDING_COLUMNS,
} from '../schema/columns.ts';
import type { Database } from '../schema/database.ts';
import type {
  AgentRepository,
  AgentRow,
  ClusterwideAgentRepository,
  Condition,
  TenantBindingRepository,
  TenantBindingRow,
} from '../storage.ts';
import { insertUnlessPresent, insertOrUpdate } from './upsert.ts';
import type { RepositoryContext } from './context.ts';

const agentCodec = codecFor(AGENT_COLUMNS);
const bindingCodec = codecFor(TENANT_BINDING_COLUMNS);
const clusterwideCodec = codecFor(CLUSTERWIDE_AGENT_COLUMNS);

type Context = Pick<RepositoryContext, 'kind' | 'db'>;

export function agentRepository(context: Context): AgentRepository {
  const { db } = context;
  const select = () => db.selectFrom('agents').selectAll();
  const one = async (query: ReturnType<typeof select>): Promise<AgentRow | undefined> => {
    const stored = await translating(() => query.executeTakeFirst());
    return stored === undefined ? undefined : agentCodec.decode(stored);
  };
  return {
    find: (id) => one(select().where('id', '=', id)),
    findByHost: (agentType, host) =>
      one(select().where('agent_type', '=', agentType).where('host', '=', host)),
    async list(where) {
      let query = select().orderBy('created_at').orderBy('id');
      for (const predicate of wherePredicates(AGENT_COLUMNS, where)) query = query.where(predicate);
      const stored = await translating(() => query.execute());
      return stored.map((row) => agentCodec.decode(row));
    },
    async upsert(row) {
      await insertOrUpdate(context, {
        table: 'agents',
        row: agentCodec.encode(row),
        key: ['agent_type', 'host'],
        update: ['binary', 'topic', 'configurations', 'started_at', 'heartbeat_timestamp'],
      });
    },
    async update(id, changes) {
      const set = agentCodec.encode(changes);
      if (Object.keys(set).length === 0) return;
      await translating(() => db.updateTable('agents').set(set).where('id', '=', id).execute());
    },
    async delete(id) {
      await translating(() => db.deleteFrom('agents').where('id', '=', id).execute());
    },
  };
}

export function tenantBindingRepository(context: Context): TenantBindingRepository {
  const { db } = context;
  const table = 'tenant_bindings';
  const rows = async (where: Record<string, Condition>): Promise<TenantBindingRow[]> => {
    let query = db.selectFrom(table).selectAll().orderBy('project_id').orderBy('environment');
    for (const predicate of wherePredicates(TENANT_BINDING_COLUMNS, where)) {
      query = query.where(predicate);
    }
    const stored = await translating(() => query.execute());
    return stored.map((row) => bindingCodec.decode(row));
  };
  const find = (projectId: string, environment: string, lock = false) =>
    findByKey(context, table, { project_id: projectId, environment }, lock);
  return {
    async find(projectId, environment) {
      const stored = await find(projectId, environment);
      return stored === undefined ? undefined : bindingCodec.decode(stored);
    },
    list: (environment) => rows({ environment }),
    listByAgent: (agent_id, environment) =>
      rows({ agent_id, ...(environment !== undefined && { environment }) }),
    async bind(row) {
      await insertUnlessPresent(context, table, bindingCodec.encode(row));
      const stored = await find(row.project_id, row.environment, true);
      return stored === undefined ? row : bindingCodec.decode(stored);
    },
    async rebind(row, fromAgentId) {
      const update = db
        .updateTable(table)
        .set({ agent_id: row.agent_id })
        .where('project_id', '=', row.project_id)
        .where('environment', '=', row.environment)
        .where('agent_id', '=', fromAgentId);
      const result = await translating(() => update.executeTakeFirst());
      return result.numUpdatedRows === 1n;
    },
  };
}

export function clusterwideAgentRepository(context: Context): ClusterwideAgentRepository {
  const { db } = context;
  const table = 'clusterwide_agents';
  return {
    async find(environment, groupNumber) {
      const key = { environment, group_number: groupNumber };
      const stored = await findByKey(context, table, key, false);
      return stored === undefined ? undefined : clusterwideCodec.decode(stored);
    },
    async elect(row, replacing) {
      const { environment, group_number } = row;
      if (replacing === undefined) {
        await insertUnlessPresent(context, table, clusterwideCodec.encode(row));
      } else {
        const update = db
          .updateTable(table)
          .set({ agent_id: row.agent_id })
          .where('environment', '=', environment)
          .where('group_number', '=', group_number)
          .where('agent_id', '=', replacing);
        await translating(() => update.execute());
      }
      const stored = await findByKey(context, table, { environment, group_number }, true);
      return stored === undefined ? row : clusterwideCodec.decode(stored);
    },
  };
}

/** With `lock` the newest committed row is read even where the transaction's snapshot is older. */
async function findByKey(
  { kind, db }: Context,
  table: string,
  key: Record<string, string | number>,
  lock: boolean,
): Promise<Database[string] | undefined> {
  let query = db.selectFrom(table).selectAll();
  for (const [column, value] of Object.entries(key)) query = query.where(column, '=', value);
  if (lock && kind !== 'sqlite') query = query.forUpdate();
  return translating(() => query.executeTakeFirst());
}
