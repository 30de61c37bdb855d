// `f5-lbaas errors` and `f5-lbaas status`: what a server knows of failures, asked over REST.
import { type Command } from 'commander';
import { wholeNumber } from '../option-values.ts';
import type { RunContext } from '../run-context.ts';
import type { ErrorList, LoadBalancerState } from '../operator/operator-client.ts';

interface Flags {
  url?: string;
  json?: boolean;
}

/** Exit code when something failed or waits; 1 is for what went wrong. */
const NOT_WELL = 2;
const URL_FLAG = ['--url <url>', "the load-balancing API's; the catalog's when absent"] as const;
const JSON_FLAG = ['--json', 'as data'] as const;
const LOG_IN = ' (log in by OS_AUTH_URL, OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME)';

/** @param data what `--json` prints */
function answer(
  context: RunContext,
  { json = false }: Flags,
  { data, lines, isWell }: { data: unknown; lines: readonly string[]; isWell: boolean },
): void {
  context.print(json ? JSON.stringify(data, null, 2) : lines.join('\n'));
  if (!isWell) context.setExitCode(NOT_WELL);
}

export function addOperatorCommands(program: Command, context: RunContext): void {
  program
    .command('errors')
    .description(`list everything in ERROR with the reason; for administrators${LOG_IN}`)
    .option('--limit <n>', 'the newest so many', wholeNumber(1, 1_000), 100)
    .option(...URL_FLAG)
    .option(...JSON_FLAG)
    .action(async ({ limit, ...flags }: Flags & { limit: number }) => {
      const { askServer } = await import('../operator/operator-client.ts');
      const { errorLines } = await import('../operator/lines.ts');
      const path = `errors?limit=${limit}`;
      const list = await askServer<ErrorList>(path, context.variables, flags.url);
      const isWell = list.errors.length === 0;
      answer(context, flags, { data: list, lines: errorLines(list), isWell });
    });
  program
    .command('status')
    .description(
      `show revision, agent and reasons of errors of a load balancer; for administrators${LOG_IN}`,
    )
    .argument('<loadbalancer>', 'its id')
    .option(...URL_FLAG)
    .option(...JSON_FLAG)
    .action(async (id: string, flags: Flags) => {
      const { askServer } = await import('../operator/operator-client.ts');
      const { isSettled, loadBalancerLines } = await import('../operator/lines.ts');
      const path = `loadbalancers/${encodeURIComponent(id)}`;
      const { loadbalancer: state } = await askServer<{ loadbalancer: LoadBalancerState }>(
        path,
        context.variables,
        flags.url,
      );
      const lines = loadBalancerLines(state);
      answer(context, flags, { data: state, lines, isWell: isSettled(state) });
    });
}
