// Everything that a device holds for the product, in a form that can be compared between devices and runs.
import type { DeviceItem, JsonValue } from '@f5-lbaas/bigip-client';
import { asText } from '../../src/object-types/property.ts';
import type { LabDevice } from './lab.ts';

const COLLECTIONS = [
  '/ltm/virtual-address',
  '/ltm/virtual',
  '/ltm/pool',
  '/ltm/node',
  '/ltm/monitor/http',
  '/ltm/monitor/tcp',
  '/ltm/rule',
  '/ltm/policy',
  '/ltm/data-group/internal',
  '/ltm/persistence/universal',
  '/ltm/persistence/source-addr',
  '/ltm/monitor/https',
  '/ltm/profile/client-ssl',
  '/ltm/profile/server-ssl',
  '/sys/file/ssl-cert',
  '/sys/file/ssl-key',
  '/sys/file/ssl-crl',
];

/** What counts up or is the monitor's verdict, not configuration. */
const VOLATILE = new Set([
  'generation',
  'vsIndex',
  'creationTime',
  'lastModifiedTime',
  'lastModified',
  'createTime',
  'lastUpdateTime',
  'revision',
  'selfLink',
  'state',
]);

/** With a monitor, `user-enabled` is shown as `monitor-enabled`, as soon as the monitor has looked. */
function stable(value: JsonValue): JsonValue {
  if (value === 'monitor-enabled') return 'user-enabled';
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(stable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !VOLATILE.has(name))
      .map(([name, one]) => [name, stable(one)]),
  );
}

const isOurs = (item: DeviceItem): boolean =>
  asText(item['fullPath']).startsWith('/Project_') && !asText(item['fullPath']).endsWith('/Drafts');

export async function configurationOf(device: LabDevice): Promise<Record<string, JsonValue>> {
  const lists = await Promise.all(
    ['/sys/folder', ...COLLECTIONS].map(async (collection) => {
      const items = (await device.list(collection)).filter(isOurs);
      return items.map(
        (item) => [`${collection} ${asText(item['fullPath'])}`, stable(item)] as const,
      );
    }),
  );
  return Object.fromEntries(lists.flat());
}
