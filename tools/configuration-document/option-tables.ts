// Options of the configuration files as tables of Markdown, one per section of the file. Pure.
import type { Option, OptionTable } from '@f5-lbaas/platform';
import { markdownTable } from './markdown-table.ts';

const DEFAULT_SECTION = 'DEFAULT';

const sectionOf = (option: Option<unknown>): string => option.group ?? DEFAULT_SECTION;

const code = (text: string): string => (text === '' ? '' : `\`${text}\``);

function meaning({ help, deprecatedNames = [], isSecret }: Option<unknown>): string {
  const old = deprecatedNames.map((name) => ` Older name: \`${name}\`.`).join('');
  return `${help}${old}${isSecret === true ? ' Never logged.' : ''}`;
}

function row(option: Option<unknown>): string[] {
  const fallback = option.isRequired === true ? 'required' : code(option.defaultText);
  return [code(option.name), option.type, fallback, meaning(option)];
}

/** `[DEFAULT]` first, then in the order of the table. */
export function optionTables(table: OptionTable): string {
  const options = Object.values(table).filter(({ noEffect }) => noEffect === undefined);
  const sections = new Set([DEFAULT_SECTION, ...options.map(sectionOf)]);
  return [...sections]
    .map((section) => {
      const rows = options.filter((option) => sectionOf(option) === section).map(row);
      const columns = ['option', 'type', 'default', 'meaning'];
      return rows.length === 0 ? '' : `### \`[${section}]\`\n\n${markdownTable(columns, rows)}`;
    })
    .join('\n\n');
}

/** Known options that change nothing, with the reason. */
export function optionsWithoutEffect(table: OptionTable): string {
  const rows = Object.values(table).flatMap((option) =>
    option.noEffect === undefined
      ? []
      : [[code(option.name), code(`[${sectionOf(option)}]`), option.noEffect]],
  );
  return markdownTable(['option', 'section', 'why'], rows);
}
