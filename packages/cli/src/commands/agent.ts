// `f5-lbaas agent`: an agent for one device service group as one process.
import type { Command } from 'commander';
import { collect } from '../option-values.ts';
import { type RunContext, runUntilStopped } from '../run-context.ts';

export function addAgentCommand(program: Command, context: RunContext): void {
  program
    .command('agent')
    .description('run an agent that configures a BIG-IP device service group')
    .requiredOption(
      '--config-file <file>',
      'configuration; may be repeated, later files win',
      collect,
    )
    .action(async ({ configFile }: { configFile: string[] }) => {
      const { runAgent } = await import('@f5-lbaas/agent');
      const files = configFile.map((file) => ({ file }));
      await runUntilStopped(context, await runAgent(files));
    });
}
