// `npm run bench`: the whole system as a user runs it, a lab in a process of its own, under load.
import { runBench, type BenchReport, type BenchRun } from '@f5-lbaas/testkit';
import { LabProcess } from '../test/support/lab-process.ts';
import { measureApi } from './api.ts';
import { measureBuild } from './build.ts';

/** How much of each; the short form is for a quick look. */
const FULL = { loadSeconds: 8, accepted: 400, activeRounds: 100, build: 200 };
const SHORT: typeof FULL = { loadSeconds: 2, accepted: 50, activeRounds: 15, build: 25 };

async function run({ short, progress }: BenchRun): Promise<BenchReport> {
  const size = short ? SHORT : FULL;
  const labs: LabProcess[] = [];
  const startedLab = async (): Promise<LabProcess> => {
    const lab = await LabProcess.create();
    labs.push(lab);
    await lab.start();
    return lab;
  };
  try {
    progress('starting a lab');
    const api = await measureApi(await startedLab(), size, progress);
    await labs[0]?.stop();
    progress('starting another lab');
    const build = await measureBuild(await startedLab(), size, progress);
    return { tables: [api.table, build.table], notes: [...api.notes, ...build.notes] };
  } finally {
    await Promise.all(labs.map((lab) => lab.remove()));
  }
}

await runBench({ section: 'lab', command: 'npm run bench', run });
