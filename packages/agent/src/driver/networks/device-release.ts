// Takes away what nobody uses any more of one device's networks. Users are read from the device.
import { COMMON, localSelfIpName } from '../../adapters/network-names.ts';
import type { Peer } from '../../allocate/forwarding-change.ts';
import { keyOf, nameOf, type DeviceObjects } from '../../object-types/device-object.ts';
import { bareAddress, isInNetwork, networkOf } from '../../object-types/networks.ts';
import { asList, asText } from '../../object-types/property.ts';
import { releasedNetworks, usersIn } from '../../plan/network-partition.ts';
import { withoutPeers } from '../../plan/network-peers.ts';
import type { PartitionContents } from '../../plan/partition-contents.ts';
import type { Device } from '../device.ts';
import type { NetworkCache } from './network-cache.ts';
import type { NetworkWriter } from './network-writer.ts';
import { withFolder } from './partition-folder.ts';

const ROUNDS_MAX = 3;

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
    const contents = await this.#cache.contents(partition, signal);
    if (contents.objects.size === 0) return 'gone';
    const known = await this.#cache.load(partition, signal);
    if (!this.#cache.takeDoubt(partition)) return 'there';
    const users = usersIn(contents.objects);
    const foreignSnat = await this.#foreignSnat(known, users.addresses, signal);
    const gone = leaving.filter(({ address }) => !users.nodes.some((one) => isSame(one, address)));
    const left = withoutPeers(
      releasedNetworks(known, { partition, ...users, foreignSnat }),
      gone.map(({ mac }) => ({ mac })),
    );
    const isEmpty = left.size === 0 && isBare(contents);
    const current = withFolder(partition, known);
    const desired = isEmpty ? left : withFolder(partition, left);
    const outcome = await this.#writer.apply(partition, current, desired, signal);
    if (outcome.refusal !== undefined || !outcome.isWhole) {
      this.#cache.suspect(partition);
      return outcome.isStale ? 'doubtful' : 'there';
    }
    if (isEmpty) this.#cache.noteFolder(partition, false);
    return isEmpty ? 'gone' : 'there';
  }

  /**
   * Removes shared networks in which no address of the device is.
   * @param held subnets that changes under way count on. @throws DeviceError
   */
  async common(held: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    const known = this.#cache.known(COMMON);
    if (known === undefined || !this.#cache.takeDoubt(COMMON)) return;
    if (![...known.values()].some((object) => object.type !== 'vlan')) return;
    const users = await this.#usersOfCommon(known, held, signal);
    const left = releasedNetworks(known, { partition: COMMON, ...users, foreignSnat: new Set() });
    const [current, desired] = [withFolder(COMMON, known), withFolder(COMMON, left)];
    const outcome = await this.#writer.apply(COMMON, current, desired, signal);
    if (!outcome.isWhole || held.size > 0) this.#cache.suspect(COMMON);
  }

  async #usersOfCommon(
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
