// What one device is known to have of networks, partition by partition: the counterpart of the partition cache, read
// apart because load balancers change a hundred times as often as what is below them.
// Invariants: read once, then kept up by the writes; dropped on any doubt. Of /Common only what is ours by name.
import type { DeviceItem } from '@f5-lbaas/bigip-client';
import { COMMON, isNetworkName } from '../../adapters/network-names.ts';
import type { NetworkSettings } from '../../config/network-settings.ts';
import { normalise } from '../../normalise/normalise.ts';
import {
  byKey,
  keyOf,
  partitionOf,
  type DeviceObject,
  type DeviceObjects,
  type ObjectTypeName,
} from '../../object-types/device-object.ts';
import { OBJECT_TYPES } from '../../object-types/object-types.ts';
import { asText } from '../../object-types/property.ts';
import { isDeviceLocal, mayBeLocal } from '../../plan/device-local.ts';
import type { PartitionContents } from '../../plan/partition-contents.ts';
import type { Device } from '../device.ts';
import { folderOf } from './partition-folder.ts';
import { TunnelIndex } from './tunnel-index.ts';

const NOTHING: DeviceObjects = new Map();

/** Of some collections, which load balancers use too, only names of ours. */
const OTHERS_TOO: readonly ObjectTypeName[] = [
  'forwarding-address',
  'forwarding-virtual',
  'arp',
  'ndp',
];

/** What the settings can bring about; the rest need not be read. */
function typesOf(settings: NetworkSettings): ObjectTypeName[] {
  return [
    'vlan',
    'self',
    'route-domain',
    ...(settings.useSnat ? (['snat-translation', 'snatpool'] as const) : []),
    ...(settings.useSnat ? [] : (['forwarding-address', 'forwarding-virtual'] as const)),
    ...(settings.vtep === undefined ? [] : (['tunnel', 'fdb'] as const)),
    ...(settings.vtep !== undefined && settings.populateStaticArp ? (['arp', 'ndp'] as const) : []),
  ];
}

export class NetworkCache {
  /** Of all partitions. */
  readonly tunnels: TunnelIndex;
  readonly #device: Device;
  readonly #settings: NetworkSettings;
  readonly #isLocalOnly: () => boolean;
  readonly #existing: ReadonlySet<string>;
  readonly #known = new Map<string, DeviceObjects>();
  readonly #doubtful = new Set<string>();

  /** @param isLocalOnly what config sync brings to the device is not looked at there */
  constructor(device: Device, settings: NetworkSettings, isLocalOnly: () => boolean) {
    this.#device = device;
    this.tunnels = new TunnelIndex(device.client);
    this.#settings = settings;
    this.#isLocalOnly = isLocalOnly;
    this.#existing = new Set(Object.values(settings.existingVlans));
  }

  /** Networks of the partition; none when there is no partition. @throws DeviceError */
  async load(partition: string, signal: AbortSignal): Promise<DeviceObjects> {
    const isThere = partition === COMMON || (await this.hasFolder(partition, signal));
    if (!isThere) this.drop(partition);
    const known = this.#known.get(partition);
    if (known !== undefined) return known;
    const objects = isThere ? await this.#read(partition, signal) : NOTHING;
    this.#known.set(partition, objects);
    this.#doubtful.add(partition);
    return objects;
  }

  /** What else is in the partition. @throws DeviceError */
  contents(partition: string, signal: AbortSignal): Promise<PartitionContents> {
    const { cache, client } = this.#device;
    return cache.load(client, partition, signal);
  }

  /** @throws DeviceError */
  hasFolder(partition: string, signal: AbortSignal): Promise<boolean> {
    const { cache, client } = this.#device;
    return cache.has(client, partition, signal);
  }

  /** The partition was made or removed. */
  noteFolder(partition: string, isThere: boolean): void {
    const folder = byKey([folderOf(partition)]);
    const [before, after] = isThere ? [NOTHING, folder] : [folder, NOTHING];
    this.#device.cache.note(partition, before, after);
  }

  /** An address is on the device. Costs calls only after a doubt. @throws DeviceError */
  async hasAddress(path: string, signal: AbortSignal): Promise<boolean> {
    const known = await this.load(partitionOf(path), signal);
    return (['self', 'snat-translation'] as const).some((type) => known.has(keyOf({ type, path })));
  }

  /** As last read and written; undefined when in doubt. */
  known(partition: string): DeviceObjects | undefined {
    return this.#known.get(partition);
  }

  store(partition: string, objects: DeviceObjects): void {
    if (tunnelsIn(objects) !== tunnelsIn(this.#known.get(partition))) this.tunnels.forget();
    this.#known.set(partition, objects);
  }

  /** Something of the partition may be in use no more. */
  suspect(partition: string): void {
    this.#doubtful.add(partition);
  }

  /** True once after a read or a suspicion: whether all of it is in use has to be looked at. */
  takeDoubt(partition: string): boolean {
    return this.#doubtful.delete(partition);
  }

  drop(partition: string): void {
    this.#known.delete(partition);
    this.tunnels.forget();
  }

  clear(): void {
    this.#known.clear();
    this.#doubtful.clear();
    this.tunnels.forget();
  }

  async #read(partition: string, signal: AbortSignal): Promise<DeviceObjects> {
    const { client } = this.#device;
    const isLocalOnly = this.#isLocalOnly();
    const types = typesOf(this.#settings).filter((type) => !isLocalOnly || mayBeLocal(type));
    const lists = await Promise.all(
      types.map(async (type) => {
        const { collection, expand } = OBJECT_TYPES[type];
        const items = await client.list(collection, { partition, expand }, signal);
        return items
          .filter((item) => partition !== COMMON || this.#isOurs(type, item))
          .flatMap((item) => normalise(type, item))
          .filter((object) => !OTHERS_TOO.includes(type) || isNetworkName(object, partition));
      }),
    );
    return byKey(
      lists
        .flat()
        .filter((one) => isOfAgent(one, partition) && (!isLocalOnly || isDeviceLocal(one))),
    );
  }

  /** Operators have networks of their own in /Common; ours tell the Neutron network that they are for. */
  #isOurs(type: ObjectTypeName, item: DeviceItem): boolean {
    if (type !== 'vlan' && type !== 'tunnel') return true;
    return asText(item['description']) !== '' && !this.#existing.has(asText(item['name']));
  }
}

function tunnelsIn(objects: DeviceObjects | undefined): string {
  const tunnels = [...(objects ?? NOTHING).values()].filter(({ type }) => type === 'tunnel');
  return tunnels.map(keyOf).sort().join();
}

function isOfAgent(object: DeviceObject, partition: string): boolean {
  return partition !== COMMON || isNetworkName(object, COMMON);
}
