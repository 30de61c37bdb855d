// A partition stands in plans as its folder: what is in it comes after it, and goes before.
import { byKey, type DeviceObject, type DeviceObjects } from '../../object-types/device-object.ts';

/** @param trafficGroup of a partition that is to be made */
export function folderOf(partition: string, trafficGroup?: string): DeviceObject {
  const properties = trafficGroup === undefined ? {} : { trafficGroup };
  return { type: 'folder', path: `/${partition}`, properties };
}

export function withFolder(partition: string, networks: DeviceObjects): DeviceObjects {
  return byKey([...networks.values(), folderOf(partition)]);
}

export function withoutFolder(objects: DeviceObjects): DeviceObjects {
  return byKey([...objects.values()].filter(({ type }) => type !== 'folder'));
}
