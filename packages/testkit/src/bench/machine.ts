// Where and when a benchmark ran, and what a measured process took. Linux.
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { figure } from './report.ts';

/** One sentence: date, processor, memory, Node.js, and what else the machine was doing before the run. */
export function describeMachine(): string {
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const [processor] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const load = figure(loadavg()[0] ?? NaN);
  return (
    `${date} UTC, ${availableParallelism()} cores of ${processor?.model.trim() ?? 'unknown'}, ${memory}, ` +
    `Node.js ${process.versions.node}, load average at the start ${load}.`
  );
}

export interface ProcessMemory {
  /** MiB resident now, and at most since the process started. */
  nowMib: number;
  peakMib: number;
}

/** @throws Error when there is no such process */
export function memoryOf(pid: number | 'self'): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mib = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { nowMib: mib('VmRSS'), peakMib: mib('VmHWM') };
}

/** Ticks of a second in /proc, the same on every Linux that Node.js runs on. */
const TICKS = 100;

/** Processor time of a process so far, all threads: unlike rates, hardly changed by what else the machine does. */
export function cpuSecondsOf(pid: number | 'self'): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may contain anything; user and system time are the 14th and 15th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}
