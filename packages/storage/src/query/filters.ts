// WHERE clauses of list queries: exact attributes and tags.
import { expressionBuilder, sql, type Expression, type SqlBool } from 'kysely';
import { LbaasError } from '@f5-lbaas/model';
import type { ColumnType } from '../schema/columns.ts';
import type { Database, SqlValue } from '../schema/database.ts';
import type { Condition, ListQuery } from '../storage.ts';

export type FilterColumns = Readonly<Record<string, ColumnType>>;
type Predicate = Expression<SqlBool>;

/** Of the columns; PostgreSQL compares with nothing greater. */
const INTEGER_MAX = 2_147_483_647;
const NOTHING = sql<SqlBool>`1 = 0`;

/** @throws LbaasError kind `bad_request`, code ERR_UNKNOWN_COLUMN, context { column } */
export function columnType(columns: FilterColumns, column: string): ColumnType {
  const type = Object.hasOwn(columns, column) ? columns[column] : undefined;
  if (type !== undefined && type !== 'json') return type;
  throw new LbaasError(
    'bad_request',
    'ERR_UNKNOWN_COLUMN',
    `'${column}' is not an attribute to filter or sort by.`,
    { context: { column } },
  );
}

export function wherePredicates(
  columns: FilterColumns,
  where: Record<string, Condition> = {},
): Predicate[] {
  return Object.entries(where).map(([column, condition]) =>
    predicate(column, columnType(columns, column), condition),
  );
}

function predicate(column: string, type: ColumnType, condition: Condition): Predicate {
  const eb = expressionBuilder<Database, string>();
  if (condition === null) return eb(column, 'is', null);
  if (isList(condition)) {
    const values = condition.map((item) => comparable(type, item)).filter((v) => v !== undefined);
    return values.length === 0 ? NOTHING : eb(column, 'in', values);
  }
  const value = comparable(type, condition);
  return value === undefined ? NOTHING : eb(column, '=', value);
}

function isList(condition: Condition): condition is readonly (string | number)[] {
  return Array.isArray(condition);
}

/** The value as the column stores it; undefined when no stored value can equal it. */
function comparable(type: ColumnType, value: string | number | boolean): SqlValue | undefined {
  if (type === 'boolean') return value === true || value === 1 ? 1 : 0;
  if (type === 'text') return canBeText(String(value)) ? String(value) : undefined;
  const number = typeof value === 'string' && value.trim() === '' ? NaN : Number(value);
  return Number.isSafeInteger(number) && Math.abs(number) <= INTEGER_MAX ? number : undefined;
}

/** PostgreSQL takes no null characters, not even to compare with. */
export function canBeText(value: string): boolean {
  return !value.includes('\0');
}

/** @param table tag index of the listed `resource` table */
export function tagPredicates(table: string, resource: string, query: ListQuery): Predicate[] {
  const predicates: Predicate[] = [];
  const hasAll = (tags: readonly string[]) =>
    sql<SqlBool>`(${sql.join(
      tags.map((tag) => hasAny(table, resource, [tag])),
      sql` and `,
    )})`;
  if (isGiven(query.tags)) predicates.push(hasAll(query.tags));
  if (isGiven(query.tagsAny)) predicates.push(hasAny(table, resource, query.tagsAny));
  if (isGiven(query.notTags)) predicates.push(sql<SqlBool>`not ${hasAll(query.notTags)}`);
  if (isGiven(query.notTagsAny)) {
    predicates.push(sql<SqlBool>`not ${hasAny(table, resource, query.notTagsAny)}`);
  }
  return predicates;
}

function isGiven(tags: readonly string[] | undefined): tags is readonly string[] {
  return tags !== undefined && tags.length > 0;
}

function hasAny(table: string, resource: string, tags: readonly string[]): Predicate {
  const id = sql.ref(`${resource}.id`);
  return sql<SqlBool>`exists (select 1 from ${sql.table(table)} as t where t.resource_id = ${id} and t.tag in (${sql.join(tags)}))`;
}
