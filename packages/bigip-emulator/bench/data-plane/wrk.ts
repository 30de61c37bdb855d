// Runs wrk against one endpoint and reads its report.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { cpuSecondsOf } from '@f5-lbaas/testkit';
import type { Endpoint } from './rig.ts';

const run = promisify(execFile);

export interface Load {
  connections: number;
  seconds: number;
  /** A new connection for every request. */
  isClosing?: boolean;
}

export interface Measured {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** CPU time of the endpoint's process per request. */
  cpuMicroseconds: number;
}

export async function wrk(endpoint: Endpoint, load: Load): Promise<Measured> {
  const args = ['-t1', `-c${load.connections}`, `-d${load.seconds}s`, '--latency'];
  if (load.isClosing === true) args.push('-H', 'Connection: close');
  const cpuBefore = cpuSecondsOf(endpoint.pid);
  const { stdout } = await run('wrk', [...args, `http://127.0.0.1:${endpoint.port}/`]);
  const usedSeconds = cpuSecondsOf(endpoint.pid) - cpuBefore;
  const problem = /Socket errors.*|Non-2xx.*/.exec(stdout);
  if (problem !== null) throw new Error(`${endpoint.name}: ${problem[0]}`);
  const field = (pattern: RegExp): string => pattern.exec(stdout)?.[1] ?? '';
  return {
    requestsPerSecond: Number(field(/Requests\/sec:\s+([\d.]+)/)),
    p50Ms: milliseconds(field(/\b50%\s+(\S+)/)),
    p99Ms: milliseconds(field(/\b99%\s+(\S+)/)),
    cpuMicroseconds: (usedSeconds * 1_000_000) / Number(field(/(\d+) requests in/)),
  };
}

const UNIT_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };

/** `812.00us`, `1.10ms`, `2.00s` */
function milliseconds(text: string): number {
  const match = /^([\d.]+)(us|ms|s)$/.exec(text);
  return Number(match?.[1]) * (UNIT_MS[match?.[2] ?? ''] ?? Number.NaN);
}
