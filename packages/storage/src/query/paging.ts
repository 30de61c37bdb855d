// ORDER BY and marker predicates. The order is total (id is last), so pages never overlap or skip.
import { expressionBuilder, sql, type Expression, type RawBuilder, type SqlBool } from 'kysely';
import type { Database, SqlRow, SqlValue } from '../schema/database.ts';
import type { SortKey } from '../storage.ts';
import { columnType, type FilterColumns } from './filters.ts';

/** Columns that are never null need no null rank, so that their indexes serve the order. */
const NEVER_NULL = new Set(['id', 'created_at', 'project_id', 'name']);

/**
 * The given keys, then `created_at asc, id asc`; a repeated key counts once.
 * @throws LbaasError kind `bad_request`, code ERR_UNKNOWN_COLUMN
 */
export function fullSort(columns: FilterColumns, sort: readonly SortKey[] = []): SortKey[] {
  const keys = new Map<string, SortKey>();
  for (const key of [
    ...sort,
    { key: 'created_at', dir: 'asc' } as const,
    { key: 'id', dir: 'asc' } as const,
  ]) {
    columnType(columns, key.key);
    if (!keys.has(key.key)) keys.set(key.key, key);
  }
  return [...keys.values()];
}

/** Nulls come first in ascending order on every database. */
export function orderBy(sort: readonly SortKey[]): RawBuilder<unknown>[] {
  return sort.flatMap(({ key, dir }) => {
    const direction = sql.raw(dir);
    const order = sql`${sql.ref(key)} ${direction}`;
    if (NEVER_NULL.has(key)) return [order];
    return [sql`case when ${sql.ref(key)} is null then 0 else 1 end ${direction}`, order];
  });
}

/**
 * Rows on one side of the marker in the order of `sort`. With `reverse`: the rows before it. Like Octavia,
 * the caller still sorts those forwards, so a reverse page is the list's first rows, not the nearest ones.
 */
export function besideMarker(
  sort: readonly SortKey[],
  marker: SqlRow,
  reverse: boolean,
): Expression<SqlBool> {
  const eb = expressionBuilder<Database, string>();
  const alternatives = sort.map(({ key, dir }, index) =>
    eb.and([
      ...sort.slice(0, index).map((earlier) => same(earlier.key, marker[earlier.key] ?? null)),
      beyond(key, marker[key] ?? null, (dir === 'asc') !== reverse),
    ]),
  );
  return eb.or(alternatives);
}

function same(key: string, value: SqlValue): Expression<SqlBool> {
  const eb = expressionBuilder<Database, string>();
  return value === null ? eb(key, 'is', null) : eb(key, '=', value);
}

function beyond(key: string, value: SqlValue, upwards: boolean): Expression<SqlBool> {
  const eb = expressionBuilder<Database, string>();
  if (upwards) return value === null ? eb(key, 'is not', null) : eb(key, '>', value);
  if (value === null) return sql<SqlBool>`1 = 0`;
  return eb.or([eb(key, '<', value), eb(key, 'is', null)]);
}
