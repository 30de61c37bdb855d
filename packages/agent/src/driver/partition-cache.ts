// What one device is known to hold, partition by partition, in compiled form.
// Invariants: a partition is read once, in a constant number of calls, then kept up by the writes; anything
// doubtful is dropped, never guessed. A partition that the folder list does not show costs no read at all.
import type { BigIpClient } from '@f5-lbaas/bigip-client';
import { normalise } from '../normalise/normalise.ts';
import {
  keyOf,
  type DeviceObject,
  type DeviceObjects,
  type ObjectKey,
} from '../object-types/device-object.ts';
import { OBJECT_TYPES, READ_TYPES } from '../object-types/object-types.ts';
import { asText } from '../object-types/property.ts';
import { PartitionContents } from '../plan/partition-contents.ts';

export class PartitionCache {
  /** Undefined: has to be listed first. */
  #folders: Set<string> | undefined;
  readonly #known = new Map<string, PartitionContents>();

  /** Partitions as last listed and written since; undefined when in doubt. */
  get partitions(): ReadonlySet<string> | undefined {
    return this.#folders;
  }

  /** Everything in a partition; empty when there is none. @throws DeviceError */
  async load(
    client: BigIpClient,
    partition: string,
    signal: AbortSignal,
  ): Promise<PartitionContents> {
    const known = this.#known.get(partition);
    if (known !== undefined) return known;
    const folders = this.#folders ?? (await this.listPartitions(client, signal));
    const objects = folders.has(partition) ? await readPartition(client, partition, signal) : [];
    const contents = new PartitionContents(objects);
    this.#known.set(partition, contents);
    return contents;
  }

  /** The partition is on the device. One call at most. @throws DeviceError */
  async has(client: BigIpClient, partition: string, signal: AbortSignal): Promise<boolean> {
    const known = this.#known.get(partition);
    if (known !== undefined) return known.objects.has(folderKey(partition));
    const folders = this.#folders ?? (await this.listPartitions(client, signal));
    if (!folders.has(partition)) this.#known.set(partition, new PartitionContents([]));
    return folders.has(partition);
  }

  /** Another device's configuration was loaded: of its partitions, nothing else is known. */
  adopt(partitions: ReadonlySet<string>): void {
    this.#known.clear();
    this.#folders = new Set(partitions);
  }

  /** A plan was carried out whole: `before`, a part of the partition, is now `after`. */
  note(partition: string, before: DeviceObjects, after: DeviceObjects): void {
    const contents = this.#known.get(partition);
    contents?.replace(before, after);
    const key = folderKey(partition);
    if (contents?.objects.has(key) ?? after.has(key)) {
      this.#folders?.add(partition);
      return;
    }
    this.#folders?.delete(partition);
    this.#known.set(partition, new PartitionContents([]));
  }

  /** Something is in doubt: the next load reads, beginning with whether the partition is there. */
  drop(partition: string): void {
    this.#known.delete(partition);
    this.#folders = undefined;
  }

  clear(): void {
    this.#known.clear();
    this.#folders = undefined;
  }

  /** Asks the device for its partitions. One call. @throws DeviceError */
  async listPartitions(client: BigIpClient, signal: AbortSignal): Promise<ReadonlySet<string>> {
    this.#folders = await readFolders(client, signal);
    return this.#folders;
  }

  /** Drops partitions that should be there and are not. One call. @returns their names */
  async dropVanished(client: BigIpClient, signal: AbortSignal): Promise<string[]> {
    const before = [...(this.#folders ?? [])];
    const found = await readFolders(client, signal);
    // Those removed in the meantime are known to be gone.
    const vanished = before.filter((name) => !found.has(name) && this.#folders?.has(name) === true);
    for (const name of vanished) {
      this.#known.delete(name);
      this.#folders?.delete(name);
    }
    return vanished;
  }
}

function folderKey(partition: string): ObjectKey {
  return keyOf({ type: 'folder', path: `/${partition}` });
}

/** Top-level folders: those are the partitions. */
async function readFolders(client: BigIpClient, signal: AbortSignal): Promise<Set<string>> {
  const folders = await client.list('/sys/folder', {}, signal);
  return new Set(
    folders
      .map((folder) => /^\/([^/]+)$/.exec(asText(folder['fullPath']))?.[1])
      .filter((name) => name !== undefined),
  );
}

async function readPartition(
  client: BigIpClient,
  partition: string,
  signal: AbortSignal,
): Promise<DeviceObject[]> {
  const lists = await Promise.all(
    READ_TYPES.map(async (type) => {
      const { collection, expand } = OBJECT_TYPES[type];
      const items = await client.list(collection, { partition, expand }, signal);
      return items.flatMap((item) => normalise(type, item));
    }),
  );
  const folder = { type: 'folder', path: `/${partition}`, properties: {} } as const;
  return [folder, ...lists.flat()];
}
