// Commands on text. @see Tcl built-in commands
import { TclError, wrongArguments } from '../errors.ts';
import { formatText } from '../format.ts';
import type { CommandTable, Interpreter } from '../interpreter.ts';
import { elementsOf, listOf, positionOf } from '../list.ts';
import { integerOf, isTrue, numberOf } from '../operators.ts';
import { globMatcher, regexOf } from '../patterns.ts';

const flag = (holds: boolean): string => (holds ? '1' : '0');

/** Takes `-nocase` and the like from the front. */
function withOptions(
  args: readonly string[],
  known: readonly string[],
): { on: Set<string>; rest: string[] } {
  const rest = [...args];
  const on = new Set<string>();
  while (rest[0]?.startsWith('-') === true) {
    const option = rest.shift() ?? '';
    if (option === '--') break;
    if (!known.includes(option)) throw new TclError(`bad option "${option}"`);
    on.add(option);
  }
  return { on, rest };
}

function trimmer(chars: string | undefined, atStart: boolean, atEnd: boolean) {
  const inSet = (char: string): boolean =>
    chars === undefined ? /\s/.test(char) : chars.includes(char);
  return (text: string): string => {
    let [from, to] = [0, text.length];
    while (atStart && from < to && inSet(text[from] ?? '')) from += 1;
    while (atEnd && to > from && inSet(text[to - 1] ?? '')) to -= 1;
    return text.slice(from, to);
  };
}

/** Replaces keys by values in one pass; earlier pairs win. */
function map(args: readonly string[]): string {
  const { on, rest } = withOptions(args.slice(0, -1), ['-nocase']);
  const text = args.at(-1) ?? '';
  const items = elementsOf(rest[0] ?? '');
  if (items.length % 2 !== 0) throw new TclError('char map list unbalanced');
  const fold = (part: string): string => (on.has('-nocase') ? part.toLowerCase() : part);
  let result = '';
  for (let at = 0; at < text.length;) {
    const hit = items.findIndex(
      (key, index) => index % 2 === 0 && key !== '' && fold(text).startsWith(fold(key), at),
    );
    result += hit < 0 ? (text[at] ?? '') : (items[hit + 1] ?? '');
    at += hit < 0 ? 1 : (items[hit] ?? ' ').length;
  }
  return result;
}

const IS_CLASS: Readonly<Record<string, (text: string) => boolean>> = {
  alnum: (text) => /^[\p{L}\p{N}]+$/u.test(text),
  alpha: (text) => /^\p{L}+$/u.test(text),
  boolean: isBoolean,
  digit: (text) => /^\d+$/.test(text),
  double: (text) => isNumber(text),
  integer: (text) => integerOf(text) !== undefined,
  lower: (text) => /^\p{Ll}+$/u.test(text),
  space: (text) => /^\s+$/.test(text),
  upper: (text) => /^\p{Lu}+$/u.test(text),
  xdigit: (text) => /^[0-9a-fA-F]+$/.test(text),
};

function isNumber(text: string): boolean {
  try {
    numberOf(text);
    return true;
  } catch {
    return false;
  }
}

function isBoolean(text: string): boolean {
  try {
    isTrue(text);
    return true;
  } catch {
    return false;
  }
}

/** Empty text is of every class unless `-strict`. */
function isCommand(args: readonly string[]): string {
  const [name = '', ...more] = args;
  const test = Object.hasOwn(IS_CLASS, name) ? IS_CLASS[name] : undefined;
  if (test === undefined) throw new TclError(`bad class "${name}" of string is`);
  const text = more.at(-1) ?? '';
  return flag(text === '' ? !more.includes('-strict') : test(text));
}

function match(args: readonly string[]): string {
  const { on, rest } = withOptions(args.slice(0, -2), ['-nocase']);
  const [pattern = '', text = ''] = args.slice(-2);
  if (rest.length > 0) throw wrongArguments('string match ?-nocase? pattern string');
  const fold = (part: string): string => (on.has('-nocase') ? part.toLowerCase() : part);
  return flag(globMatcher(fold(pattern))(fold(text)));
}

function compare(args: readonly string[]): number {
  const { on } = withOptions(args.slice(0, -2), ['-nocase']);
  const [a = '', b = ''] = args
    .slice(-2)
    .map((text) => (on.has('-nocase') ? text.toLowerCase() : text));
  return a < b ? -1 : a > b ? 1 : 0;
}

function range(text: string, first: string, last: string): string {
  const from = Math.max(0, positionOf(first, text.length));
  return text.slice(from, Math.max(from, positionOf(last, text.length) + 1));
}

