// Takes away what nobody uses any more of one device's networks. Users are read from the device.
import { COMMON, localSelfIpName } from '../../adapters/network-names.ts';
import type { Peer } from '../../allocate/forwarding-change.ts';
import { keyOf, nameOf, type DeviceObjects } from '../../object-types/device-object.ts';
import { bareAddress, isInNetwork, networkOf } from '../../object-types/networks.ts';
import { asList, asText } from '../../object-types/property.ts';
import { releasedNetworks, usersIn, type NetworkUsers } from '../../plan/network-partition.ts';
import { withoutPeers } from '../../plan/network-peers.ts';
import type { PartitionContents } from '../../plan/partition-contents.ts';
import type { Device } from '../device.ts';
import type { NetworkCache } from './network-cache.ts';
import type { NetworkWriter } from './network-writer.ts';
import { withFolder } from './partition-folder.ts';

const ROUNDS_MAX = 3;

export interface TenantUsers extends NetworkUsers {
  /** Nothing but networks is in the partition. */
  isBare: boolean;
}

export class DeviceRelease {
  readonly #device: Device;
  readonly #cache: NetworkCache;
  readonly #writer: NetworkWriter;

  constructor(device: Device, cache: NetworkCache, writer: NetworkWriter) {
    this.#device = device;
    this.#cache = cache;
    this.#writer = writer;
  }

  /** @returns the partition is no more. @throws DeviceError */
  async tenant(partition: string, leaving: readonly Peer[], signal: AbortSignal): Promise<boolean> {
    for (let round = 1; ; round += 1) {
      const outcome = await this.#releaseOnce(partition, leaving, signal);
      if (outcome !== 'doubtful') return outcome === 'gone';
      if (round === ROUNDS_MAX) return false;
    }
  }

