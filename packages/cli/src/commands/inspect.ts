// `f5-lbaas plan` and `f5-lbaas drift`: what an agent with these files would write, without writing it.
import type { InspectionAnswer, InspectionQuestion } from '@f5-lbaas/agent';
import { Option, type Command } from 'commander';
import { collect } from '../option-values.ts';
import type { RunContext } from '../run-context.ts';

interface Flags {
  configFile: string[];
  json?: boolean;
}

/** Exit code when devices differ; 1 is for what went wrong. */
const DIFFERS = 2;

const CONFIG_FILE = [
  '--config-file <file>',
  "the agent's; may be repeated, later files win",
] as const;
const JSON_FLAG = ['--json', 'as data: steps with requests, fields and owners'] as const;

async function inspect(
  context: RunContext,
  { configFile, json = false }: Flags,
  question: InspectionQuestion,
): Promise<void> {
  const { runInspection } = await import('@f5-lbaas/agent');
  const files = configFile.map((file) => ({ file }));
  const answer: InspectionAnswer = await runInspection(files, question);
  const text = json ? JSON.stringify(answer.inspection, null, 2) : answer.lines.join('\n');
  context.print(text);
  if (!answer.isClean) context.setExitCode(DIFFERS);
}

export function addInspectCommands(program: Command, context: RunContext): void {
  program
    .command('plan')
    .description('show what the agent would write for one load balancer; writes nothing')
    .argument('[loadbalancer]', 'its id, asked of the server over the message bus')
    .requiredOption(...CONFIG_FILE, collect)
    .addOption(new Option('--service-file <file>', 'a service definition as JSON instead'))
    .option(...JSON_FLAG)
    .action(
      async (id: string | undefined, flags: Flags & { serviceFile?: string }, command: Command) => {
        const { serviceFile } = flags;
        if ((id === undefined) === (serviceFile === undefined)) {
          command.error('name a load balancer or give --service-file');
        }
        const question: InspectionQuestion =
          serviceFile === undefined
            ? { what: 'loadbalancer', id: id ?? '' }
            : { what: 'file', path: serviceFile };
        await inspect(context, flags, question);
      },
    );
  program
    .command('drift')
    .description('compare the devices with what the server holds, field by field; writes nothing')
    .requiredOption(...CONFIG_FILE, collect)
    .option('--tenant <id>', 'only this project; may be repeated', collect)
    .option(...JSON_FLAG)
    .action(async (flags: Flags & { tenant?: string[] }) => {
      await inspect(context, flags, { what: 'tenants', ids: flags.tenant ?? [] });
    });
}
