// Networks of one device: what it has, what is made on it, what is taken away.
import { isDeviceError } from '@f5-lbaas/bigip-client';
import type { Logger } from '@f5-lbaas/platform';
import { COMMON, localSelfIpName, subnetOfName, tunnelName } from '../adapters/network-names.ts';
import type { ForwardingChange, Peer, TunnelEnd, TunnelPeers } from '../allocate/tunnel-peers.ts';
import type { AddressBinding, VlanBinding } from '../allocate/bindings.ts';
import type { SubnetNeed } from '../allocate/needs.ts';
import type { NetworkDevice } from '../allocate/service-networks.ts';
import { applySteps } from '../apply/apply-steps.ts';
import type { ServiceNetworks } from '../compile/service-networks.ts';
import type { NetworkSettings } from '../config/network-settings.ts';
import {
  byKey,
  isFields,
  keyOf,
  nameOf,
  type DeviceObject,
  type DeviceObjects,
} from '../object-types/device-object.ts';
import { bareAddress, isInNetwork, networkOf } from '../object-types/networks.ts';
import { asList, asText } from '../object-types/property.ts';
import {
  assuredNetworks,
  releasedNetworks,
  settledNetworks,
  usersIn,
} from '../plan/network-partition.ts';
import { withoutPeers, withPeers } from '../plan/network-peers.ts';
import { planSteps } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import type { PartitionContents } from '../plan/partition-contents.ts';
import type { Device } from './device.ts';
import { NetworkCache } from './network-cache.ts';
import { Vtep } from './vtep.ts';

const ROUNDS_MAX = 3;
/** Platform of vCMP guests: their hosts have the interfaces, and a VLAN of theirs is the host's of the same tag. */
const VCMP_GUEST = 'Z101';

export interface DeviceNetworksOptions {
  settings: NetworkSettings;
  logger: Logger;
  peers: TunnelPeers | undefined;
  addresses: AddressBinding | undefined;
  vlans: VlanBinding | undefined;
}

export interface AssureRequest {
  partition: string;
  wanted: readonly DeviceObject[];
  networks: ServiceNetworks;
  /** Nothing is sent. */
  isDryRun: boolean;
  planned: Step[];
}

export class DeviceNetworks {
  readonly #device: Device;
  readonly #logger: Logger;
  readonly #cache: NetworkCache;
  readonly #vtep: Vtep;
  readonly #options: DeviceNetworksOptions;
  readonly #withStaticArp: boolean;
  readonly #removed = new Set<string>();

  constructor(device: Device, options: DeviceNetworksOptions) {
    const { settings, logger } = options;
    this.#device = device;
    this.#options = options;
    this.#withStaticArp = settings.populateStaticArp;
    this.#logger = logger.child({ device: device.host });
    this.#cache = new NetworkCache(settings);
    this.#vtep = new Vtep(device.client, settings);
  }

  clear(): void {
    this.#cache.clear();
    this.#vtep.clear();
  }

  drop(partition: string): void {
    this.#cache.drop(partition);
  }

  /** What allocation has to know of the device. @throws DeviceError */
  async facts(needs: readonly SubnetNeed[], signal: AbortSignal): Promise<NetworkDevice> {
    const { host, facts } = this.#device;
    const isGuest = facts?.platform === VCMP_GUEST;
    const hasTunnels = needs.some(({ kind }) => kind === 'vxlan' || kind === 'gre');
    const localAddress = hasTunnels ? await this.#vtep.address(signal) : undefined;
    return { host, deviceName: facts?.deviceName ?? '', localAddress, isGuest };
  }

