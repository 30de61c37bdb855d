// v1/containers: certificates as several secrets under one reference, and who uses them.
import type { FastifyInstance } from 'fastify';
import { parseSecretRef } from '@f5-lbaas/platform';
import { ApiFault } from '../http/api-fault.ts';
import { arrayOf, objectOf, stringOf, type JsonObject } from '../http/fields.ts';
import { pageOf } from './paging.ts';
import {
  commonView,
  newRecord,
  ownedBy,
  readable,
  refOf,
  type BarbicanContext,
  type ContainerRecord,
} from './records.ts';
import type { ContextOf } from './secret-routes.ts';

/** Names of the secrets that a type may hold; the first ones must be there. */
const TYPES: Readonly<Record<string, { required: string[]; optional: string[] } | undefined>> = {
  certificate: {
    required: ['certificate'],
    optional: ['private_key', 'private_key_passphrase', 'intermediates'],
  },
  rsa: { required: ['public_key', 'private_key'], optional: ['private_key_passphrase'] },
};

function secretsIn(context: BarbicanContext, body: JsonObject): ContainerRecord['secret_refs'] {
  return arrayOf(body['secret_refs'] ?? [], 'secret_refs').map((entry) => {
    const { name, secret_ref } = objectOf(entry, 'secret_refs');
    const ref = stringOf(secret_ref, 'secret_ref');
    readable(context, 'secrets', idIn(ref));
    return { name: stringOf(name ?? '', 'name'), secret_ref: ref };
  });
}

function idIn(ref: string): string {
  try {
    return parseSecretRef(ref).id;
  } catch {
    throw new ApiFault(400, `Bad secret reference: ${ref}`);
  }
}

function checkNames(type: string, names: readonly string[]): void {
  const rules = TYPES[type];
  if (rules === undefined) {
    if (type === 'generic') return;
    throw new ApiFault(400, `Provided object does not match schema 'Container': type '${type}'.`);
  }
  const allowed = [...rules.required, ...rules.optional];
  const isRight =
    rules.required.every((name) => names.includes(name)) &&
    names.every((name) => allowed.includes(name)) &&
    new Set(names).size === names.length;
  if (!isRight) {
    throw new ApiFault(
      400,
      `Provided object does not match schema 'Container': a ${type} container holds ` +
        `${rules.required.join(', ')}, and optionally ${rules.optional.join(', ')}.`,
    );
  }
}

function create(context: BarbicanContext, body: JsonObject): ContainerRecord {
  const type = stringOf(body['type'], 'type');
  const secret_refs = secretsIn(context, body);
  checkNames(
    type,
    secret_refs.map(({ name }) => name),
  );
  const container = { ...newRecord(context, body), type, secret_refs, consumers: [] };
  context.store.put('containers', container);
  return container;
}

function view(context: BarbicanContext, container: ContainerRecord): JsonObject {
  const { type, secret_refs, consumers, id } = container;
  const container_ref = refOf(context, 'containers', id);
  return { ...commonView(container), type, secret_refs, consumers, container_ref };
}

type WithId = { Params: { id: string } };

function addConsumerRoutes(app: FastifyInstance, contextOf: ContextOf): void {
  const path = '/v1/containers/:id/consumers';
  app.get<WithId>(path, (request) => {
    const { consumers } = readable(contextOf(request), 'containers', request.params.id);
    return Promise.resolve({ consumers, total: consumers.length });
  });
  const change = (isAdded: boolean) => (context: BarbicanContext, id: string, body: unknown) => {
    const container = readable(context, 'containers', id);
    const { name, URL } = objectOf(body, 'consumer');
    const consumer = { name: stringOf(name, 'name'), URL: stringOf(URL, 'URL') };
    const others = container.consumers.filter(
      (one) => one.name !== consumer.name || one.URL !== consumer.URL,
    );
    const changed = { ...container, consumers: isAdded ? [...others, consumer] : others };
    context.store.put('containers', changed);
    return view(context, changed);
  };
  app.post<WithId>(path, (request) =>
    Promise.resolve(change(true)(contextOf(request), request.params.id, request.body)),
  );
  app.delete<WithId>(path, (request) =>
    Promise.resolve(change(false)(contextOf(request), request.params.id, request.body)),
  );
}

export function addContainerRoutes(app: FastifyInstance, contextOf: ContextOf): void {
  app.post('/v1/containers', async (request, reply) => {
    const context = contextOf(request);
    const { id } = create(context, objectOf(request.body, 'container'));
    await reply.code(201).send({ container_ref: refOf(context, 'containers', id) });
  });
  app.get('/v1/containers', (request) => {
    const context = contextOf(request);
    const own = context.store
      .list('containers')
      .filter(({ project_id }) => project_id === context.identity.project?.id);
    return Promise.resolve(pageOf(request, 'containers', own, (one) => view(context, one)));
  });
  app.get<WithId>('/v1/containers/:id', (request) => {
    const context = contextOf(request);
    return Promise.resolve(view(context, readable(context, 'containers', request.params.id)));
  });
  app.delete<WithId>('/v1/containers/:id', async (request, reply) => {
    const context = contextOf(request);
    const { id } = ownedBy(context, 'containers', request.params.id);
    context.store.remove('containers', id);
    await reply.code(204).send();
  });
  addConsumerRoutes(app, contextOf);
}
