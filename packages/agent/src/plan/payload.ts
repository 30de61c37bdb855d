// Bodies of writes, from compiled properties by the table of object types.
import {
  isSameValue,
  nameOf,
  partitionOf,
  type DeviceObject,
  type Fields,
  type ObjectRef,
} from '../object-types/device-object.ts';
import { OBJECT_TYPES } from '../object-types/object-types.ts';

function identity(ref: ObjectRef): Fields {
  const name = nameOf(ref.path);
  return ref.type === 'folder'
    ? { name, subPath: '/' }
    : { name, partition: partitionOf(ref.path) };
}

/** Fields for the named properties of an object. */
export function fieldsOf(object: DeviceObject, names: readonly string[]): Fields {
  const { properties } = OBJECT_TYPES[object.type];
  return names.reduce<Fields>((fields, name) => {
    const value = object.properties[name];
    const property = properties[name];
    return value === undefined || property === undefined
      ? fields
      : { ...fields, ...property.write(value) };
  }, {});
}

/**
 * Body of a PATCH. The device counts no empty subcollection as something to change, so that a body of nothing else
 * says one plain property again.
 */
export function modifyBody(object: DeviceObject, names: readonly string[]): Fields {
  const { properties, alsoOnModify } = OBJECT_TYPES[object.type];
  const isPlain = (name: string): boolean => properties[name]?.subcollection !== true;
  const plain = names.some(isPlain) ? undefined : Object.keys(object.properties).find(isPlain);
  return { ...fieldsOf(object, plain === undefined ? names : [plain, ...names]), ...alsoOnModify };
}

/** Body of a POST: what the device would assume anyway is left out. */
export function createBody(object: DeviceObject): Fields {
  const { properties } = OBJECT_TYPES[object.type];
  const names = Object.keys(object.properties).filter(
    (name) => !isSameValue(properties[name]?.default, object.properties[name]),
  );
  return { ...identity(object), ...fieldsOf(object, names) };
}

/** One element of a list that replaces a whole subcollection: every managed property is said. */
export function inlineBody(object: DeviceObject): Fields {
  return { ...identity(object), ...fieldsOf(object, Object.keys(object.properties)) };
}
