// `npm run demo`: shows a running lab at work.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LbaasError } from '@f5-lbaas/model';
import { createHttpClient, systemClock } from '@f5-lbaas/platform';
import { readCloud, readLabJson } from '../lab/lab-description.ts';
import { runDemo } from './demo.ts';
import { Terminal } from './terminal.ts';

const HELP = `Usage: npm run demo -- [options]

Creates a load balancer with two members in a running lab, sends requests through
its VIP, stops one member, and removes everything again.

Options:
  --data-dir <directory>  the lab's data directory (default: .lab)
  --requests <number>     requests in each round (default: 40)
  --help                  show this text
`;

class Interrupted extends Error {}

function readArguments(): { dataDir: string; requests: number } | 'help' {
  const { values } = parseArgs({
    options: {
      'data-dir': { type: 'string', default: '.lab' },
      requests: { type: 'string', default: '40' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const requests = Number(values.requests);
  if (!Number.isInteger(requests) || requests < 1) {
    throw new LbaasError(
      'bad_request',
      'ERR_OPTION',
      `--requests must be a whole number from 1, not '${values.requests}'.`,
    );
  }
  return { dataDir: values['data-dir'], requests };
}

async function main(): Promise<void> {
  const settings = readArguments();
  if (settings === 'help') {
    process.stdout.write(HELP);
    return;
  }
  const lab = readLabJson(join(settings.dataDir, 'lab.json'));
  const cloud = readCloud(join(settings.dataDir, 'clouds.yaml'), 'lab');
  const noColor = (process.env['NO_COLOR'] ?? '') !== '';
  const terminal = new Terminal({ stream: process.stdout, noColor, clock: systemClock });
  const http = createHttpClient({ connections: 1 });
  const interrupt = new AbortController();
  // The first signal cleans up; a second one ends the process at once.
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => interrupt.abort(new Interrupted('Interrupted.')));
  }
  try {
    const { requests } = settings;
    const { signal } = interrupt;
    await runDemo({ lab, cloud, http, terminal, clock: systemClock, requests, signal });
    terminal.heading('Done: no request failed.');
  } finally {
    await http.close();
  }
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`\ndemo: ${message}\n`);
  process.exitCode = error instanceof Interrupted ? 130 : 1;
});
