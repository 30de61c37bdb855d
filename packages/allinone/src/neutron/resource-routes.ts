// The five calls of one resource: list, create, show, update, delete.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type JsonObject, objectOf } from '../http/fields.ts';
import type { NeutronContext } from './context.ts';
import { faults } from './faults.ts';
import { applyListQuery, pickFields, type Query } from './list-query.ts';
import type { RecordKind, Records } from './records.ts';
import type { ResourceTable } from './resources.ts';
import { findVisible, owns, visibleRecords } from './visibility.ts';

interface ItemRoute {
  Params: { id: string };
  Querystring: Query;
}

/** Makes the handler's context from a request. @throws ApiFault 401 */
export type ContextOf = (request: FastifyRequest) => NeutronContext;

function viewOf<K extends RecordKind>(
  table: ResourceTable<K>,
  context: NeutronContext,
  record: Records[K],
): JsonObject {
  const hidden = context.identity.isAdmin ? [] : table.adminAttributes;
  const shown = Object.entries(record).filter(([name]) => !hidden.includes(name));
  const subnets =
    table.kind === 'networks'
      ? { subnets: context.store.subnetsOf(record.id).map((subnet) => subnet.id) }
      : {};
  return { ...Object.fromEntries(shown), ...subnets };
}

function find<K extends RecordKind>(
  table: ResourceTable<K>,
  context: NeutronContext,
  id: string,
): Records[K] {
  const record = findVisible(table.kind, id, context.identity, context.store);
  if (record === undefined) throw faults.notFound(...table.notFound, id);
  return record;
}

/** What may be seen may not always be changed: 403, not 404. */
function findOwn<K extends RecordKind>(
  table: ResourceTable<K>,
  context: NeutronContext,
  id: string,
  verb: string,
): Records[K] {
  const record = find(table, context, id);
  if (!owns(context.identity, record)) throw faults.forbidden(`${verb}_${table.singular}`);
  return record;
}

export function addResourceRoutes<K extends RecordKind>(
  app: FastifyInstance,
  table: ResourceTable<K>,
  contextOf: ContextOf,
): void {
  const { path, singular, kind } = table;
  const bodyOf = (request: FastifyRequest): JsonObject =>
    objectOf(objectOf(request.body, 'body')[singular], singular);

  app.get<{ Querystring: Query }>(`/v2.0/${path}`, (request) => {
    const context = contextOf(request);
    const items = visibleRecords(kind, context.identity, context.store).map((record) =>
      viewOf(table, context, record),
    );
    return { [kind]: applyListQuery(items, request.query, table.attributes, kind) };
  });
  app.post(`/v2.0/${path}`, async (request, reply) => {
    const context = contextOf(request);
    const record = table.create(context, bodyOf(request));
    await reply.code(201).send({ [singular]: viewOf(table, context, record) });
  });
  app.get<ItemRoute>(`/v2.0/${path}/:id`, (request) => {
    const context = contextOf(request);
    const view = viewOf(table, context, find(table, context, request.params.id));
    return { [singular]: pickFields(view, request.query) };
  });
  app.put<ItemRoute>(`/v2.0/${path}/:id`, (request) => {
    const context = contextOf(request);
    const record = findOwn(table, context, request.params.id, 'update');
    const changed = table.update(context, record, bodyOf(request));
    return { [singular]: viewOf(table, context, changed) };
  });
  app.delete<ItemRoute>(`/v2.0/${path}/:id`, async (request, reply) => {
    const context = contextOf(request);
    table.remove(context, findOwn(table, context, request.params.id, 'delete'));
    await reply.code(204).send();
  });
}
