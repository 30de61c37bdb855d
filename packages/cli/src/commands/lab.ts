// `f5-lbaas lab`: the whole system in one process, to try it.
import { type Command, Option } from 'commander';
import { wholeNumber } from '../option-values.ts';
import { type RunContext, runUntilStopped } from '../run-context.ts';

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

interface LabFlags {
  dataDir: string;
  portBase?: number;
  reset: boolean;
  logLevel: (typeof LOG_LEVELS)[number];
}

export function addLabCommand(program: Command, context: RunContext): void {
  program
    .command('lab')
    .description(
      'run everything in one process: server, agent, two emulated BIG-IPs, Keystone, Neutron',
    )
    .option('--data-dir <directory>', 'where state, logs and clouds.yaml are kept', '.lab')
    .option(
      '--port-base <port>',
      'first of ten ports to listen on (default: 9870)',
      wholeNumber(1, 65_520),
    )
    .option('--reset', 'forget everything that earlier runs left in the data directory', false)
    .addOption(
      new Option('--log-level <level>', 'what goes into the log file')
        .choices(LOG_LEVELS)
        .default('info'),
    )
    .action(async ({ dataDir, portBase, reset, logLevel }: LabFlags) => {
      const { describeLab, startLab } = await import('@f5-lbaas/allinone');
      const lab = await startLab({
        ...{ dataDir, reset, logLevel },
        ...(portBase === undefined ? {} : { portBase }),
      });
      context.print(describeLab(lab, context.directory));
      await runUntilStopped(context, lab);
    });
}
