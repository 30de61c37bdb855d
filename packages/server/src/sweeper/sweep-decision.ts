// What a sweeper does about one unfinished load balancer now. Pure: everything follows from the row, so it
// is the same in every server and after every restart.
import type { LoadBalancer } from '@f5-lbaas/model';
import type { DriverOptions } from '../driver/driver-options.ts';

export type SweepDecision = 'wait' | 'act' | 'expire';

type Options = Pick<
  DriverOptions,
  'resendInitialMs' | 'resendMaxMs' | 'pendingTimeoutMs' | 'errorRetryIntervalMs'
>;

/** Pauses grow with the time already waited: each is as long as everything before it. */
export function decidePending(row: LoadBalancer, nowMs: number, options: Options): SweepDecision {
  if (row.pending_since === null) return 'wait';
  const pendingMs = Date.parse(row.pending_since);
  if (nowMs - pendingMs >= options.pendingTimeoutMs) return 'expire';
  const lastMs = row.notified_at === null ? pendingMs : Date.parse(row.notified_at);
  const pause = Math.min(
    options.resendMaxMs,
    Math.max(options.resendInitialMs, lastMs - pendingMs),
  );
  return nowMs - lastMs >= pause ? 'act' : 'wait';
}

/** For what ended in `ERROR` without an answer, and deletes that are still owed. */
export function decideUnsettled(row: LoadBalancer, nowMs: number, options: Options): SweepDecision {
  const lastMs = Date.parse(row.notified_at ?? row.updated_at ?? row.created_at);
  return nowMs - lastMs >= options.errorRetryIntervalMs ? 'act' : 'wait';
}
