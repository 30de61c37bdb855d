// Whom tunnels reach: forwarding entries and static neighbour entries, added and taken away. Pure.
import { canonicalAddress } from '../adapters/addresses.ts';
import type { ReachedPeer } from '../allocate/forwarding-change.ts';
import { compileNeighbour } from '../config-managers/l2/neighbour.ts';
import {
  byKey,
  isFields,
  keyOf,
  partitionOf,
  type DeviceObject,
  type DeviceObjects,
} from '../object-types/device-object.ts';
import { bareAddress } from '../object-types/networks.ts';
import { asList, asText } from '../object-types/property.ts';

function recordsOf(object: DeviceObject | undefined): Record<string, string> {
  const records = object?.properties['records'];
  return Object.fromEntries(
    Object.entries(isFields(records) ? records : {}).map(([mac, vtep]) => [mac, asText(vtep)]),
  );
}

function sorted(records: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(records).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function routeDomainOfLink(objects: DeviceObjects, path: string): number {
  const owner = [...objects.values()].find(
    ({ type, properties }) =>
      type === 'route-domain' && asList(properties['vlans']).map(asText).includes(path),
  );
  return Number(owner?.properties['id'] ?? 0);
}

export function isNeighbour({ type }: DeviceObject): boolean {
  return type === 'arp' || type === 'ndp';
}

const at = (object: DeviceObject, name: string): string => asText(object.properties[name]);

/** The entry that the address has already, whatever its name, with the MAC address that it should have. */
export function asKnownNeighbour(objects: DeviceObjects, wanted: DeviceObject): DeviceObject {
  const known = [...objects.values()].find(
    (one) => one.type === wanted.type && at(one, 'ipAddress') === at(wanted, 'ipAddress'),
  );
  return known === undefined ? wanted : { ...wanted, path: known.path };
}

/** @param path of the tunnel */
export function withPeers(
  objects: DeviceObjects,
  path: string,
  peers: readonly ReachedPeer[],
  withNeighbours: boolean,
): DeviceObjects {
  const before = recordsOf(objects.get(keyOf({ type: 'fdb', path })));
  const added = Object.fromEntries(peers.map(({ mac, vtep }) => [mac, vtep]));
  const records = sorted({ ...before, ...added });
  const fdb: DeviceObject = { type: 'fdb', path, properties: { records } };
  const routeDomain = routeDomainOfLink(objects, path);
  const neighbours = (withNeighbours ? peers : [])
    .filter(({ address }) => address !== '')
    .map((peer) => compileNeighbour(partitionOf(path), peer, routeDomain))
    // A port's other address stays unnamed: an entry that is there may be that of a member.
    .filter((wanted) => !objects.has(keyOf(wanted)))
    .map((wanted) => asKnownNeighbour(objects, wanted));
  return byKey([...objects.values(), fdb, ...neighbours]);
}

/** Who left: with the end point behind which it was, where that is known. */
type Leaver = Pick<ReachedPeer, 'mac'> & { vtep?: string };

/**
 * Somebody who is behind another end point by now stays.
 * @param path of the only tunnel that is meant
 */
export function withoutPeers(
  objects: DeviceObjects,
  leavers: readonly Leaver[],
  path?: string,
): DeviceObjects {
  const left = new Map(leavers.map(({ mac, vtep }) => [mac, vtep]));
  const isGone = (mac: string, vtep: string): boolean => {
    if (!left.has(mac)) return false;
    const from = left.get(mac);
    return from === undefined || from === canonicalAddress(vtep);
  };
  const isMeant = (object: DeviceObject): boolean =>
    object.type === 'fdb' && (path === undefined || object.path === path);
  const elsewhere = new Set(
    [...objects.values()]
      .filter(isMeant)
      .flatMap((fdb) => Object.entries(recordsOf(fdb)))
      .filter(([mac, vtep]) => !isGone(mac, vtep))
      .map(([mac]) => mac),
  );
  return byKey(
    [...objects.values()].flatMap((object): DeviceObject[] => {
      const mac = at(object, 'macAddress');
      if (isNeighbour(object)) return left.has(mac) && !elsewhere.has(mac) ? [] : [object];
      if (!isMeant(object)) return [object];
      const kept = Object.entries(recordsOf(object)).filter(([one, vtep]) => !isGone(one, vtep));
      return [{ ...object, properties: { records: Object.fromEntries(kept) } }];
    }),
  );
}

/** Ports that stay where they are and gave up addresses. */
export function withoutAddresses(
  objects: DeviceObjects,
  peers: readonly Pick<ReachedPeer, 'mac' | 'address'>[],
): DeviceObjects {
  const given = new Set(peers.map(({ mac, address }) => `${mac} ${address}`));
  return byKey(
    [...objects.values()].filter((object) => {
      const address = canonicalAddress(bareAddress(at(object, 'ipAddress')));
      return !isNeighbour(object) || !given.has(`${at(object, 'macAddress')} ${address}`);
    }),
  );
}
