// Which other objects an object needs, by the table of object types.
import { keyOf, partitionOf, type DeviceObject, type ObjectKey } from './device-object.ts';
import { networkOf } from './networks.ts';
import { OBJECT_TYPES } from './object-types.ts';
import { asText } from './property.ts';

const LOCAL_TRAFFIC_GROUP = '/Common/traffic-group-local-only';

/** `10.0.0.1:80` -> `10.0.0.1`, `2001:db8::1.80` -> `2001:db8::1`; keeps the partition of a full path. */
export function nodePathOfMember(memberPath: string): string {
  return memberPath.replace(/[.:][^.:]*$/, '');
}

/**
 * Keys under which others refer to an object: its own, and what it is known by beside its path (route domains by
 * number, local self IPs by their network).
 */
export function keysOf(object: DeviceObject): ObjectKey[] {
  return [keyOf(object), ...aliasesOf(object)];
}

function aliasesOf({ type, properties }: DeviceObject): ObjectKey[] {
  if (type === 'route-domain') return [`route-domain %${asText(properties['id'])}`];
  const isLocal = type === 'self' && properties['trafficGroup'] === LOCAL_TRAFFIC_GROUP;
  return isLocal ? [`network ${networkOf(asText(properties['address']))}`] : [];
}

/** Not by path: the route domain of an address, the local self IP beside a floating one. */
function addressReferences({ type, properties }: DeviceObject): ObjectKey[] {
  if (OBJECT_TYPES[type].layer !== 'network') return [];
  const own = asText(properties['address'] ?? properties['ipAddress']);
  const id = /%(\d+)/.exec(own)?.[1];
  const isFloating = type === 'self' && properties['trafficGroup'] !== LOCAL_TRAFFIC_GROUP;
  return [
    ...(id === undefined ? [] : [`route-domain %${id}`]),
    ...(isFloating ? [`network ${networkOf(own)}`] : []),
  ];
}

/** Keys of everything that has to be there before this object, whether or not it exists. */
export function referencesOf(object: DeviceObject): ObjectKey[] {
  const { properties } = OBJECT_TYPES[object.type];
  const named = Object.entries(object.properties).flatMap(([name, value]) => {
    const refersTo = properties[name]?.refersTo;
    if (refersTo === undefined) return [];
    const paths = refersTo.paths(value);
    return paths.flatMap((path) => refersTo.types.map((type) => keyOf({ type, path })));
  });
  if (object.type === 'folder') return named;
  const structural = [keyOf({ type: 'folder', path: `/${partitionOf(object.path)}` })];
  if (object.type === 'pool-member' && object.parent !== undefined) {
    structural.push(keyOf({ type: 'pool', path: object.parent }));
    structural.push(keyOf({ type: 'node', path: nodePathOfMember(object.path) }));
  }
  if (object.type === 'fdb') structural.push(keyOf({ type: 'tunnel', path: object.path }));
  return [...structural, ...named, ...addressReferences(object)];
}
