// The commands of `f5-lbaas` with their flags as tables of Markdown. Pure.
import type { createProgram } from '../../packages/cli/src/program.ts';
import { markdownTable } from './markdown-table.ts';

type Command = ReturnType<typeof createProgram>;
type Option = Command['options'][number];

function fallbackOf({ defaultValue, mandatory }: Option): string {
  if (mandatory) return 'required';
  if (defaultValue === undefined || defaultValue === false) return '';
  if (typeof defaultValue !== 'object' || defaultValue === null) return `\`${defaultValue}\``;
  return `\`${Object.values(defaultValue as object).join(':')}\``;
}

function meaning({ description, argChoices }: Option): string {
  return argChoices === undefined ? description : `${description}: ${argChoices.join(', ')}`;
}

function section(command: Command): string {
  const rows = command.options.map((option) => [
    `\`${option.flags}\``,
    fallbackOf(option),
    meaning(option),
  ]);
  return [
    `### \`f5-lbaas ${command.name()}\``,
    `${command.description()}.`,
    markdownTable(['flag', 'default', 'meaning'], rows),
  ].join('\n\n');
}

export function commandTables(program: Command): string {
  return program.commands.map(section).join('\n\n');
}
