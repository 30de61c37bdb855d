// Whose turn it is: work of one tenant in order, different tenants in parallel up to a limit.
// Lock order: the tenant first, then a place among the running, so that a tenant's queue holds one place.
import { createKeyedLock, createLimiter } from '@f5-lbaas/platform';

export interface TenantTurns {
  /** @throws the signal's reason when aborted before the turn came */
  run<T>(tenantId: string, work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export function createTenantTurns(concurrency: number): TenantTurns {
  const lock = createKeyedLock();
  const limiter = createLimiter(concurrency);
  return {
    run: (tenantId, work, signal) =>
      lock.run(
        tenantId,
        () =>
          limiter.run(() => {
            signal.throwIfAborted();
            return work();
          }),
        signal,
      ),
  };
}