  /** @throws DeviceError */
  async load(partition: string, signal: AbortSignal): Promise<DeviceObjects> {
    const { client } = this.#device;
    const isThere =
      partition === COMMON || (await this.#contents(partition, signal)).objects.size > 0;
    return this.#cache.load(client, partition, isThere, signal);
  }

  get knownEndPoint(): string | undefined {
    return this.#vtep.known;
  }

  /** @throws DeviceError */
  endPoint(signal: AbortSignal): Promise<string | undefined> {
    return this.#vtep.address(signal);
  }

  /** One call. @throws DeviceError */
  async partitionsWith(
    { type, key, networkId }: ForwardingChange,
    signal: AbortSignal,
  ): Promise<string[]> {
    const tunnels = await this.#device.client.list('/net/tunnels/tunnel', {}, signal);
    return tunnels
      .filter((one) => one['name'] === tunnelName(type, key) && one['description'] === networkId)
      .map((one) => asText(one['partition']));
  }

  /** @throws DeviceError */
  async forward(partition: string, change: ForwardingChange, signal: AbortSignal): Promise<void> {
    const known = await this.load(partition, signal);
    const path = `/${partition}/${tunnelName(change.type, change.key)}`;
    if (!known.has(keyOf({ type: 'tunnel', path }))) return;
    const own = await this.#vtep.address(signal);
    const peers = change.peers.filter(({ vtep }) => vtep !== own);
    const desired =
      change.action === 'add'
        ? withPeers(known, path, peers, this.#withStaticArp)
        : withoutPeers(
            known,
            peers.map(({ mac }) => mac),
            path,
          );
    const folder = folderOf(partition);
    const withFolder = (objects: DeviceObjects): DeviceObjects =>
      byKey([...objects.values(), folder]);
    await this.#apply(partition, withFolder(known), withFolder(desired), signal);
  }

  /**
   * Makes what is missing.
   * @param planned takes what was missing, as steps. @returns the device's refusal. @throws DeviceError
   */
  async assure(
    { partition, wanted, networks: { trafficGroup }, isDryRun, planned }: AssureRequest,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const folder = folderOf(partition, trafficGroup);
    for (let round = 1; ; round += 1) {
      const { isNew, current } = await this.#withFolder(partition, folder, signal);
      const desired = assuredNetworks(current, wanted.length === 0 ? [] : [folder, ...wanted]);
      if (round === 1) planned.push(...planSteps(current, desired));
      if (isDryRun) return undefined;
      const outcome = await this.#apply(partition, current, desired, signal);
      if (outcome.refusal === undefined) {
        if (outcome.writes > 0 && isNew) this.#noteFolder(partition, folder, true);
        return undefined;
      }
      if (!outcome.isStale || round === ROUNDS_MAX) return outcome.refusal;
      this.#device.cache.drop(partition);
    }
  }

  /** @returns the partition is no more. @throws DeviceError */
  async releaseTenant(
    partition: string,
    leaving: readonly Peer[],
    signal: AbortSignal,
  ): Promise<boolean> {
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
    const contents = await this.#contents(partition, signal);
    if (contents.objects.size === 0) return 'gone';
    const known = await this.load(partition, signal);
    if (!this.#cache.takeDoubt(partition)) return 'there';
    const users = usersIn(contents.objects);
    const foreignSnat = await this.#foreignSnat(known, users.addresses, signal);
    const gone = leaving.filter(({ address }) => !users.nodes.some((one) => isSame(one, address)));
    const left = withoutPeers(
      releasedNetworks(known, { partition, ...users, foreignSnat }),
      gone.map(({ mac }) => mac),
    );
    const folder = folderOf(partition);
    const isEmpty = left.size === 0 && isBare(contents);
    const withFolder = (objects: DeviceObjects): DeviceObjects =>
      byKey([...objects.values(), folder]);
    const desired = isEmpty ? left : withFolder(left);
    const outcome = await this.#apply(partition, withFolder(known), desired, signal);
    if (outcome.refusal !== undefined || !outcome.isWhole) {
      this.#cache.suspect(partition);
      return outcome.isStale ? 'doubtful' : 'there';
    }
    if (isEmpty) this.#noteFolder(partition, folder, false);
    return isEmpty ? 'gone' : 'there';
  }

  /**
   * Removes shared networks in which no address of the device is.
   * @param held subnets that changes under way count on. @throws DeviceError
   */
  async releaseCommon(held: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    const known = this.#cache.known(COMMON);
    if (known === undefined || !this.#cache.takeDoubt(COMMON)) return;
    if (![...known.values()].some((object) => object.type !== 'vlan')) return;
    const users = await this.#usersOfCommon(known, held, signal);
    const left = releasedNetworks(known, { partition: COMMON, ...users, foreignSnat: new Set() });
    const folder = folderOf(COMMON);
    const current = byKey([...known.values(), folder]);
    const outcome = await this.#apply(COMMON, current, byKey([...left.values(), folder]), signal);
    if (!outcome.isWhole || held.size > 0) this.#cache.suspect(COMMON);
  }

  /** Networks of the partition, and those that it shares, may have lost a user. */
  suspect(partition: string): void {
    this.#cache.suspect(partition);
    this.#cache.suspect(COMMON);
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
    const common = await this.load(COMMON, signal);
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

  #contents(partition: string, signal: AbortSignal): Promise<PartitionContents> {
    const { cache, client } = this.#device;
    return cache.load(client, partition, signal);
  }

  /** The networks of a partition and, when there is one, the partition. */
  async #withFolder(
    partition: string,
    folder: DeviceObject,
    signal: AbortSignal,
  ): Promise<{ isNew: boolean; current: DeviceObjects }> {
    const known = await this.load(partition, signal);
    const isNew = partition !== COMMON && !(await this.#hasFolder(partition, signal));
    return { isNew, current: isNew ? known : byKey([...known.values(), folder]) };
  }

  async #hasFolder(partition: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#contents(partition, signal)).objects.has(keyOf(folderOf(partition)));
  }

  #noteFolder(partition: string, folder: DeviceObject, isThere: boolean): void {
    const one = byKey([{ ...folder, properties: {} }]);
    const [before, after] = isThere ? [new Map(), one] : [one, new Map()];
    this.#device.cache.note(partition, before, after);
  }

  /** Names of addresses that were removed since it was last asked for, which are those of their ports. */
  takeRemoved(): string[] {
    const names = [...this.#removed];
    this.#removed.clear();
    return names;
  }

  #noteRemoved(steps: readonly Step[]): void {
    for (const { action, target } of steps) {
      const hasPort = target.type === 'self' || target.type === 'snat-translation';
      if (action === 'remove' && hasPort) this.#removed.add(nameOf(target.path));
    }
  }

  /** An address of that name is on the device, as far as is known. */
  hasAddress(partition: string, name: string): boolean {
    return [partition, COMMON].some((place) =>
      (['self', 'snat-translation'] as const).some((type) =>
        this.#cache.known(place)?.has(keyOf({ type, path: `/${place}/${name}` })),
      ),
    );
  }

  /** Those around the device: who sends into its tunnels, its switch ports, its Neutron ports. */
  async #tell(
    steps: readonly Step[],
    before: DeviceObjects,
    after: DeviceObjects,
    signal: AbortSignal,
  ): Promise<void> {
    for (const { action, target } of steps) {
      const object = (action === 'remove' ? before : after).get(keyOf(target));
      if (object === undefined || action === 'modify') continue;
      await this.#tellOfTunnel(action, object, signal);
      await this.#tellOfVlan(action, object);
      if (action === 'remove') await this.#tellOfAddress(object, signal);
    }
  }

  async #tellOfTunnel(
    action: 'create' | 'remove',
    object: DeviceObject,
    signal: AbortSignal,
  ): Promise<void> {
    const { peers } = this.#options;
    if (peers === undefined || object.type !== 'tunnel') return;
    if (action === 'create') await peers.announce(tunnelEnd(object), signal);
    else await peers.withdraw(tunnelEnd(object), signal);
  }

