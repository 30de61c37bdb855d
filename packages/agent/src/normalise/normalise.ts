// From what the device shows to the form that the compiler emits. Pure; every dialect is in the type's table.
import type { DeviceObject, Fields, ObjectTypeName } from '../object-types/device-object.ts';
import { OBJECT_TYPES } from '../object-types/object-types.ts';
import { asText, subcollectionItems } from '../object-types/property.ts';

function normaliseOne(type: ObjectTypeName, item: Fields, parent?: string): DeviceObject {
  const properties = Object.fromEntries(
    Object.entries(OBJECT_TYPES[type].properties).map(([name, property]) => [
      name,
      property.read(item),
    ]),
  );
  const path = asText(item['fullPath']);
  return parent === undefined ? { type, path, properties } : { type, path, parent, properties };
}

/**
 * The object and, for pools, its members; nothing for what an application service has made, which changes with the
 * service only. Members need `expandSubcollections`.
 */
export function normalise(type: ObjectTypeName, item: Fields): DeviceObject[] {
  if (!['', 'none'].includes(asText(item['appService']))) return [];
  const object = normaliseOne(type, item);
  if (type !== 'pool') return [object];
  const members = subcollectionItems(item, 'members').map((member) =>
    normaliseOne('pool-member', member, object.path),
  );
  return [object, ...members];
}
