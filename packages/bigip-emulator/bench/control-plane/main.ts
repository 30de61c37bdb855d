// `npm run bench:emulator`: the control plane of one emulated BIG-IP with a large configuration.
import {
  EmulatorProcess,
  figure,
  runBench,
  type BenchReport,
  type BenchRun,
} from '@f5-lbaas/testkit';
import { loadConfiguration, MEMBERS_PER_POOL } from './load-configuration.ts';
import { readAll, smallRequests } from './requests.ts';

const FULL = { virtuals: 10_000, seconds: 8, reads: 5 };
const SHORT = { virtuals: 1_000, seconds: 2, reads: 2 };

const seconds = (ms: number): string => `${figure(ms / 1000)} s`;
const mib = (value: number): string => `${figure(value)} MiB`;

async function measure(
  emulator: EmulatorProcess,
  { short, progress }: BenchRun,
): Promise<BenchReport> {
  const { virtuals, ...size } = short ? SHORT : FULL;
  const members = virtuals * MEMBERS_PER_POOL;
  progress('starting an empty emulator');
  const emptyStartMs = await emulator.start();
  const empty = emulator.memory();
  progress(`loading ${virtuals} virtual servers and ${members} members`);
  const loaded = await loadConfiguration(emulator, virtuals, progress);
  const afterLoad = emulator.memory();
  progress('starting it again on its state file');
  await emulator.stop();
  const startMs = await emulator.start();
  const afterStart = emulator.memory();
  progress('requests');
  const requests = await smallRequests(emulator, virtuals, size.seconds);
  progress('reads of everything');
  const reads = await readAll(emulator, size.reads);
  const facts = [
    ['start of an empty device', seconds(emptyStartMs)],
    ['start from the state file, until it answers', seconds(startMs)],
    ['size of the state file', mib(emulator.stateMib())],
    ['loading over REST', `${seconds(loaded.ms)}, ${figure(loaded.perSecond)} requests/s`],
    ['memory of an empty device (resident)', mib(empty.nowMib)],
    ['memory after loading (peak)', `${mib(afterLoad.nowMib)} (${mib(afterLoad.peakMib)})`],
    ['memory after the start (peak)', `${mib(afterStart.nowMib)} (${mib(afterStart.peakMib)})`],
    ...reads,
  ];
  const title = `${figure(virtuals)} virtual servers, ${figure(members)} members`;
  return {
    tables: [
      { columns: [title, 'figure'], rows: facts },
      {
        columns: ['requests', 'users', 'per second', 'p50 ms', 'p99 ms', 'CPU ms each'],
        rows: requests,
      },
    ],
    notes: [
      'One device as a process of its own (`f5-lbaas emulator --data-dir`), HTTPS with a token, keep-alive. Every member ' +
        'has an address of its own, so there are as many nodes; every virtual server has a pool and an address of its own, ' +
        'on which it listens.',
      'The requests and reads are measured after the start from the state file. The load generator is another process ' +
        'on the same machine.',
    ],
  };
}

async function run(options: BenchRun): Promise<BenchReport> {
  const emulator = new EmulatorProcess();
  try {
    return await measure(emulator, options);
  } finally {
    await emulator.remove();
  }
}

await runBench({ section: 'emulator', command: 'npm run bench:emulator', run });
