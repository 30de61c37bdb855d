// The command line of `f5-lbaas`: its commands and their options. Each command loads its code when it runs.
import { Command } from 'commander';
import { addAgentCommand } from './commands/agent.ts';
import { addEmulatorCommand } from './commands/emulator.ts';
import { addInspectCommands } from './commands/inspect.ts';
import { addLabCommand } from './commands/lab.ts';
import { addOperatorCommands } from './commands/operator.ts';
import { addServerCommand } from './commands/server.ts';
import type { RunContext } from './run-context.ts';

export function createProgram(context: RunContext, version: string): Command {
  const program = new Command('f5-lbaas')
    .description('Load balancing as a service for OpenStack on F5 BIG-IP')
    .version(version)
    .helpCommand(false)
    .showHelpAfterError("(run with '--help' to see the options)");
  addLabCommand(program, context);
  addServerCommand(program, context);
  addAgentCommand(program, context);
  addInspectCommands(program, context);
  addOperatorCommands(program, context);
  addEmulatorCommand(program, context);
  return program;
}
