// One configuration object as it is kept: only what was set, never defaults. Records are values; a change
// puts a new record in place of the old one.
import type { JsonObject } from '../json.ts';

export interface ConfigRecord {
  /** Collection path below `/mgmt/tm`, e.g. `ltm/pool` or `ltm/pool/members`. */
  readonly type: string;
  /** Full paths from the outermost parent down to this object; one element for a top-level object. */
  readonly keys: readonly string[];
  readonly name: string;
  readonly partition: string | null;
  /** Folder below the partition, `App1`; null when directly in the partition. */
  readonly subPath: string | null;
  readonly fullPath: string;
  /** Value of the device-wide counter at the last change. */
  readonly generation: number;
  /** Properties that were set, in stored form. */
  readonly fields: Readonly<JsonObject>;
}

const SEPARATOR = '\t';

/** Unique key of a record: type and keys. */
export function uidOf(type: string, keys: readonly string[]): string {
  return `${type}${SEPARATOR}${keys.join(SEPARATOR)}`;
}

export function recordUid(record: ConfigRecord): string {
  return uidOf(record.type, record.keys);
}

/** Bucket of a record: its siblings share it. */
export function bucketOf(type: string, parentKeys: readonly string[]): string {
  return uidOf(type, parentKeys);
}

/** Folder of a record, `/T1/App1`; null for objects outside folders. */
export function folderOf(record: Pick<ConfigRecord, 'partition' | 'subPath'>): string | null {
  if (record.partition === null) return null;
  return record.subPath === null
    ? `/${record.partition}`
    : `/${record.partition}/${record.subPath}`;
}

/** Splits `/T1/App1/p1`; undefined when it is no absolute path of at least two parts. */
export function splitPath(
  path: string,
): { partition: string; subPath: string | null; name: string } | undefined {
  if (!path.startsWith('/')) return undefined;
  const parts = path.slice(1).split('/');
  const name = parts.pop();
  const partition = parts.shift();
  if (name === undefined || name === '' || partition === undefined || partition === '') {
    return undefined;
  }
  return { partition, subPath: parts.length === 0 ? null : parts.join('/'), name };
}
