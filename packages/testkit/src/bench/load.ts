// Closed-loop load: a number of users, each of whom starts the next request when the last one was answered.
import { distributionOf, type Distribution } from './distribution.ts';
import { cpuSecondsOf } from './machine.ts';

export interface LoadOptions {
  /** How many ask at the same time. */
  users: number;
  /** Ends when either is reached. */
  until: { seconds?: number; requests?: number };
  /** Process that is asked, when its processor time is of interest. */
  pid?: number;
}

export interface LoadResult {
  requests: number;
  perSecond: number;
  /** Milliseconds of one request. */
  times: Distribution;
  /** Milliseconds of processor time that one request took; not a number without a process. */
  cpuMs: number;
}

/**
 * @param request gets the number of the request, from 0; rejects when the answer is not the expected one, which ends
 *   the measurement: a rate of errors is no rate
 */
export async function measureLoad(
  { users, until, pid }: LoadOptions,
  request: (n: number) => Promise<unknown>,
): Promise<LoadResult> {
  const { seconds = Infinity, requests = Infinity } = until;
  const times: number[] = [];
  const cpuSeconds = (): number => (pid === undefined ? NaN : cpuSecondsOf(pid));
  const startCpu = cpuSeconds();
  const startMs = performance.now();
  const endMs = startMs + seconds * 1000;
  let next = 0;
  const user = async (): Promise<void> => {
    for (let sentMs = startMs; sentMs < endMs && next < requests;) {
      sentMs = performance.now();
      await request(next++);
      const answeredMs = performance.now();
      times.push(answeredMs - sentMs);
      sentMs = answeredMs;
    }
  };
  await Promise.all(Array.from({ length: users }, user));
  const elapsedSeconds = (performance.now() - startMs) / 1000;
  return {
    requests: times.length,
    perSecond: times.length / elapsedSeconds,
    times: distributionOf(times),
    cpuMs: ((cpuSeconds() - startCpu) * 1000) / times.length,
  };
}
