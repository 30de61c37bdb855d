// Tables in a short notation, made the same on every database. Safe to repeat.
import { sql, type Kysely } from 'kysely';
import type { Database } from '../schema/database.ts';
import type { SqlTypes } from './migration.ts';

/**
 * Short notation of a column: type, `!` = NOT NULL. `id` 36 characters, `ts` ISO 8601 timestamp,
 * `s` 255 characters, `m` 1024, `l` long, `i` integer, `b` boolean, `n` 64-bit.
 */
type Notation =
  'id!' | 'id' | 'ts!' | 'ts' | 's!' | 's' | 'm!' | 'm' | 'l!' | 'l' | 'i!' | 'i' | 'b!' | 'n!';

export interface Table {
  columns: Record<string, Notation>;
  primaryKey: string[];
  unique?: string[];
  /** Column -> [table, what happens to this row when that one goes]. Each gets an index. */
  references?: Record<string, [string, 'cascade' | 'set null' | 'restrict']>;
  indexes?: string[][];
}

function sqlType(notation: Notation, types: SqlTypes): string {
  const type = notation.replace('!', '');
  const names: Record<string, string> = {
    id: types.text(36),
    ts: types.text(32),
    s: types.text(255),
    m: types.text(1024),
    l: types.longText,
    i: types.integer,
    b: types.boolean,
    n: types.bigint,
  };
  return `${names[type] ?? types.longText}${notation.endsWith('!') ? ' not null' : ''}`;
}

export async function createTable(
  db: Kysely<Database>,
  types: SqlTypes,
  name: string,
  table: Table,
): Promise<void> {
  const keys = (columns: string[]) => sql.join(columns.map((column) => sql.ref(column)));
  const parts = [
    ...Object.entries(table.columns).map(
      ([column, notation]) => sql`${sql.ref(column)} ${sql.raw(sqlType(notation, types))}`,
    ),
    sql`primary key (${keys(table.primaryKey)})`,
    ...(table.unique === undefined ? [] : [sql`unique (${keys(table.unique)})`]),
    ...Object.entries(table.references ?? {}).map(
      ([column, [target, onDelete]]) =>
        sql`foreign key (${sql.ref(column)}) references ${sql.table(target)} (id) on delete ${sql.raw(onDelete)}`,
    ),
  ];
  await sql`create table if not exists ${sql.table(name)} (${sql.join(parts)}) ${sql.raw(types.tableSuffix)}`.execute(
    db,
  );
  const indexes = [
    ...Object.keys(table.references ?? {}).map((column) => [column]),
    ...(table.indexes ?? []),
  ];
  for (const columns of indexes) {
    await db.schema
      .createIndex(`${name}_${columns.join('_')}`)
      .ifNotExists()
      .on(name)
      .columns(columns)
      .execute();
  }
}
