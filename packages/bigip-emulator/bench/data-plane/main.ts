// `npm run bench:data-plane`: what the emulator's data plane costs, side by side with haproxy doing the same job in the
// same run. Needs wrk and haproxy.
import {
  figure,
  runBench,
  type BenchReport,
  type BenchRun,
  type ReportTable,
} from '@f5-lbaas/testkit';
import { fetchBytes, runByteSource } from './byte-source.ts';
import { runVirtual } from './emulated-virtual.ts';
import { Rig, type Endpoint, type Process } from './rig.ts';
import { wrk, type Load, type Measured } from './wrk.ts';

const FULL = { rounds: 3, seconds: 3, bytes: 1_500_000_000 };
const SHORT = { rounds: 1, seconds: 1, bytes: 300_000_000 };
type Size = typeof FULL;

interface Comparison {
  table: ReportTable;
  title: string;
  /** haproxy's figure divided by the emulator's, and what it may be at most. */
  ratio: number;
  target: number;
  /** The emulator's processor time divided by haproxy's; null where it was not taken. */
  cpuRatio: number | null;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Rounds take turns, so that a busy moment of the machine hits every path alike; the first only warms up. */
async function inTurns<T>(
  paths: readonly Endpoint[],
  rounds: number,
  measure: (path: Endpoint) => Promise<T>,
): Promise<T[][]> {
  const results: T[][] = paths.map(() => []);
  for (let round = 0; round <= rounds; round += 1)
    for (const [i, path] of paths.entries()) {
      const result = await measure(path);
      if (round > 0) results[i]?.push(result);
    }
  return results;
}

function ratioOf(figures: readonly number[]): number {
  const [, haproxy = Number.NaN, emulator = Number.NaN] = figures;
  return haproxy / emulator;
}

async function compareRequests(
  { title, target }: { title: string; target: number },
  paths: readonly Endpoint[],
  { load, size }: { load: Omit<Load, 'seconds'>; size: Size },
): Promise<Comparison> {
  const measured = await inTurns(paths, size.rounds, (path) =>
    wrk(path, { ...load, seconds: size.seconds }),
  );
  const medians = (what: (run: Measured) => number): number[] =>
    measured.map((runs) => median(runs.map(what)));
  const rates = medians((run) => run.requestsPerSecond);
  const p50 = medians((run) => run.p50Ms);
  const p99 = medians((run) => run.p99Ms);
  const cpu = medians((run) => run.cpuMicroseconds);
  const at = (values: readonly number[], i: number): string => figure(values[i] ?? Number.NaN);
  const rows = paths.map(({ name }, i) => {
    const added = i === 0 ? '' : figure((p50[i] ?? Number.NaN) - (p50[0] ?? Number.NaN));
    return [name, at(rates, i), at(p50, i), at(p99, i), added, at(cpu, i)];
  });
  const columns = [title, 'requests/s', 'p50 ms', 'p99 ms', 'added p50 ms', 'CPU µs each'];
  return {
    table: { columns, rows },
    title,
    ratio: ratioOf(rates),
    target,
    cpuRatio: 1 / ratioOf(cpu),
  };
}

async function compareBytes(
  title: string,
  paths: readonly Endpoint[],
  { rounds, bytes }: Size,
): Promise<Comparison> {
  const measured = await inTurns(paths, rounds, ({ port }) => fetchBytes(port, bytes));
  const rates = measured.map(median);
  const rows = paths.map(({ name }, i) => [name, figure(rates[i] ?? Number.NaN)]);
  return {
    table: { columns: [title, 'MB/s'], rows },
    title,
    ratio: ratioOf(rates),
    target: 3,
    cpuRatio: null,
  };
}

/** The member itself, haproxy in front of it, and the emulator in front of it. */
async function threePaths(rig: Rig, mode: 'http' | 'tcp', member: Process): Promise<Endpoint[]> {
  const backend = `default_backend b\nbackend b\n server s 127.0.0.1:${member.port}`;
  return [
    { name: 'direct', ...member },
    { name: 'haproxy', ...(await rig.haproxy(mode, backend)) },
    { name: 'emulator', ...(await rig.role('virtual', mode, member.port)) },
  ];
}

async function compareAll(rig: Rig, { short, progress }: BenchRun): Promise<Comparison[]> {
  const size = short ? SHORT : FULL;
  const reply =
    'http-request return status 200 content-type text/plain string "hello from the member"';
  const member = await rig.haproxy('http', reply);
  const http = await threePaths(rig, 'http', member);
  const tcp = await threePaths(rig, 'tcp', member);
  const comparisons: Comparison[] = [];
  const requests = async (
    goal: { title: string; target: number },
    paths: Endpoint[],
    load: Omit<Load, 'seconds'>,
  ): Promise<void> => {
    progress(goal.title);
    comparisons.push(await compareRequests(goal, paths, { load, size }));
  };
  await requests({ title: 'HTTP, 32 kept-alive connections', target: 5 }, http, {
    connections: 32,
  });
  await requests({ title: 'HTTP, one connection', target: 5 }, http, { connections: 1 });
  const closing = { connections: 32, isClosing: true };
  await requests({ title: 'TCP, a connection per request', target: 3 }, tcp, closing);
  progress('bytes');
  const source = await rig.role('byte-source');
  const sourced = await threePaths(rig, 'tcp', source);
  comparisons.push(await compareBytes('TCP, bytes of one connection', sourced, size));
  return comparisons;
}

async function measure(options: BenchRun): Promise<BenchReport> {
  const rig = new Rig(import.meta.filename);
  process.once('exit', () => rig.kill());
  try {
    const comparisons = await compareAll(rig, options);
    const rows = comparisons.map(({ title, ratio, target, cpuRatio }) => [
      title,
      figure(ratio),
      String(target),
      cpuRatio === null ? '' : figure(cpuRatio),
    ]);
    const columns = ['haproxy against the emulator', 'times the rate', 'at most', 'times its CPU'];
    return {
      tables: [{ columns, rows }, ...comparisons.map(({ table }) => table)],
      notes: [
        'haproxy and the emulator have one thread each and do the same: forward to the same member, HTTP with server ' +
          'connections that are used again. The member, the load generator (wrk, one thread) and the proxy share the machine.',
        'Medians of rounds that take turns. Times its CPU: processor time of the emulator for one request divided by that of ' +
          'haproxy, which other work on the machine changes little. CPU is the time of the process that is asked, user and system, per request.',
      ],
    };
  } finally {
    await rig.stop();
  }
}

const [role, port, ...args] = process.argv.slice(2);
if (role === 'virtual') await runVirtual(args[0] ?? '', Number(port), Number(args[1]));
else if (role === 'byte-source') runByteSource(Number(port));
else await runBench({ section: 'data-plane', command: 'npm run bench:data-plane', run: measure });
