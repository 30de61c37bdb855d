// ltm/rule: iRules (iControl REST 6.16). Checked for what every device refuses: unbalanced braces, unknown
// events' bodies, pools that do not exist.
import { mcpError, type DeviceError } from '../../errors.ts';
import { asString, isJsonObject, type Json } from '../../json.ts';
import { appService } from '../../schema/app-service.ts';
import { defineType } from '../../schema/define-type.ts';
import { enabledDisabled, textOf } from '../../schema/fields.ts';
import type { Field, InputContext, ObjectType, RuleContext } from '../../schema/types.ts';
import { nameKey } from '../../schema/schema.ts';
import { folderOf, type ConfigRecord } from '../../store/record.ts';
import { resolveName } from '../../engine/resolve-name.ts';

/** Line of the first brace that has no partner; undefined when all have one. Skips escapes and comments. */
function unbalancedBrace(definition: string): number | undefined {
  const open: number[] = [];
  for (const [index, raw] of definition.split('\n').entries()) {
    const line = /^\s*#/.test(raw) ? '' : raw.replace(/\\[\s\S]/g, '');
    for (const char of line) {
      if (char === '{') open.push(index + 1);
      else if (char === '}' && open.pop() === undefined) return index + 1;
    }
  }
  return open.at(-1);
}

function compileError(path: string, line: number, reason: string, excerpt: string): DeviceError {
  return mcpError(
    '01070151:3',
    `Rule [${path}] error: ${path}:${line}: error: [${reason}][${excerpt}]`,
  );
}

/** @throws DeviceError when the text cannot be an iRule */
function checkSyntax(path: string, definition: string): void {
  const line = unbalancedBrace(definition);
  if (line !== undefined) {
    const excerpt = (definition.split('\n')[line - 1] ?? '').trim().slice(0, 100);
    throw compileError(path, line, 'parse error: missing close-brace', excerpt);
  }
  const stray =
    /^\s*(?!when\b|proc\b|timing\b|priority\b|nodelete\b|nowrite\b|ltm\b|rule\b|#|\}|$)(\w+)/;
  const first = topLevelLines(definition).find(({ content }) => stray.test(content));
  if (first !== undefined) {
    const word = stray.exec(first.content)?.[1] ?? '';
    throw compileError(path, first.line, `undefined procedure: ${word}`, first.content.trim());
  }
}

function topLevelLines(definition: string): { line: number; content: string }[] {
  let depth = 0;
  const lines: { line: number; content: string }[] = [];
  for (const [index, content] of definition.split('\n').entries()) {
    if (depth === 0) lines.push({ line: index + 1, content });
    if (/^\s*#/.test(content)) continue;
    depth += (content.match(/\{/g)?.length ?? 0) - (content.match(/\}/g)?.length ?? 0);
  }
  return lines;
}

const POOL_COMMAND = /(?:^|[;{[\s])pool\s+(\/?[A-Za-z][\w./-]*)/gm;

/** Pools named literally must exist (iControl REST 4.3, 01070151). */
function checkPools(record: ConfigRecord, definition: string, { store }: RuleContext): void {
  for (const [index, line] of definition.split('\n').entries()) {
    if (/^\s*#/.test(line) || line.includes('LB::')) continue;
    for (const match of line.matchAll(POOL_COMMAND)) {
      const name = match[1] ?? '';
      const path = resolveName(store, 'ltm/pool', name, folderOf(record));
      if (store.hasName(nameKey('ltm/pool', path)) || name === 'member') continue;
      throw mcpError(
        '01070151:3',
        `Rule [${record.fullPath}] error: Unable to find pool (${name}) referenced at line ` +
          `${index + 1}: [pool ${name}]`,
      );
    }
  }
}

function definition(): Field {
  return {
    parse: (input: Json, context: InputContext) => {
      const value = textOf(context.property, input);
      return value === '' ? undefined : value;
    },
  };
}

export const ruleType: ObjectType = defineType({
  path: 'ltm/rule',
  className: 'rule',
  referenceName: 'iRule',
  usageName: 'rule',
  description: false,
  fields: {
    apiAnonymous: definition(),
    apiRawValues: {
      parse: (input) => (isJsonObject(input) ? input : undefined),
      access: 'read-only',
    },
    appService: appService(),
    ignoreVerification: enabledDisabled(),
  },
  rules: {
    check: (record, context) => {
      const body = asString(record.fields['apiAnonymous']);
      if (body === undefined) return;
      checkSyntax(record.fullPath, body);
      checkPools(record, body, context);
    },
  },
});
