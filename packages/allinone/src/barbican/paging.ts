// Lists as Barbican pages them: offset and limit, a name to look for, the total.
import type { FastifyRequest } from 'fastify';
import type { JsonObject } from '../http/fields.ts';
import type { BarbicanRecord } from './records.ts';

const LIMIT_DEFAULT = 10;
const LIMIT_MAX = 100;

function numberIn(query: JsonObject, name: string, fallback: number): number {
  const value = Number(query[name] ?? fallback);
  return Number.isInteger(value) && value >= 0 ? value : fallback;
}

export function pageOf<T extends BarbicanRecord>(
  request: FastifyRequest,
  field: string,
  records: readonly T[],
  view: (record: T) => JsonObject,
): JsonObject {
  const query = request.query as JsonObject;
  const named = query['name'];
  const found = named === undefined ? records : records.filter(({ name }) => name === named);
  const offset = numberIn(query, 'offset', 0);
  const limit = Math.min(LIMIT_MAX, numberIn(query, 'limit', LIMIT_DEFAULT));
  return { [field]: found.slice(offset, offset + limit).map(view), total: found.length };
}