  async #releaseOnce(
    partition: string,
    leaving: readonly Peer[],
    signal: AbortSignal,
  ): Promise<'gone' | 'there' | 'doubtful'> {
    const users = await this.usersOfTenant(partition, signal);
    if (users === undefined) return 'gone';
    if (!(await this.isInDoubt(partition, signal))) return 'there';
    const known = await this.#cache.load(partition, signal);
    const left = leftFor(users, leaving, known);
    const isEmpty = left.size === 0 && users.isBare;
    const outcome = await this.#writer.apply(
      partition,
      withFolder(partition, known),
      isEmpty ? left : withFolder(partition, left),
      signal,
    );
    if (!outcome.isWhole) {
      this.#cache.suspect(partition);
      return outcome.isStale ? 'doubtful' : 'there';
    }
    if (isEmpty) this.#cache.noteFolder(partition, false);
    return isEmpty ? 'gone' : 'there';
  }

  /** True once after a read or a suspicion: whether the partition's networks are in use has to be looked at. */
  async isInDoubt(partition: string, signal: AbortSignal): Promise<boolean> {
    await this.#cache.load(partition, signal);
    return this.#cache.takeDoubt(partition);
  }

  /**
   * Takes away all but what is left of a partition's networks; the partition stays.
   * @returns false when some of it is still there. @throws DeviceError
   */
  async reduce(
    partition: string,
    leftOf: (known: DeviceObjects) => DeviceObjects,
    signal: AbortSignal,
  ): Promise<boolean> {
    const known = await this.#cache.load(partition, signal);
    const [before, after] = [known, leftOf(known)].map((one) => withFolder(partition, one));
    const outcome = await this.#writer.apply(partition, before ?? known, after ?? known, signal);
    if (!outcome.isWhole) this.#cache.suspect(partition);
    return outcome.isWhole;
  }

  /** @returns false when something is in it. @throws DeviceError */
  async removePartition(partition: string, signal: AbortSignal): Promise<boolean> {
    const { isWhole } = await this.#writer.apply(
      partition,
      withFolder(partition, new Map()),
      new Map(),
      signal,
    );
    if (isWhole) this.#cache.noteFolder(partition, false);
    else this.#cache.suspect(partition);
    return isWhole;
  }

  /** Who uses a tenant's networks; undefined when there is no partition. @throws DeviceError */
  async usersOfTenant(partition: string, signal: AbortSignal): Promise<TenantUsers | undefined> {
    const contents = await this.#cache.contents(partition, signal);
    if (contents.objects.size === 0) return undefined;
    const users = usersIn(contents.objects);
    const known = await this.#cache.load(partition, signal);
    const foreignSnat = await this.#foreignSnat(known, users.addresses, signal);
    return { partition, ...users, foreignSnat, isBare: isBare(contents) };
  }

  /**
   * Removes shared networks in which no address of the device is.
   * @param held subnets that changes under way count on. @throws DeviceError
   */
  async common(held: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    if (this.#cache.known(COMMON) === undefined || !this.#cache.takeDoubt(COMMON)) return;
    const users = await this.usersOfCommon(held, signal);
    if (users === undefined) return;
    await this.reduce(COMMON, (known) => leftFor(users, [], known), signal);
    if (held.size > 0) this.#cache.suspect(COMMON);
  }

  /** Who uses the networks of /Common; undefined when there are none of ours. @throws DeviceError */
  async usersOfCommon(
    held: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<NetworkUsers | undefined> {
    const known = await this.#cache.load(COMMON, signal);
    if (![...known.values()].some((object) => object.type !== 'vlan')) return undefined;
    const users = await this.#addressesOn(known, held, signal);
    return { partition: COMMON, ...users, foreignSnat: new Set() };
  }

  /** Of virtual servers and nodes in all partitions. */
  async #addressesOn(
    known: DeviceObjects,
    held: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<{ addresses: string[]; nodes: string[] }> {
    const { client, facts } = this.#device;
    const [virtual, nodes] = await Promise.all(
      ['/ltm/virtual-address', '/ltm/node'].map(async (collection) => {
        const items = await client.list(collection, {}, signal);
        return items.map((item) => asText(item['address']));
      }),
    );
    const deviceName = facts?.deviceName ?? '';
    const own = [...held].flatMap((subnet) => {
      const path = `/${COMMON}/${localSelfIpName(deviceName, subnet)}`;
      return asText(known.get(keyOf({ type: 'self', path }))?.properties['address']) || [];
    });
    const wildcards = ['0.0.0.0', '::', 'any', 'any6'];
    const addresses = [...(virtual ?? []), ...(nodes ?? []), ...own];
    return {
      addresses: addresses.filter((address) => !wildcards.includes(address)),
      nodes: [...(nodes ?? []), ...own],
    };
  }

  /** SNAT addresses in /Common that this partition's pool still needs. */
  async #foreignSnat(
    known: DeviceObjects,
    addresses: readonly string[],
    signal: AbortSignal,
  ): Promise<Set<string>> {
    const members = [...known.values()]
      .filter(({ type }) => type === 'snatpool')
      .flatMap(({ properties }) => asList(properties['members']).map(asText));
    const foreign = members.filter((path) => path.startsWith(`/${COMMON}/`));
    if (foreign.length === 0) return new Set();
    const common = await this.#cache.load(COMMON, signal);
    const networks = [...common.values()]
      .filter(({ type }) => type === 'self')
      .map(({ properties }) => networkOf(asText(properties['address'])).replace(/%\d+$/, ''))
      .filter((cidr) => addresses.some((one) => !one.includes('%') && isInNetwork(one, cidr)));
    return new Set(
      foreign.filter((path) => {
        const one = common.get(keyOf({ type: 'snat-translation', path }));
        const address = asText(one?.properties['address']);
        return networks.some((cidr) => isInNetwork(address, cidr));
      }),
    );
  }
}

/** Networks that are still needed. @param leaving members that go, unless others have them, too */
export function leftFor(
  users: NetworkUsers,
  leaving: readonly Peer[],
  known: DeviceObjects,
): DeviceObjects {
  const gone = leaving.filter(({ address }) => !users.nodes.some((one) => isSame(one, address)));
  return withoutPeers(
    releasedNetworks(known, users),
    gone.map(({ mac }) => ({ mac })),
  );
}

/** Nothing is in the partition but what makes a subnet's gateway. */
function isBare({ objects }: PartitionContents): boolean {
  return [...objects.values()].every(
    ({ type, path }) =>
      type === 'folder' ||
      (type === 'virtual' && nameOf(path).startsWith('gw-')) ||
      (type === 'virtual-address' && /^(?:0\.0\.0\.0|::)(?:%\d+)?$/.test(nameOf(path))),
  );
}

function isSame(node: string, address: string): boolean {
  return bareAddress(node) === bareAddress(address);
}
