// Counters of the data plane under the device's field names; all traffic in bits (iControl REST 7.2).
import type { TrafficCounters } from '../data-plane/contract.ts';

export const NO_TRAFFIC: TrafficCounters = {
  bitsIn: 0,
  bitsOut: 0,
  pktsIn: 0,
  pktsOut: 0,
  curConns: 0,
  maxConns: 0,
  totConns: 0,
  totRequests: 0,
  totHandshakes: 0,
  slowKilled: 0,
};

/** `clientside.bitsIn` … */
export function side(prefix: string, counters: TrafficCounters): Record<string, number> {
  const { bitsIn, bitsOut, curConns, maxConns, pktsIn, pktsOut, totConns } = counters;
  const values = { bitsIn, bitsOut, curConns, maxConns, pktsIn, pktsOut, totConns };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]),
  );
}

export function sum(all: readonly TrafficCounters[]): TrafficCounters {
  const total = { ...NO_TRAFFIC };
  for (const counters of all) {
    for (const key of Object.keys(total) as (keyof TrafficCounters)[]) total[key] += counters[key];
  }
  return total;
}

const QUEUE = { ageEdm: 0, ageEma: 0, ageHead: 0, ageMax: 0, depth: 0, serviced: 0 };

/** Connection queues are always empty here. */
export function queue(prefix: string): Record<string, number> {
  return Object.fromEntries(
    Object.entries(QUEUE).map(([name, value]) => [`${prefix}.${name}`, value]),
  );
}
