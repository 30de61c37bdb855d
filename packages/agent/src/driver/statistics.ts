// Counters of listeners from the statistics of virtual servers.
import { statisticsOf, type DeviceItem, type StatisticsFields } from '@f5-lbaas/bigip-client';
import type { Statistics } from '@f5-lbaas/model';
import { nameOf } from '../object-types/device-object.ts';

const BITS_PER_BYTE = 8;

function counter(fields: StatisticsFields, name: string): number {
  const value = fields.get(name);
  return typeof value === 'number' ? value : 0;
}

function countersOf(fields: StatisticsFields): Statistics {
  return {
    bytes_in: Math.floor(counter(fields, 'clientside.bitsIn') / BITS_PER_BYTE),
    bytes_out: Math.floor(counter(fields, 'clientside.bitsOut') / BITS_PER_BYTE),
    active_connections: counter(fields, 'clientside.curConns'),
    total_connections: counter(fields, 'clientside.totConns'),
    // Connections that the device ended because a side was too slow.
    request_errors: counter(fields, 'clientside.slowKilled'),
  };
}

function addStatistics(a: Statistics, b: Statistics): Statistics {
  return {
    bytes_in: a.bytes_in + b.bytes_in,
    bytes_out: a.bytes_out + b.bytes_out,
    active_connections: a.active_connections + b.active_connections,
    total_connections: a.total_connections + b.total_connections,
    request_errors: a.request_errors + b.request_errors,
  };
}

/** Listener id -> its counters on one device. */
export type DeviceCounters = ReadonlyMap<string, Statistics>;

/**
 * @param body of `/ltm/virtual/stats`, flat as on TMOS 11 or nested
 * @param prefix of our names; virtual servers of others are left out
 * @param listenerOfPool virtual servers of application services are called after their pool
 */
export function listenerCounters(
  body: DeviceItem,
  prefix: string,
  listenerOfPool: ReadonlyMap<string, string> = new Map(),
): DeviceCounters {
  const found = new Map<string, Statistics>();
  for (const fields of statisticsOf(body)) {
    const name = nameOf(String(fields.get('tmName') ?? ''));
    if (!name.startsWith(prefix)) continue;
    // An additional VIP has a virtual server of its own, with the subnet after the listener.
    const [named = ''] = name.slice(prefix.length).split('_');
    const id = listenerOfPool.get(named) ?? named;
    const others = found.get(id);
    const own = countersOf(fields);
    found.set(id, others === undefined ? own : addStatistics(others, own));
  }
  return found;
}

/** Sums over the devices of a group. What a device counted is not lost while it cannot be asked, e.g. after it failed. */
export class GroupCounters {
  readonly #last = new Map<string, DeviceCounters>();

  /**
   * @param readings by device; undefined: it could not be asked
   * @returns nothing when no device could be
   */
  sum(
    readings: ReadonlyMap<string, DeviceCounters | undefined>,
    listenerIds: readonly string[],
  ): Record<string, Statistics> {
    const sums: Record<string, Statistics> = {};
    if ([...readings.values()].every((counters) => counters === undefined)) return sums;
    for (const [device, counters] of readings) {
      if (counters !== undefined) this.#last.set(device, counters);
      for (const id of listenerIds) {
        const own = this.#last.get(device)?.get(id);
        if (own === undefined) continue;
        const counted = counters === undefined ? { ...own, active_connections: 0 } : own;
        sums[id] = sums[id] === undefined ? counted : addStatistics(sums[id], counted);
      }
    }
    return sums;
  }
}
