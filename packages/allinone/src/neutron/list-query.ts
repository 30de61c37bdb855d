// Query parameters of Neutron's list calls: filters by any attribute, fields, sorting, paging. Pure.
import { isObject, type JsonObject } from '../http/fields.ts';
import { ApiFault } from '../http/api-fault.ts';
import { faults } from './faults.ts';

/** As fastify parses it: a repeated parameter is an array. */
export type Query = Record<string, string | string[] | undefined>;

const RESERVED = new Set(['fields', 'sort_key', 'sort_dir', 'limit', 'marker', 'page_reverse']);

function valuesOf(query: Query, name: string): string[] {
  const value = query[name];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

/** `fixed_ips=ip_address=10.0.0.5`: an element must have, of each named part, one of the values. */
function matchesElement(list: unknown[], wanted: string[]): boolean {
  const values = new Map<string, string[]>();
  for (const [key = '', ...rest] of wanted.map((text) => text.split('='))) {
    values.set(key, [...(values.get(key) ?? []), rest.join('=')]);
  }
  return list.some((element) =>
    isObject(element)
      ? [...values].every(([key, allowed]) => allowed.includes(textOf(element[key])))
      : values.has(textOf(element)),
  );
}

function matches(value: unknown, wanted: string[]): boolean {
  if (Array.isArray(value)) return matchesElement(value, wanted);
  if (typeof value === 'boolean') {
    return wanted.some((text) => (value ? /^(true|1)$/i : /^(false|0)$/i).test(text));
  }
  return wanted.includes(textOf(value));
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [textOf(a), textOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function sorted(items: JsonObject[], query: Query): JsonObject[] {
  const keys = valuesOf(query, 'sort_key');
  const directions = valuesOf(query, 'sort_dir');
  if (keys.length === 0) return items;
  return [...items].sort((a, b) => {
    for (const [index, key] of keys.entries()) {
      const order = compare(a[key], b[key]);
      if (order !== 0) return directions[index] === 'desc' ? -order : order;
    }
    return 0;
  });
}

function page(items: JsonObject[], query: Query): JsonObject[] {
  const [marker] = valuesOf(query, 'marker');
  const [limitText] = valuesOf(query, 'limit');
  const limit = limitText === undefined ? items.length : Number(limitText);
  if (!Number.isInteger(limit) || limit < 0) {
    throw new ApiFault(400, `Limit must be an integer 0 or greater and not '${limitText ?? ''}'`);
  }
  const start = marker === undefined ? 0 : items.findIndex((item) => item['id'] === marker) + 1;
  return items.slice(start, start + (limit === 0 ? items.length : limit));
}

/** Keeps the asked-for `fields`; all when none are named. */
export function pickFields(item: JsonObject, query: Query): JsonObject {
  const fields = valuesOf(query, 'fields');
  if (fields.length === 0) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => fields.includes(name)));
}

/**
 * @param attributes every attribute of the resource that may be filtered by
 * @throws ApiFault 400 naming a filter that is no attribute
 */
export function applyListQuery(
  items: JsonObject[],
  query: Query,
  attributes: readonly string[],
  collection: string,
): JsonObject[] {
  const names = Object.keys(query).filter((name) => !RESERVED.has(name));
  const unknown = names.filter((name) => !attributes.includes(name));
  if (unknown.length > 0) throw faults.invalidFilters(unknown, collection);
  const found = items.filter((item) =>
    names.every((name) => matches(item[name], valuesOf(query, name))),
  );
  return page(sorted(found, query), query).map((item) => pickFields(item, query));
}
