// The frame of every benchmark: command line, progress, table on the terminal, section of docs/benchmarks.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from './machine.ts';
import { formatTable, replaceSection, type ReportTable } from './report.ts';

export interface BenchRun {
  /** Less of everything, for a quick look or CI. */
  short: boolean;
  /** Says on standard error what goes on; a line that stays. */
  progress: (text: string) => void;
}

export interface BenchReport {
  tables: readonly ReportTable[];
  /** Sentences that a reader of the figures has to know: what was measured, and how. */
  notes: readonly string[];
}

export interface Bench {
  /** Name of its section in docs/benchmarks.md. */
  section: string;
  /** As a user types it. */
  command: string;
  run(run: BenchRun): Promise<BenchReport>;
}

const DOCUMENT = join(import.meta.dirname, '../../../../docs/benchmarks.md');

const usage = ({ command }: Bench): string => `Usage: ${command} -- [options]

Options:
  --short     less of everything: a quick look
  --markdown  print the section of docs/benchmarks.md
  --write     run, and replace the section in docs/benchmarks.md
  --help      show this text
`;

function markdown(bench: Bench, machine: string, { tables, notes }: BenchReport): string {
  const list = notes.map((note) => `- ${note}`).join('\n');
  return [`\`${bench.command}\`: ${machine}`, ...tables.map(formatTable), list].join('\n\n');
}

function plain(machine: string, { tables, notes }: BenchReport): string {
  return ['', machine, ...tables.map(formatTable), notes.join('\n'), ''].join('\n\n');
}

/** Runs with the arguments of the command line. */
export async function runBench(bench: Bench): Promise<void> {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    options: { short: flag, markdown: flag, write: flag, help: flag },
  });
  if (values.help) {
    process.stdout.write(usage(bench));
    return;
  }
  // What was started goes with this process, however it ends.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => process.exit(130));
  const machine = describeMachine();
  const startMs = performance.now();
  const seconds = (): string => ((performance.now() - startMs) / 1000).toFixed(1).padStart(6);
  const report = await bench.run({
    short: values.short,
    progress: (text) => process.stderr.write(`${seconds()} s  ${text}\n`),
  });
  const text = values.markdown ? markdown(bench, machine, report) : plain(machine, report);
  process.stdout.write(`${text}\n`);
  if (!values.write) return;
  const section = markdown(bench, machine, report);
  writeFileSync(DOCUMENT, replaceSection(readFileSync(DOCUMENT, 'utf8'), bench.section, section));
}
