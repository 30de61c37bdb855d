// A counting semaphore: at most `limit` pieces of work at a time, first come, first served.
import { Semaphore } from 'async-mutex';

export interface Limiter {
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** @param limit at least 1 */
export function createLimiter(limit: number): Limiter {
  const semaphore = new Semaphore(Math.max(1, Math.floor(limit)));
  return { run: (work) => semaphore.runExclusive(() => work()) };
}