type StringRun = (args: readonly string[]) => string;

const STRING: ReadonlyMap<string, StringRun> = new Map<string, StringRun>([
  ['compare', (args) => String(compare(args))],
  ['equal', (args) => flag(compare(args) === 0)],
  ['first', ([part = '', text = '', from = '0']) => String(text.indexOf(part, Number(from)))],
  ['index', ([text = '', index = '0']) => text[positionOf(index, text.length)] ?? ''],
  ['is', isCommand],
  ['last', ([part = '', text = '']) => String(text.lastIndexOf(part))],
  ['length', ([text = '']) => String(text.length)],
  ['map', map],
  ['match', match],
  ['range', ([text = '', first = '0', last = 'end']) => range(text, first, last)],
  [
    'repeat',
    ([text = '', count = '0']) => {
      const times = Number(integerOf(count) ?? 0);
      if (times * text.length > 1_000_000) throw new TclError('string size overflow');
      return text.repeat(Math.max(0, times));
    },
  ],
  [
    'replace',
    ([text = '', first = '0', last = 'end', by = '']) => {
      const from = Math.max(0, positionOf(first, text.length));
      const to = positionOf(last, text.length);
      return to < from ? text : text.slice(0, from) + by + text.slice(to + 1);
    },
  ],
  ['tolower', ([text = '']) => text.toLowerCase()],
  ['toupper', ([text = '']) => text.toUpperCase()],
  ['trim', ([text = '', chars]) => trimmer(chars, true, true)(text)],
  ['trimleft', ([text = '', chars]) => trimmer(chars, true, false)(text)],
  ['trimright', ([text = '', chars]) => trimmer(chars, false, true)(text)],
]);

const REGEXP_OPTIONS = ['-nocase', '-line', '-all', '-inline'];

function regexp(interpreter: Interpreter, args: readonly string[]): string {
  const { on, rest } = withOptions(args, REGEXP_OPTIONS);
  const [pattern, text, ...names] = rest;
  if (pattern === undefined || text === undefined) {
    throw wrongArguments('regexp ?switches? exp string ?matchVar? ?subMatchVar ...?');
  }
  const flags = `${on.has('-nocase') ? 'i' : ''}${on.has('-line') ? 'm' : ''}g`;
  const all = [...text.matchAll(regexOf(pattern, flags))];
  const found = on.has('-all') ? all : all.slice(0, 1);
  if (on.has('-inline')) return listOf(found.flatMap((hit) => [...hit].map((part) => part)));
  const last = found.at(-1);
  if (last !== undefined) {
    names.forEach((name, index) => interpreter.variables.set(name, last[index] ?? ''));
  }
  return String(found.length);
}

/** `&` and `\0` are the match, `\1` to `\9` its groups. */
function replacement(spec: string, hit: readonly (string | undefined)[]): string {
  return spec.replace(/\\(\d)|\\([&\\])|&/g, (all, group?: string, plain?: string) => {
    if (plain !== undefined) return plain;
    return group === undefined && all === '&' ? (hit[0] ?? '') : (hit[Number(group)] ?? '');
  });
}

function regsub(interpreter: Interpreter, args: readonly string[]): string {
  const { on, rest } = withOptions(args, ['-nocase', '-line', '-all']);
  const [pattern, text, spec, name] = rest;
  if (pattern === undefined || text === undefined || spec === undefined) {
    throw wrongArguments('regsub ?switches? exp string subSpec ?varName?');
  }
  const flags = `${on.has('-nocase') ? 'i' : ''}${on.has('-line') ? 'm' : ''}`;
  const regex = regexOf(pattern, on.has('-all') ? `${flags}g` : flags);
  let count = 0;
  const result = text.replace(regex, (...hit: unknown[]) => {
    count += 1;
    const groups = hit.filter((part): part is string | undefined => typeof part !== 'number');
    return replacement(spec, groups.slice(0, -1));
  });
  if (name === undefined) return result;
  interpreter.variables.set(name, result);
  return String(count);
}

export const STRING_COMMANDS: CommandTable = {
  string: (_, [option = '', ...args]) => {
    const run = STRING.get(option);
    if (run === undefined) {
      throw new TclError(`bad option "${option}": must be ${[...STRING.keys()].join(', ')}`);
    }
    return run(args);
  },
  format: (_, [spec, ...values]) => {
    if (spec === undefined) throw wrongArguments('format formatString ?arg arg ...?');
    return formatText(spec, values);
  },
  regexp,
  regsub,
};
