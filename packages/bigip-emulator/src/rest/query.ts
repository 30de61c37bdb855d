// `$filter`, `$select`, `$top`, `$skip` on collections (iControl REST 2.2).
import { notFound, validationError } from '../errors.ts';
import type { Json, JsonObject } from '../json.ts';
import { nameKey } from '../schema/schema.ts';
import type { ConfigStore } from '../store/config-store.ts';
import type { ConfigRecord } from '../store/record.ts';

const FILTER_LENGTH_MAX = 512;
const PARTITION_FILTER = /^\s*partition\s+eq\s+(?:'([^']*)'|"([^"]*)"|(\S+))\s*$/;

/** Partition that a `$filter` selects; undefined without a filter. @throws DeviceError for other filters */
export function filteredPartition(query: URLSearchParams, store: ConfigStore): string | undefined {
  const filter = query.get('$filter');
  if (filter === null || filter === '') return undefined;
  if (filter.length > FILTER_LENGTH_MAX) throw validationError('invalid $filter: too long');
  const match = PARTITION_FILTER.exec(filter);
  if (match === null) {
    throw validationError(`invalid $filter "${filter}": only "partition eq <name>" is supported`);
  }
  const partition = (match[1] ?? match[2] ?? match[3] ?? '').replace(/^\//, '');
  if (!store.hasName(nameKey('sys/folder', `/${partition}`))) {
    throw notFound('folder', `/${partition}`);
  }
  return partition;
}

/** The partition and its sub-folders; objects without a partition always. */
export function inPartition(
  records: ConfigRecord[],
  partition: string | undefined,
): ConfigRecord[] {
  if (partition === undefined) return records;
  return records.filter((record) => record.partition === null || record.partition === partition);
}

/** Properties to keep, or undefined for all. */
export function selection(query: URLSearchParams): ReadonlySet<string> | undefined {
  const select = query.get('$select');
  if (select === null || select === '') return undefined;
  return new Set(select.split(',').map((name) => name.trim()));
}

/** Only the selected properties and the companions of selected references. */
export function selectProperties(
  item: JsonObject,
  wanted: ReadonlySet<string> | undefined,
): JsonObject {
  if (wanted === undefined) return item;
  const entries = Object.entries(item).filter(
    ([key]) =>
      wanted.has(key) ||
      (key.endsWith('Reference') && wanted.has(key.slice(0, -'Reference'.length))),
  );
  return Object.fromEntries(entries);
}

export interface Page {
  records: ConfigRecord[];
  /** Members of the collection that describe the page; empty without paging. */
  envelope: JsonObject;
}

function count(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw validationError(`invalid ${name} "${text}"`);
  return Number(text);
}

/** @param link address of the collection, without query */
export function page(records: ConfigRecord[], query: URLSearchParams, link: string): Page {
  const top = count(query, '$top');
  const skip = count(query, '$skip') ?? 0;
  if (top === undefined && skip === 0) return { records, envelope: {} };
  const size = top ?? records.length;
  const shown = records.slice(skip, skip + size);
  const pages = size === 0 ? 0 : Math.ceil(records.length / size);
  const envelope: JsonObject = {
    currentItemCount: shown.length,
    itemsPerPage: size,
    pageIndex: size === 0 ? 1 : Math.floor(skip / size) + 1,
    startIndex: skip + 1,
    totalItems: records.length,
    totalPages: pages,
  };
  const at = (position: number): Json => `${link}&$top=${size}&$skip=${position}`;
  if (skip + size < records.length) envelope['nextLink'] = at(skip + size);
  if (skip > 0) envelope['previousLink'] = at(Math.max(0, skip - size));
  return { records: shown, envelope };
}
