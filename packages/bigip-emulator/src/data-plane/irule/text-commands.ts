// Commands of iRules that work on variables, text and data groups.
import { parsePrefix } from '../address.ts';
import type { DataGroup } from '../contract.ts';
import { globMatcher } from './glob.ts';
import { lookUp } from './look-up.ts';
import { resolveName, RuleRuntimeError, type RuleContext, type RuleHost } from './rule-context.ts';

type Run = (context: RuleContext, args: string[]) => string;

export const TEXT_COMMANDS: Readonly<Record<string, Run>> = {
  set: ({ session }, [name = '', value]) => {
    if (value !== undefined) session.variables.set(name, value);
    const current = session.variables.get(name);
    if (current === undefined) throw new RuleRuntimeError(`can't read "${name}": no such variable`);
    return current;
  },
  unset: ({ session }, names) => {
    for (const name of names) session.variables.delete(name);
    return '';
  },
  append: ({ session }, [name = '', ...values]) => {
    const value = (session.variables.get(name) ?? '') + values.join('');
    session.variables.set(name, value);
    return value;
  },
  incr: ({ session }, [name = '', step = '1']) => {
    const value = String(Number(session.variables.get(name) ?? 0) + Number(step));
    session.variables.set(name, value);
    return value;
  },
  // EMULATOR: there is no syslog; the text is dropped.
  log: () => '',
  string: (_context, [operation = '', ...args]) => {
    const run = lookUp(STRING, operation);
    if (run === undefined) throw new RuleRuntimeError(`bad option "${operation}" of string`);
    return run(args);
  },
  getfield: (_context, [text = '', separator = ' ', index = '1']) =>
    text.split(separator)[Number(index) - 1] ?? '',
  substr: (_context, [text = '', from = '0', length]) =>
    text.slice(Number(from), length === undefined ? undefined : Number(from) + Number(length)),
  findstr: (_context, [text = '', wanted = '', skip = '0', end = '']) => {
    const at = text.indexOf(wanted);
    if (at < 0) return '';
    const rest = text.slice(at + Number(skip));
    const stop = end === '' ? -1 : rest.indexOf(end);
    return stop < 0 ? rest : rest.slice(0, stop);
  },
  split: (_context, [text = '', separator = ' ']) => text.split(separator).join(' '),
  binary: binaryFormat,
  class: ({ session }, args) => classCommand(session.host, args),
};

const STRING: Readonly<Record<string, (args: string[]) => string>> = {
  tolower: ([text = '']) => text.toLowerCase(),
  toupper: ([text = '']) => text.toUpperCase(),
  length: ([text = '']) => String(text.length),
  trim: ([text = '']) => text.trim(),
  range: ([text = '', first = '0', last = 'end']) =>
    text.slice(indexOf(first, text), indexOf(last, text) + 1),
  equal: ([a, b]) => (a === b ? '1' : '0'),
  map: ([mapping = '', text = '']) => mapped(listOf(mapping), text),
  match: (args) => {
    const isNoCase = args[0] === '-nocase';
    const [pattern = '', text = ''] = (isNoCase ? args.slice(1) : args).map((arg) =>
      isNoCase ? arg.toLowerCase() : arg,
    );
    return globMatcher(pattern)(text) ? '1' : '0';
  },
};

/** Elements of a list as Tcl writes it: bare, in quotes or in braces. */
function listOf(text: string): string[] {
  const elements = text.matchAll(/"((?:[^"\\]|\\.)*)"|\{([^{}]*)\}|(\S+)/g);
  return [...elements].map(([, quoted, braced, bare]) => quoted ?? braced ?? bare ?? '');
}

/** At each place the first key that fits. @throws RuleRuntimeError */
function mapped(mapping: readonly string[], text: string): string {
  if (mapping.length % 2 === 1) throw new RuleRuntimeError('char map list unbalanced');
  const pairs = mapping.flatMap((key, n): [string, string][] =>
    n % 2 === 0 && key !== '' ? [[key, mapping[n + 1] ?? '']] : [],
  );
  let result = '';
  for (let at = 0; at < text.length;) {
    const hit = pairs.find(([key]) => text.startsWith(key, at));
    result += hit?.[1] ?? text[at] ?? '';
    at += hit?.[0].length ?? 1;
  }
  return result;
}

/** One byte per character, as the connection sends it. */
const BINARY: Readonly<Record<string, (value: string) => string>> = {
  H: (hex) => Buffer.from(hex, 'hex').toString('latin1'),
  S: (number) => String.fromCharCode((Number(number) >> 8) & 255, Number(number) & 255),
  c: (list) => String.fromCharCode(...list.split(' ').map((byte) => Number(byte) & 255)),
};

/** `binary format H*|S|cN value ...` */
function binaryFormat(
  _context: RuleContext,
  [operation, format = '', ...values]: string[],
): string {
  const fields = format.match(/[A-Za-z](?:\*|\d+)?/g) ?? [];
  if (operation !== 'format' || fields.join('') !== format) {
    throw new RuleRuntimeError(`binary ${operation ?? ''} ${format} is not supported`);
  }
  return fields
    .map((field, index) => {
      const write = lookUp(BINARY, field[0] ?? '');
      if (write === undefined)
        throw new RuleRuntimeError(`binary format ${field} is not supported`);
      return write(values[index] ?? '');
    })
    .join('');
}

/** `3`, `end`, `end-1` */
function indexOf(index: string, text: string): number {
  const fromEnd = /^end(?:-(\d+))?$/.exec(index);
  return fromEnd === null ? Number(index) : text.length - 1 - Number(fromEnd[1] ?? 0);
}

/** `class match|lookup ?-value? ?-name? ?--? item operator class` */
function classCommand(host: RuleHost, [operation = '', ...args]: string[]): string {
  if (operation === 'lookup') return classLookup(host, args);
  if (operation === 'match') return classMatch(host, args);
  throw new RuleRuntimeError(`class ${operation} is not supported`);
}

function classLookup(host: RuleHost, [item, name = '']: string[]): string {
  return groupNamed(host, name).records.find((record) => record.name === item)?.data ?? '';
}

function classMatch(host: RuleHost, args: string[]): string {
  const options = args.filter((arg) => arg.startsWith('-'));
  const [item = '', operator = 'equals', name = ''] = args.filter((arg) => !arg.startsWith('-'));
  const group = groupNamed(host, name);
  const found = group.records.find((record) => isMatch(group, record.name, operator, item));
  if (options.includes('-value')) return found?.data ?? '';
  if (options.includes('-name')) return found?.name ?? '';
  return found === undefined ? '0' : '1';
}

function groupNamed(host: RuleHost, name: string): DataGroup {
  const group = resolveName(host, name, host.dataGroups);
  if (group === undefined) throw new RuleRuntimeError(`could not find class ${name}`);
  return group;
}

function isMatch(group: DataGroup, record: string, operator: string, item: string): boolean {
  if (group.type === 'ip') return parsePrefix(record).matches(item);
  switch (operator) {
    case 'starts_with':
      return item.startsWith(record);
    case 'ends_with':
      return item.endsWith(record);
    case 'contains':
      return item.includes(record);
    default:
      return item === record;
  }
}
