// docs/configuration.md as it has to be: every option that a process reads and every flag of the command, from the
// tables that their owners read them by.
import { format, resolveConfig } from 'prettier';
import { AGENT_INI_OPTIONS } from '../../packages/agent/src/config/agent-ini.ts';
import { SERVER_OPTIONS } from '../../packages/allinone/src/processes/server-options.ts';
import { createProgram } from '../../packages/cli/src/program.ts';
import { commandTables } from './command-tables.ts';
import { optionsWithoutEffect, optionTables } from './option-tables.ts';

export const DOCUMENT = new URL('../../docs/configuration.md', import.meta.url).pathname;

const INTRODUCTION = `# Configuration

<!-- Written by \`npm run docs:configuration\` from the option tables in the sources. Do not edit. -->

The server and the agent read files in the style of oslo.config. Every option is read once, when the process starts: a
change takes effect with a restart, which interrupts no traffic and loses nothing that was accepted.

- \`--config-file\` may be given several times; where two files set an option, the later file counts.
- \`[SECTION]\`, then \`name = value\`. Indented lines continue a value. Lines that start with \`#\` or \`;\` are comments.
- \`$name\` and \`\${section.name}\` stand for the value of another option, \`$$\` for a dollar sign.
- Booleans are \`True\` or \`False\`; times are seconds, fractions allowed; pairs are \`name:value\`.
- What cannot be read or used stops the process with the file, the line, the option and what to write instead. An option
  that is unknown, deprecated or without effect is named in the log at start; unknown ones in files named
  \`neutron*.conf\` are not, since they belong to Neutron.`;

/** Nothing is run: only the commands' declarations are looked at. */
const NO_CONTEXT = {
  directory: '',
  variables: {},
  print: () => undefined,
  setExitCode: () => undefined,
  untilStopped: () => Promise.resolve(),
};

/** Formatted as the rest of the documentation is. */
export async function configurationDocument(): Promise<string> {
  const parts = [
    INTRODUCTION,
    '## Server',
    'For `f5-lbaas server --config-file FILE`. Where Octavia, keystonemiddleware or oslo.messaging has the option, its ' +
      'name is theirs.',
    optionTables(SERVER_OPTIONS),
    '## Agent',
    "For `f5-lbaas agent --config-file FILE`, one process for each device service group. The names are those of F5's " +
      '`f5-openstack-agent.ini` and of Neutron; options marked "(ours)" do not exist there.',
    optionTables(AGENT_INI_OPTIONS),
    "### Options of F5's agent without effect",
    'They may stay in the file; each is named in the log when the agent starts.',
    optionsWithoutEffect(AGENT_INI_OPTIONS),
    '## Command line',
    'Flags of each command; `f5-lbaas COMMAND --help` shows the same.',
    commandTables(createProgram(NO_CONTEXT, '')),
  ];
  const options = (await resolveConfig(DOCUMENT)) ?? {};
  return format(parts.join('\n\n'), { ...options, parser: 'markdown' });
}
