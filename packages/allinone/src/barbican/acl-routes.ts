// v1/<secrets|containers>/<id>/acl: who else may read.
import type { FastifyInstance } from 'fastify';
import {
  arrayOf,
  booleanOf,
  isObject,
  objectOf,
  stringOf,
  type JsonObject,
} from '../http/fields.ts';
import { ownedBy, readable, refOf, type BarbicanRecord, type Kind } from './records.ts';
import type { ContextOf } from './secret-routes.ts';

function view(record: BarbicanRecord): JsonObject {
  const { readers, project_access, created, updated } = record;
  return { read: { users: readers, 'project-access': project_access, created, updated } };
}

/** @param before what is kept where nothing is said */
function changed(body: unknown, before: Pick<BarbicanRecord, 'readers' | 'project_access'>) {
  const { read } = objectOf(body, 'acl');
  if (!isObject(read)) return before;
  const users = read['users'];
  const access = read['project-access'];
  return {
    readers:
      users === undefined
        ? before.readers
        : arrayOf(users, 'users').map((user) => stringOf(user, 'users')),
    project_access:
      access === undefined ? before.project_access : booleanOf(access, 'project-access'),
  };
}

const OPEN = { readers: [], project_access: true };

export function addAclRoutes(app: FastifyInstance, kind: Kind, contextOf: ContextOf): void {
  const path = `/v1/${kind}/:id/acl`;
  type WithId = { Params: { id: string } };
  app.get<WithId>(path, (request) =>
    Promise.resolve(view(readable(contextOf(request), kind, request.params.id))),
  );
  for (const method of ['PUT', 'PATCH'] as const) {
    app.route<WithId>({
      method,
      url: path,
      handler: (request) => {
        const context = contextOf(request);
        const record = ownedBy(context, kind, request.params.id);
        const acl = changed(request.body, method === 'PUT' ? OPEN : record);
        context.store.put(kind, { ...record, ...acl });
        return Promise.resolve({ acl_ref: `${refOf(context, kind, record.id)}/acl` });
      },
    });
  }
  app.delete<WithId>(path, async (request, reply) => {
    const context = contextOf(request);
    const record = ownedBy(context, kind, request.params.id);
    context.store.put(kind, { ...record, ...OPEN });
    await reply.send();
  });
}
