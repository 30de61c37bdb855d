// Limits set for projects, and the row whose lock serialises a project's quota decisions.
import { translating } from '../errors.ts';
import { codecFor } from '../schema/codec.ts';
import { QUOTA_COLUMNS } from '../schema/columns.ts';
import type { QuotaRepository } from '../storage.ts';
import type { RepositoryContext } from './context.ts';
import { insertOrUpdate, insertUnlessPresent } from './upsert.ts';

const codec = codecFor(QUOTA_COLUMNS);

export function quotaRepository(context: Pick<RepositoryContext, 'kind' | 'db'>): QuotaRepository {
  const { db, kind } = context;
  return {
    async find(projectId) {
      const query = db.selectFrom('quotas').selectAll().where('project_id', '=', projectId);
      const stored = await translating(() => query.executeTakeFirst());
      return stored === undefined ? undefined : codec.decode(stored);
    },
    async list() {
      const query = db.selectFrom('quotas').selectAll().orderBy('project_id');
      const stored = await translating(() => query.execute());
      return stored.map((row) => codec.decode(row));
    },
    async put(row) {
      const stored = codec.encode(row);
      const update = Object.keys(stored).filter((column) => column !== 'project_id');
      await insertOrUpdate(context, { table: 'quotas', row: stored, key: ['project_id'], update });
    },
    async delete(projectId) {
      const query = db.deleteFrom('quotas').where('project_id', '=', projectId);
      await translating(() => query.execute());
    },
    async lock(projectId) {
      if (kind === 'sqlite') return;
      await insertUnlessPresent(context, 'quota_locks', { project_id: projectId });
      const query = db
        .selectFrom('quota_locks')
        .selectAll()
        .where('project_id', '=', projectId)
        .forUpdate();
      await translating(() => query.execute());
    },
  };
}
