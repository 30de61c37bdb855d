// What a whole partition should hold once a service is applied: the service's objects, what belongs to others as
// it is, and the objects that live only as long as something uses them (nodes, the partition itself).
import type { Claims, CompiledService } from '../compile/compiled-service.ts';
import {
  byKey,
  keyOf,
  type DeviceObject,
  type DeviceObjects,
  type ObjectKey,
  type Owner,
} from '../object-types/device-object.ts';
import { livesByUse, OBJECT_TYPES } from '../object-types/object-types.ts';
import { asList, asText } from '../object-types/property.ts';
import { nodePathOfMember, referencesOf } from '../object-types/references.ts';

/** `pools/<id>` */
export type OwnerKey = string;

export function ownerKey(owner: Owner): OwnerKey {
  return `${owner.kind}/${owner.id}`;
}

/** Owners by claim; undefined for what no claim covers. */
export function claimedBy(object: DeviceObject, claims: Claims): readonly Owner[] | undefined {
  const own = claims.get(keyOf(object));
  if (own !== undefined || object.parent === undefined) return own;
  return claims.get(keyOf({ type: 'pool', path: object.parent }));
}

/** Takes references to objects that do not exist out of nullable properties. */
function withoutReferencesTo(object: DeviceObject, missing: ReadonlySet<ObjectKey>): DeviceObject {
  const { properties } = OBJECT_TYPES[object.type];
  const kept = Object.entries(object.properties).map(([name, value]) => {
    const refersTo = properties[name]?.refersTo;
    const isMissing = (path: string): boolean =>
      refersTo?.types.some((type) => missing.has(keyOf({ type, path }))) === true;
    if (refersTo?.paths(value).some(isMissing) !== true) return [name, value] as const;
    const left = refersTo.without?.(value, isMissing) ?? properties[name]?.default ?? value;
    return [name, left] as const;
  });
  return { ...object, properties: Object.fromEntries(kept) };
}

/**
 * Objects of nobody known cannot keep what leaves: they let go of it, or leave too when they are nothing without
 * it, as a virtual server without its address.
 */
function withoutLeaving(
  objects: readonly DeviceObject[],
  leaving: ReadonlySet<ObjectKey>,
): DeviceObject[] {
  return objects
    .map((object) => withoutReferencesTo(object, leaving))
    .filter((object) => !referencesOf(object).some((key) => leaving.has(key)));
}

/** Withheld objects stay as they are on the device, or away from it. */
function withhold(
  objects: readonly DeviceObject[],
  current: DeviceObjects,
  isWithheld: (object: DeviceObject) => boolean,
): DeviceObject[] {
  const missing = new Set<ObjectKey>();
  const settled = objects.flatMap((object) => {
    if (!isWithheld(object)) return [object];
    const present = current.get(keyOf(object));
    if (present === undefined) missing.add(keyOf(object));
    return present === undefined ? [] : [present];
  });
  const orphaned = (object: DeviceObject): boolean =>
    object.parent !== undefined && missing.has(keyOf({ type: 'pool', path: object.parent }));
  return settled
    .filter((object) => !orphaned(object))
    .map((object) => withoutReferencesTo(object, missing));
}

/** Shared objects that are in use, directly or through others, as compiled or else as they are. */
function sharedUsedBy(
  users: readonly DeviceObject[],
  compiled: DeviceObjects,
  current: DeviceObjects,
): DeviceObject[] {
  const used = new Map<ObjectKey, DeviceObject>();
  const visit = (key: ObjectKey): void => {
    const object = compiled.get(key) ?? current.get(key);
    if (object === undefined || used.has(key) || !isShared(object)) return;
    used.set(key, object);
    referencesOf(object).forEach(visit);
  };
  users.flatMap(referencesOf).forEach(visit);
  return [...used.values()];
}

/** Full paths of the nodes that the device makes with the object. */
function nodesOf({ type, path, properties }: DeviceObject): string[] {
  if (type === 'pool-member') return [nodePathOfMember(path)];
  return type === 'application-service' ? asList(properties['nodes']).map(asText) : [];
}

const isShared = ({ type }: DeviceObject): boolean => OBJECT_TYPES[type].life === 'shared';

function withDependents(
  partition: string,
  current: DeviceObjects,
  objects: readonly DeviceObject[],
  shared: DeviceObjects,
  keepsPartition: boolean,
): Map<ObjectKey, DeviceObject> {
  const nodes = objects
    .flatMap(nodesOf)
    .filter((path) => path.startsWith(`/${partition}/`))
    .map((path): DeviceObject => ({ type: 'node', path, properties: {} }))
    .map((node) => current.get(keyOf(node)) ?? node);
  const folder: DeviceObject = { type: 'folder', path: `/${partition}`, properties: {} };
  const all = [...objects, ...nodes, ...sharedUsedBy(objects, shared, current)];
  return byKey(all.length === 0 && !keepsPartition ? [] : [folder, ...all]);
}

/**
 * @param current everything in the partition; empty when there is none
 * @param withheld owners whose objects are not to be touched now
 */
export function desiredPartition(
  current: DeviceObjects,
  compiled: CompiledService,
  withheld: ReadonlySet<OwnerKey> = new Set(),
): DeviceObjects {
  const isWithheld = (object: DeviceObject): boolean => {
    const owners = claimedBy(object, compiled.claims) ?? [];
    return owners.some((owner) => withheld.has(ownerKey(owner)));
  };
  const isClaimed = (object: DeviceObject): boolean =>
    claimedBy(object, compiled.claims) !== undefined && !isWithheld(object);
  const target = withhold(
    compiled.objects.filter((object) => !isShared(object)),
    current,
    isWithheld,
  );
  const targetKeys = new Set(target.map(keyOf));
  const present = [...current.values()].filter(
    (object) => OBJECT_TYPES[object.type].life !== 'container' && !livesByUse(object),
  );
  const leaving = present.filter((object) => !targetKeys.has(keyOf(object)) && isClaimed(object));
  const others = present.filter((object) => !targetKeys.has(keyOf(object)) && !isClaimed(object));
  const settled = [...withoutLeaving(others, new Set(leaving.map(keyOf))), ...target];
  const shared = byKey(compiled.objects.filter(isShared));
  const keepsPartition = compiled.keepsPartition === true;
  return withDependents(compiled.partition, current, settled, shared, keepsPartition);
}
