// sys/folder: where objects live, and what decides about config sync and traffic groups (iControl REST 6.1).
import { configurationError, inUse, mcpError, notFound } from '../../errors.ts';
import { defineType } from '../../schema/define-type.ts';
import { trueFalse } from '../../schema/fields.ts';
import { reference } from '../../schema/reference-fields.ts';
import { nameKey, parentFolder } from '../../schema/schema.ts';
import type { ObjectType, ReadContext, RuleContext } from '../../schema/types.ts';
import type { Json } from '../../json.ts';
import type { ConfigRecord } from '../../store/record.ts';

export const FLOATING_TRAFFIC_GROUP = '/Common/traffic-group-1';
export const LOCAL_TRAFFIC_GROUP = '/Common/traffic-group-local-only';

const SYSTEM_FOLDERS = new Set(['/', '/Common', '/Common/Drafts', '/LOCAL_ONLY']);

function parentOf(record: ConfigRecord, context: ReadContext): ConfigRecord | undefined {
  const parent = parentFolder(record);
  return parent === null ? undefined : context.store.find(nameKey('sys/folder', parent));
}

/** Own value, or the nearest ancestor's while inherited. */
function effective(property: 'deviceGroup' | 'trafficGroup', flag: string, fallback: string) {
  return (record: ConfigRecord, context: ReadContext): Json => {
    let folder = record;
    while (folder.fields[flag] !== 'false') {
      const parent = parentOf(folder, context);
      if (parent === undefined) break;
      folder = parent;
    }
    return folder.fields[property] ?? fallback;
  };
}

/** Device group that a folder's objects are synced with, `none` for local ones. */
export const folderDeviceGroup = effective('deviceGroup', 'inheritedDevicegroup', 'none');

/** Traffic group that floating objects of a folder join. */
export const folderTrafficGroup = effective(
  'trafficGroup',
  'inheritedTrafficGroup',
  FLOATING_TRAFFIC_GROUP,
);

function stopInheriting(body: Record<string, Json>): Record<string, Json> {
  const changed = { ...body };
  if (body['deviceGroup'] !== undefined) changed['inheritedDevicegroup'] ??= 'false';
  if (body['trafficGroup'] !== undefined) changed['inheritedTrafficGroup'] ??= 'false';
  return changed;
}

function refuseIfNeeded(record: ConfigRecord, { store }: RuleContext): void {
  const path = record.fullPath;
  if (SYSTEM_FOLDERS.has(path)) throw configurationError(`The folder ${path} cannot be deleted.`);
  const inside = store.referrers(nameKey('sys/folder', path))[0];
  if (inside === undefined) return;
  if (record.partition === null) {
    throw mcpError(
      '0107082a:3',
      'You must remove all objects from a partition before removing the partition ' +
        `(${record.name}), type ID (4032)`,
    );
  }
  throw inUse('folder', path, 'object', inside.fullPath);
}

export const folderType: ObjectType = defineType({
  path: 'sys/folder',
  className: 'folder',
  naming: 'directory',
  fields: {
    deviceGroup: reference('cm/device-group', {
      read: folderDeviceGroup,
      companion: 'none',
      parse: (input, context) =>
        input === 'none' || input === '' || typeof input !== 'string'
          ? 'none'
          : context.resolve('cm/device-group', input),
    }),
    hidden: trueFalse('false'),
    inheritedDevicegroup: trueFalse('true'),
    inheritedTrafficGroup: trueFalse('true'),
    noRefCheck: trueFalse('false'),
    trafficGroup: reference('cm/traffic-group', { read: folderTrafficGroup, companion: 'one' }),
  },
  seeds: [
    {
      name: '/',
      fields: {
        inheritedDevicegroup: 'false',
        inheritedTrafficGroup: 'false',
        trafficGroup: FLOATING_TRAFFIC_GROUP,
      },
    },
    { name: '/Common' },
    { name: '/Common/Drafts' },
    {
      name: '/LOCAL_ONLY',
      fields: {
        deviceGroup: 'none',
        inheritedDevicegroup: 'false',
        inheritedTrafficGroup: 'false',
        trafficGroup: LOCAL_TRAFFIC_GROUP,
      },
    },
  ],
  rules: {
    prepare: (body, { store }) => {
      const name = typeof body['name'] === 'string' ? body['name'] : '';
      const partition = typeof body['partition'] === 'string' ? body['partition'] : '';
      if (
        !name.startsWith('/') &&
        partition !== '' &&
        !store.hasName(nameKey('sys/folder', `/${partition}`))
      ) {
        throw notFound('folder', `/${partition}`);
      }
      return stopInheriting(body);
    },
    prepareChange: stopInheriting,
    created: (record, context) => {
      const isPartition = record.partition === null && record.fullPath !== '/';
      if (!isPartition || context.store.hasName(nameKey('auth/partition', record.name))) return;
      context.create('auth/partition', [], { name: record.name });
    },
    beforeRemove: refuseIfNeeded,
    removed: (record, context) => {
      const partition = context.store.find(nameKey('auth/partition', record.name));
      if (record.partition === null && partition !== undefined) context.remove(partition);
    },
  },
});