  async #tellOfVlan(action: 'create' | 'remove', object: DeviceObject): Promise<void> {
    const { vlans } = this.#options;
    if (vlans === undefined || object.type !== 'vlan') return;
    const deviceName = this.#device.facts?.deviceName ?? '';
    const tag = Number(object.properties['tag'] ?? 0);
    for (const port of asList(object.properties['interfaces']).filter(isFields)) {
      const name = asText(port['name']);
      if (action === 'create') await vlans.allowVlan(deviceName, name, tag);
      else await vlans.pruneVlan(deviceName, name, tag);
    }
  }

  async #tellOfAddress(
    { type, path, properties }: DeviceObject,
    signal: AbortSignal,
  ): Promise<void> {
    if (type !== 'self' && type !== 'snat-translation') return;
    const subnet = subnetOfName(nameOf(path), this.#device.facts?.deviceName ?? '');
    const address = bareAddress(asText(properties['address']));
    if (subnet !== undefined) await this.#options.addresses?.unbind(subnet, address, signal);
  }

  async #apply(
    partition: string,
    current: DeviceObjects,
    desired: DeviceObjects,
    signal: AbortSignal,
  ): Promise<{ refusal?: string; isStale: boolean; isWhole: boolean; writes: number }> {
    const steps = planSteps(current, desired);
    const whole = { isStale: false, isWhole: true, writes: steps.length };
    if (steps.length === 0) {
      this.#cache.store(partition, networksOf(desired));
      return whole;
    }
    try {
      const result = await applySteps(this.#device.client, steps, signal);
      this.#device.noteChange();
      if (result.kind === 'done') {
        this.#noteRemoved(steps.filter((step) => !result.left.includes(step)));
        await this.#tell(steps, current, desired, signal);
      }
      if (result.kind === 'done' && result.left.length === 0) {
        this.#cache.store(partition, settledNetworks(networksOf(desired)));
        return whole;
      }
      this.#cache.drop(partition);
      if (result.kind === 'done') {
        const left = result.left.map(({ target }) => target.path);
        this.#logger.warn(
          { partition, left },
          'Networks that are not needed could not be removed.',
        );
        return { ...whole, isWhole: false };
      }
      const { kind, deviceMessage } = result.error;
      this.#logger.warn({ partition, err: result.error }, 'Networks were refused.');
      const isStale = kind === 'absent' || kind === 'exists';
      return { refusal: deviceMessage, isStale, isWhole: false, writes: 0 };
    } catch (error) {
      this.#cache.drop(partition);
      this.#device.cache.drop(partition);
      if (!isDeviceError(error, 'unknown_outcome')) throw error;
      return { refusal: error.deviceMessage, isStale: true, isWhole: false, writes: 0 };
    }
  }
}

function folderOf(partition: string, trafficGroup?: string): DeviceObject {
  const properties = trafficGroup === undefined ? {} : { trafficGroup };
  return { type: 'folder', path: `/${partition}`, properties };
}

function networksOf(objects: DeviceObjects): DeviceObjects {
  return byKey([...objects.values()].filter(({ type }) => type !== 'folder'));
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

function tunnelEnd({ path, properties }: DeviceObject): TunnelEnd {
  return {
    networkId: asText(properties['description']),
    type: nameOf(path).startsWith('tunnel-gre-') ? 'gre' : 'vxlan',
    key: Number(properties['key']),
    endPoint: asText(properties['localAddress']),
  };
}
