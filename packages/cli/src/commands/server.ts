// `f5-lbaas server`: the load-balancing API and driver as one process.
import type { Command } from 'commander';
import { collect } from '../option-values.ts';
import { type RunContext, runUntilStopped } from '../run-context.ts';

export function addServerCommand(program: Command, context: RunContext): void {
  program
    .command('server')
    .description('run the load-balancing API and driver')
    .requiredOption(
      '--config-file <file>',
      'configuration; may be repeated, later files win',
      collect,
    )
    .action(async ({ configFile }: { configFile: string[] }) => {
      const { startServerProcess } = await import('@f5-lbaas/allinone');
      await runUntilStopped(context, await startServerProcess(configFile));
    });
}
