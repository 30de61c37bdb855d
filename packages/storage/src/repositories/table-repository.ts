// Plain tables: rows by their key.
import { translating } from '../errors.ts';
import { wherePredicates } from '../query/filters.ts';
import type { Codec } from '../schema/codec.ts';
import type { TableRepository } from '../storage.ts';
import type { RepositoryContext } from './context.ts';

export interface TableDescription<Row> {
  name: string;
  /** Column of the primary key. */
  key: string;
  codec: Codec<Row>;
}

export function tableRepository<Row extends object>(
  { db, kind }: Pick<RepositoryContext, 'kind' | 'db'>,
  { name, key, codec }: TableDescription<Row>,
): TableRepository<Row> {
  const select = (id: string) => db.selectFrom(name).selectAll().where(key, '=', id);
  const one = async (query: ReturnType<typeof select>): Promise<Row | undefined> => {
    const stored = await translating(() => query.executeTakeFirst());
    return stored === undefined ? undefined : codec.decode(stored);
  };
  return {
    find: (id) => one(select(id)),
    // SQLite's transactions hold the write lock from their beginning.
    lock: (id) => one(kind === 'sqlite' ? select(id) : select(id).forUpdate()),
    async list(where) {
      let query = db.selectFrom(name).selectAll().orderBy(key);
      for (const predicate of wherePredicates(codec.columns, where)) {
        query = query.where(predicate);
      }
      const stored = await translating(() => query.execute());
      return stored.map((row) => codec.decode(row));
    },
    async insert(row) {
      const stored = codec.encode(row);
      await translating(() => db.insertInto(name).values(stored).execute());
    },
    async update(id, changes) {
      const set = codec.encode(changes);
      if (Object.keys(set).length === 0) return;
      await translating(() => db.updateTable(name).set(set).where(key, '=', id).execute());
    },
    async delete(id) {
      await translating(() => db.deleteFrom(name).where(key, '=', id).execute());
    },
  };
}
