// What a partition's networks should be: first everything that a service needs beside what is there, later nothing
// that nobody uses any more. Who uses a network is read from the device itself: addresses in a self IP's network.
// So it needs no counters that could be wrong after a crash. Pure.
import { isNetworkName } from '../adapters/network-names.ts';
import {
  byKey,
  isFields,
  keyOf,
  nameOf,
  type DeviceObject,
  type DeviceObjects,
  type Fields,
  type ObjectKey,
} from '../object-types/device-object.ts';
import { bareAddress, isInNetwork, networkOf, routeDomainOf } from '../object-types/networks.ts';
import { asList, asText } from '../object-types/property.ts';
import { asKnownNeighbour, isNeighbour } from './network-peers.ts';
import { isLocalSelfIp } from './device-local.ts';

/** Properties that are the sum of what all services want. */
const LISTS: Partial<Record<DeviceObject['type'], string>> = {
  'route-domain': 'vlans',
  snatpool: 'members',
};

function merged(current: DeviceObject | undefined, wanted: DeviceObject): DeviceObject {
  if (current === undefined) return wanted;
  const { type, properties } = wanted;
  if (type === 'fdb') {
    const records = { ...fields(current, 'records'), ...fields(wanted, 'records') };
    return { ...wanted, properties: { ...properties, records: sorted(records) } };
  }
  const list = LISTS[type];
  if (list === undefined) return wanted;
  const all = [current, wanted].flatMap((one) => asList(one.properties[list]).map(asText));
  return { ...wanted, properties: { ...properties, [list]: [...new Set(all)].sort() } };
}

function fields(object: DeviceObject, name: string): Fields {
  const value = object.properties[name];
  return isFields(value) ? value : {};
}

