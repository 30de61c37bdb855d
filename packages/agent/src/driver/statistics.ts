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

export function addStatistics(a: Statistics, b: Statistics): Statistics {
  return {
    bytes_in: a.bytes_in + b.bytes_in,
    bytes_out: a.bytes_out + b.bytes_out,
    active_connections: a.active_connections + b.active_connections,
    total_connections: a.total_connections + b.total_connections,
    request_errors: a.request_errors + b.request_errors,
  };
}

/**
 * @param body of `/ltm/virtual/stats`
 * @param listenerOf listener id by name of the virtual server; undefined for those of others
 */
export function listenerStatistics(
  body: DeviceItem,
  listenerOf: (virtualName: string) => string | undefined,
): Map<string, Statistics> {
  const found = new Map<string, Statistics>();
  for (const fields of statisticsOf(body)) {
    const listener = listenerOf(nameOf(String(fields.get('tmName') ?? '')));
    if (listener !== undefined) found.set(listener, countersOf(fields));
  }
  return found;
}
