// Entry of the `f5-lbaas` command: signals, errors and the exit code.
import { createRequire } from 'node:module';
import { describeError } from './describe-error.ts';
import { createProgram } from './program.ts';
import type { RunContext } from './run-context.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

function packageVersion(): string {
  const description: unknown = createRequire(import.meta.url)('../package.json');
  const isObject = typeof description === 'object' && description !== null;
  return isObject && 'version' in description ? String(description.version) : 'unknown';
}

/** The first signal asks for an orderly stop; a second one ends the process as usual. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = (): void => {
      for (const signal of SIGNALS) process.removeListener(signal, onSignal);
      clearInterval(keepAlive);
      resolve();
    };
    const keepAlive = setInterval(() => undefined, 60_000);
    for (const signal of SIGNALS) process.on(signal, onSignal);
  });
}

let exitCode = 0;
const context: RunContext = {
  directory: process.cwd(),
  variables: process.env,
  print: (text) => process.stdout.write(`${text}\n`),
  setExitCode: (code) => (exitCode = code),
  untilStopped,
};

try {
  await createProgram(context, packageVersion()).parseAsync();
  process.exit(exitCode);
} catch (error) {
  process.stderr.write(`f5-lbaas: ${describeError(error)}\n`);
  process.exit(1);
}
