// The one form in which the agent thinks of what is on a device: compiled from a service, normalised from a
// read-back, compared by the planner. Values are plain data, so equality is structural.
import type { ResourceKind } from '@f5-lbaas/model';

export type Value =
  string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
export interface Fields {
  readonly [field: string]: Value;
}

/** Planned before and after load balancing, as `network-types.ts` tells. */
type NetworkTypeName =
  | 'vlan'
  | 'tunnel'
  | 'fdb'
  | 'route-domain'
  | 'self'
  | 'snat-translation'
  | 'snatpool'
  | 'forwarding-address'
  | 'forwarding-virtual'
  | 'arp'
  | 'ndp';

export type ObjectTypeName =
  | NetworkTypeName
  | 'folder'
  | 'virtual-address'
  | 'monitor-http'
  | 'monitor-https'
  | 'monitor-tcp'
  | 'monitor-udp'
  | 'monitor-gateway-icmp'
  | 'pool'
  | 'pool-member'
  | 'node'
  | 'data-group'
  | 'rule'
  | 'policy'
  | 'persistence-universal'
  | 'persistence-source-addr'
  | 'ssl-cert'
  | 'ssl-key'
  | 'ssl-crl'
  | 'profile-client-ssl'
  | 'profile-server-ssl'
  | 'virtual'
  | 'application-service';

export interface ObjectRef {
  type: ObjectTypeName;
  /** Full path, `/Project_<tenant>/Project_<id>`. */
  path: string;
  /** Full path of the object that holds it; pool members only. */
  parent?: string;
}

export interface DeviceObject extends ObjectRef {
  /** In compiled form, by property name of the object type; what is missing is not managed. */
  properties: Fields;
}

/** Identifies an object on one device. */
export type ObjectKey = string;
export type DeviceObjects = ReadonlyMap<ObjectKey, DeviceObject>;

export function keyOf(ref: ObjectRef): ObjectKey {
  return ref.parent === undefined
    ? `${ref.type} ${ref.path}`
    : `${ref.type} ${ref.parent} ${ref.path}`;
}

export function byKey(objects: Iterable<DeviceObject>): Map<ObjectKey, DeviceObject> {
  return new Map([...objects].map((object) => [keyOf(object), object]));
}

/** Last part of a full path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Partition of a full path: `/P/n` -> `P`. A partition itself is its own. */
export function partitionOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** The LBaaS object that a device object stands for; errors of the device are reported on it. */
export interface Owner {
  kind: ResourceKind;
  id: string;
}

export function isSameOwner(a: Owner, b: Owner): boolean {
  return a.kind === b.kind && a.id === b.id;
}

export function isFields(value: Value | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isValues(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

export function isSameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (isValues(a) && isValues(b)) {
    return a.length === b.length && a.every((item, index) => isSameValue(item, b[index]));
  }
  if (!isFields(a) || !isFields(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => name in b && isSameValue(a[name], b[name]))
  );
}
