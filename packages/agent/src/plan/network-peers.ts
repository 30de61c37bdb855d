// Whom tunnels reach: forwarding entries and static ARP, added and taken away. Pure.
import {
  byKey,
  isFields,
  keyOf,
  partitionOf,
  type DeviceObject,
  type DeviceObjects,
} from '../object-types/device-object.ts';
import { addressIn } from '../object-types/networks.ts';
import { asList, asText } from '../object-types/property.ts';

interface ReachedPeer {
  mac: string;
  /** Empty when it is not known. */
  address: string;
  vtep: string;
}

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

/** @param path of the tunnel */
export function withPeers(
  objects: DeviceObjects,
  path: string,
  peers: readonly ReachedPeer[],
  withStaticArp: boolean,
): DeviceObjects {
  const before = recordsOf(objects.get(keyOf({ type: 'fdb', path })));
  const added = Object.fromEntries(peers.map(({ mac, vtep }) => [mac, vtep]));
  const records = sorted({ ...before, ...added });
  const fdb: DeviceObject = { type: 'fdb', path, properties: { records } };
  const routeDomain = routeDomainOfLink(objects, path);
  const neighbours = (withStaticArp ? peers : [])
    .filter(({ address }) => address !== '')
    .map(({ mac, address }): DeviceObject => {
      const ipAddress = addressIn(address, routeDomain);
      const properties = { ipAddress, macAddress: mac };
      return { type: 'arp', path: `/${partitionOf(path)}/${mac}`, properties };
    });
  return byKey([...objects.values(), fdb, ...neighbours]);
}

/** @param path of the only tunnel that is meant */
export function withoutPeers(
  objects: DeviceObjects,
  macs: readonly string[],
  path?: string,
): DeviceObjects {
  if (macs.length === 0) return objects;
  const gone = new Set(macs);
  const kept = [...objects.values()].flatMap((object): DeviceObject[] => {
    if (object.type === 'arp')
      return gone.has(asText(object.properties['macAddress'])) ? [] : [object];
    if (object.type !== 'fdb' || (path !== undefined && object.path !== path)) return [object];
    const left = Object.entries(recordsOf(object)).filter(([mac]) => !gone.has(mac));
    return [{ ...object, properties: { records: Object.fromEntries(left) } }];
  });
  return byKey(kept);
}