function sorted(value: Fields): Fields {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Order on the device counts for nothing, so lists that differ only in it are left as they are shown. */
function likeCurrent(current: DeviceObject | undefined, wanted: DeviceObject): DeviceObject {
  const list = LISTS[wanted.type];
  if (current === undefined || list === undefined) return wanted;
  const [shown, target] = [current, wanted].map((one) => asList(one.properties[list]).map(asText));
  const isSame = shown?.length === target?.length && shown?.every((path) => target?.includes(path));
  return isSame
    ? { ...wanted, properties: { ...wanted.properties, [list]: current.properties[list] ?? [] } }
    : wanted;
}

/** What is there, and what a service needs. Nothing goes. */
export function assuredNetworks(
  current: DeviceObjects,
  wanted: readonly DeviceObject[],
): DeviceObjects {
  const targets = wanted.map((object) => {
    const named = isNeighbour(object) ? asKnownNeighbour(current, object) : object;
    const present = current.get(keyOf(named));
    return likeCurrent(present, merged(present, named));
  });
  return byKey([...current.values(), ...targets]);
}

export interface NetworkUsers {
  partition: string;
  /** Addresses that are served or sent to, with route domains: virtual addresses, nodes. */
  addresses: readonly string[];
  /** Those of nodes, which may use a gateway. */
  nodes: readonly string[];
  /** SNAT addresses of other partitions that are still there, full paths. */
  foreignSnat: ReadonlySet<string>;
}

const at = (object: DeviceObject, name: string): string => asText(object.properties[name]);

/** The address is in the network of the self IP. */
function isServed(address: string, selfIp: DeviceObject): boolean {
  const network = networkOf(at(selfIp, 'address'));
  return (
    routeDomainOf(address) === routeDomainOf(network) &&
    isInNetwork(address, network.replace(/%\d+$/, ''))
  );
}

/** Decides object by object, from what needs nothing else down to what holds the rest. */
class Release {
  readonly #all: readonly DeviceObject[];
  readonly #users: NetworkUsers;
  readonly #kept = new Map<ObjectKey, DeviceObject>();

  constructor(current: DeviceObjects, users: NetworkUsers) {
    this.#all = [...current.values()];
    this.#users = users;
  }

  run(): DeviceObjects {
    const { addresses, nodes, partition } = this.#users;
    const locals = this.#keep('self', (self) =>
      isLocalSelfIp(self) ? addresses.some((address) => isServed(address, self)) : false,
    );
    this.#keep('self', (self) => {
      const beside = locals.some((local) => isServed(at(self, 'address'), local));
      return !isLocalSelfIp(self) && beside && nodes.some((node) => isServed(node, self));
    });
    const inUse = (address: string): boolean => locals.some((local) => isServed(address, local));
    this.#keep('snat-translation', (one) => inUse(at(one, 'address')));
    for (const type of ['arp', 'ndp'] as const) {
      this.#keep(type, (one) => inUse(at(one, 'ipAddress')));
    }
    const selfIps = new Set(this.#of('self').map(({ path }) => nameOf(path)));
    const gateways = this.#keep('forwarding-virtual', ({ path }) => selfIps.has(nameOf(path)));
    this.#keep('forwarding-address', ({ path }) =>
      gateways.some((one) => at(one, 'destination').replace(/[.:]0$/, '') === path),
    );
    const links = new Set(this.#of('self').map((self) => at(self, 'vlan')));
    for (const type of ['vlan', 'tunnel', 'fdb'] as const) {
      this.#keep(type, ({ path }) => links.has(path));
    }
    this.#keepSnatPool();
    const spaces = new Set([
      ...addresses.map(routeDomainOf),
      ...[...this.#kept.values()].map((one) => routeDomainOf(at(one, 'address'))),
    ]);
    this.#keep('route-domain', ({ properties }) => spaces.has(Number(properties['id'])));
    for (const object of this.#all) {
      if (!isNetworkName(object, partition)) this.#kept.set(keyOf(object), object);
    }
    return this.#kept;
  }

  #of(type: DeviceObject['type']): DeviceObject[] {
    return [...this.#kept.values()].filter((object) => object.type === type);
  }

  #keep(type: DeviceObject['type'], isUsed: (one: DeviceObject) => boolean): DeviceObject[] {
    const { partition } = this.#users;
    const found = this.#all.filter(
      (object) => object.type === type && (!isNetworkName(object, partition) || isUsed(object)),
    );
    for (const object of found) this.#kept.set(keyOf(object), object);
    return found.filter(isUsed);
  }

  #keepSnatPool(): void {
    const { foreignSnat } = this.#users;
    const own = new Set(this.#of('snat-translation').map(({ path }) => path));
    for (const pool of this.#all.filter(({ type }) => type === 'snatpool')) {
      const members = asList(pool.properties['members']).map(asText);
      const left = members.filter((path) => own.has(path) || foreignSnat.has(path));
      if (left.length === 0) continue;
      const isSame = left.length === members.length;
      const kept = isSame ? pool : { ...pool, properties: { ...pool.properties, members: left } };
      this.#kept.set(keyOf(pool), kept);
    }
  }
}

/** What is left when everything that no user needs has gone. */
export function releasedNetworks(current: DeviceObjects, users: NetworkUsers): DeviceObjects {
  return new Release(current, users).run();
}

/** The device itself takes a VLAN that goes out of its route domain. */
export function settledNetworks(objects: DeviceObjects): DeviceObjects {
  return byKey(
    [...objects.values()].map((object) => {
      if (object.type !== 'route-domain') return object;
      const vlans = asList(object.properties['vlans'])
        .map(asText)
        .filter((path) =>
          (['vlan', 'tunnel'] as const).some((type) => objects.has(keyOf({ type, path }))),
        );
      return { ...object, properties: { ...object.properties, vlans } };
    }),
  );
}

/** Addresses of the load balancers' objects in a partition that keep its networks alive. */
export function usersIn(objects: DeviceObjects): Pick<NetworkUsers, 'addresses' | 'nodes'> {
  const all = [...objects.values()];
  const nodes = all.filter(({ type }) => type === 'node').map(({ path }) => nameOf(path));
  const virtual = all
    .filter(({ type }) => type === 'virtual-address')
    .map((object) => at(object, 'address'))
    .filter((address) => !['0.0.0.0', '::', 'any', 'any6'].includes(bareAddress(address)));
  return { addresses: [...virtual, ...nodes], nodes };
}
