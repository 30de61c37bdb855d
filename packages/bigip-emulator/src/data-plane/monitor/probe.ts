// What one probe is asked and what it answers. A probe never throws; every probe ends within its signal.
import type { MonitorConfig } from '../contract.ts';

export interface ProbeTarget {
  host: string;
  port: number;
}

export type ProbeResult =
  | { verdict: 'success' }
  /** The receive-disable string matched: up, but no new clients. */
  | { verdict: 'disable' }
  /** A reverse monitor saw its string: down at once. */
  | { verdict: 'down'; reason: string }
  /** No good answer; only the monitor's timeout makes this down. */
  | { verdict: 'failure'; reason: string };

/** @param signal aborts when the probe's time is over or the monitor is removed */
export type Probe = (
  monitor: MonitorConfig,
  target: ProbeTarget,
  signal: AbortSignal,
) => Promise<ProbeResult>;

/** The device searches only the first part of a reply. */
export const REPLY_BYTES_MAX = 5120;

export const SUCCESS: ProbeResult = { verdict: 'success' };

export function failure(reason: string): ProbeResult {
  return { verdict: 'failure', reason };
}
