// A partition stands in plans as its folder: what is in it comes after it, and goes before.
import { byKey, type DeviceObject, type DeviceObjects } from '../../object-types/device-object.ts';

export interface FolderToMake {
  /** Full path or bare name; undefined: of the folder above. */
  trafficGroup?: string | undefined;
  /** Config sync passes it by. @default false */
  isLocal?: boolean;
}

/** @param made what counts when the partition is to be made */
export function folderOf(
  partition: string,
  { trafficGroup, isLocal = false }: FolderToMake = {},
): DeviceObject {
  const properties = {
    ...(trafficGroup !== undefined && { trafficGroup }),
    ...(isLocal && { isLocal }),
  };
  return { type: 'folder', path: `/${partition}`, properties };
}

export function withFolder(partition: string, networks: DeviceObjects): DeviceObjects {
  return byKey([...networks.values(), folderOf(partition)]);
}

export function withoutFolder(objects: DeviceObjects): DeviceObjects {
  return byKey([...objects.values()].filter(({ type }) => type !== 'folder'));
}
