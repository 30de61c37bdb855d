// Insert-or-update in the words of each database.
import { sql } from 'kysely';
import { translating } from '../errors.ts';
import type { SqlRow } from '../schema/database.ts';
import type { RepositoryContext } from './context.ts';

type Context = Pick<RepositoryContext, 'kind' | 'db'>;

export interface Upsert {
  table: string;
  row: SqlRow;
  /** Columns of the unique key that decides. */
  key: string[];
  /** Columns that change when the row is there; must be in `row`. */
  update: string[];
}

export async function insertOrUpdate(
  { kind, db }: Context,
  { table, row, key, update }: Upsert,
): Promise<void> {
  const insert = db.insertInto(table).values(row);
  const changed = Object.fromEntries(
    update.map((column) => [
      column,
      kind === 'mysql'
        ? sql<null>`values(${sql.ref(column)})`
        : sql<null>`excluded.${sql.ref(column)}`,
    ]),
  );
  const statement =
    kind === 'mysql'
      ? insert.onDuplicateKeyUpdate(changed)
      : insert.onConflict((conflict) => conflict.columns(key).doUpdateSet(changed));
  await translating(() => statement.execute());
}

/** Leaves a present row as it is. */
export async function insertUnlessPresent(
  { kind, db }: Context,
  table: string,
  row: SqlRow,
): Promise<void> {
  const insert = db.insertInto(table).values(row);
  if (kind === 'mysql') {
    // Unlike INSERT IGNORE this hides no other error.
    const [column = ''] = Object.keys(row);
    const same = { [column]: sql<null>`${sql.ref(column)}` };
    await translating(() => insert.onDuplicateKeyUpdate(same).execute());
    return;
  }
  await translating(() => insert.onConflict((conflict) => conflict.doNothing()).execute());
}
