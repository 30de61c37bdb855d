// What belongs to an application service is changed by that service only (iControl REST 6.20).
import { mcpError } from '../errors.ts';
import { asString } from '../json.ts';
import { APPLICATION_SERVICE } from '../schema/app-service.ts';
import { nameKey } from '../schema/schema.ts';
import type { ConfigStore } from '../store/config-store.ts';
import { uidOf, type ConfigRecord } from '../store/record.ts';

/** The object itself and what it is part of, the outermost first. */
function lineage(store: ConfigStore, type: string, keys: readonly string[]): ConfigRecord[] {
  const parts = type.split('/');
  const top = parts.length - keys.length + 1;
  return keys.flatMap((_, index) => {
    const path = parts.slice(0, top + index).join('/');
    return store.get(uidOf(path, keys.slice(0, index + 1))) ?? [];
  });
}

/**
 * @param keys of an object, or of the parents of one that is to be made; `type` is that of the last key
 * @throws DeviceError when a service with strict updates owns it
 */
export function refuseOwned(store: ConfigStore, type: string, keys: readonly string[]): void {
  for (const record of lineage(store, type, keys)) {
    const owner = asString(record.fields['appService']);
    const service =
      owner === undefined ? undefined : store.find(nameKey(APPLICATION_SERVICE, owner));
    if (service === undefined || service.fields['strictUpdates'] === 'disabled') continue;
    throw mcpError(
      '010715bc:3',
      'The application service must be updated using an application management interface. ' +
        `Strict updates are enabled for ${service.fullPath}.`,
    );
  }
}
