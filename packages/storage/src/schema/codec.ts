// Rows as the program sees them <-> values as the databases keep them.
import { LbaasError } from '@f5-lbaas/model';
import type { Columns, ColumnType } from './columns.ts';
import type { SqlRow, SqlValue } from './database.ts';

export interface Codec<Row> {
  columns: Columns<Row>;
  encode(row: Partial<Row>): SqlRow;
  /** @throws LbaasError kind `bug` when a stored row does not fit its columns. */
  decode(stored: Record<string, unknown>): Row;
}

/** Encodes and decodes rows of one table; unknown keys of a row are refused, `undefined` is skipped. */
export function codecFor<Row extends object>(columns: Columns<Row>): Codec<Row> {
  const types = new Map<string, ColumnType>(Object.entries(columns));
  return {
    columns,
    encode(row) {
      const stored: SqlRow = {};
      for (const [column, value] of Object.entries(row)) {
        if (value === undefined) continue;
        stored[column] = encodeValue(typeOf(types, column), value);
      }
      return stored;
    },
    decode(stored) {
      const row: Record<string, unknown> = {};
      for (const [column, type] of types) row[column] = decodeValue(type, stored[column]);
      // The table above is checked against Row by the compiler, so the keys are exactly Row's.
      return row as Row;
    },
  };
}

function typeOf(types: ReadonlyMap<string, ColumnType>, column: string): ColumnType {
  const type = types.get(column);
  if (type === undefined) {
    throw new LbaasError('bug', 'ERR_UNKNOWN_COLUMN', `There is no column '${column}'.`);
  }
  return type;
}

function encodeValue(type: ColumnType, value: unknown): SqlValue {
  if (value === null) return null;
  if (type === 'json') return JSON.stringify(value);
  if (type === 'boolean') return value === true ? 1 : 0;
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw new LbaasError('bug', 'ERR_BAD_VALUE', `A ${typeof value} does not fit a ${type} column.`);
}

function decodeValue(type: ColumnType, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'boolean') return Number(value) === 1;
  // PostgreSQL answers 64-bit integers as text.
  if (type === 'integer') return Number(value);
  if (type === 'json') return typeof value === 'string' ? (JSON.parse(value) as unknown) : value;
  return value;
}
