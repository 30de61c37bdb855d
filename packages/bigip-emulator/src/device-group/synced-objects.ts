// Which objects a device group shares: by type, and by the device group of the folder they live in
// (iControl REST 8.2).
import type { ReadContext } from '../schema/types.ts';
import { nameKey, parentFolder, type Schema } from '../schema/schema.ts';
import { uidOf, type ConfigRecord } from '../store/record.ts';
import { folderDeviceGroup } from '../tables/sys/folder.ts';

/** The outermost object that a record belongs to. */
function topRecord(record: ConfigRecord, context: ReadContext): ConfigRecord {
  if (record.keys.length === 1) return record;
  const parts = record.type.split('/');
  const type = parts.slice(0, parts.length - (record.keys.length - 1)).join('/');
  return context.store.get(uidOf(type, record.keys.slice(0, 1))) ?? record;
}

function folderOfRecord(record: ConfigRecord): string {
  if (record.type === 'auth/partition') return `/${record.name}`;
  if (record.type === 'sys/folder') return record.fullPath;
  return parentFolder(record) ?? '/';
}

/** @param group full path of the sync-failover group */
export function isSynced(
  record: ConfigRecord,
  group: string,
  schema: Schema,
  context: ReadContext,
): boolean {
  const top = topRecord(record, context);
  const { syncs } = schema.type(top.type);
  if (syncs === 'never') return false;
  if (typeof syncs === 'function' && !syncs(top)) return false;
  const folder = context.store.find(nameKey('sys/folder', folderOfRecord(top)));
  // A folder that is gone was removed together with the object: that is news for the peers.
  return folder === undefined || folderDeviceGroup(folder, context) === group;
}
