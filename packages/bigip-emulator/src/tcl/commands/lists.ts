// Commands on lists. @see Tcl built-in commands
import { TclError, wrongArguments } from '../errors.ts';
import type { CommandTable } from '../interpreter.ts';
import { elementsOf, listOf, positionOf } from '../list.ts';
import { integerOf, numberOf } from '../operators.ts';
import { globMatcher, regexOf } from '../patterns.ts';

function lindex(list: string, indices: readonly string[]): string {
  let value = list;
  for (const index of indices) {
    const items = elementsOf(value);
    value = items[positionOf(index, items.length)] ?? '';
  }
  return value;
}

function options(
  args: readonly string[],
  known: readonly string[],
): { on: Set<string>; rest: string[] } {
  const rest = [...args];
  const on = new Set<string>();
  while (rest.length > 1 && rest[0]?.startsWith('-') === true) {
    const option = rest.shift() ?? '';
    if (!known.includes(option))
      throw new TclError(`bad option "${option}": must be ${known.join(', ')}`);
    on.add(option);
  }
  return { on, rest };
}

const SEARCH = ['-exact', '-glob', '-regexp', '-all', '-inline', '-not'];

function lsearch(args: readonly string[]): string {
  const { on, rest } = options(args.slice(0, -1), SEARCH);
  const [list] = rest;
  const pattern = args.at(-1);
  if (list === undefined || pattern === undefined || rest.length !== 1) {
    throw wrongArguments('lsearch ?options? list pattern');
  }
  const matches = on.has('-exact')
    ? (item: string) => item === pattern
    : on.has('-regexp')
      ? (item: string) => regexOf(pattern).test(item)
      : globMatcher(pattern);
  const items = elementsOf(list);
  const found = items
    .map((item, index) => ({ item, index }))
    .filter(({ item }) => matches(item) !== on.has('-not'));
  const shown = found.map(({ item, index }) => (on.has('-inline') ? item : String(index)));
  if (on.has('-all')) return listOf(shown);
  return shown[0] ?? (on.has('-inline') ? '' : '-1');
}

const SORT = [
  '-ascii',
  '-dictionary',
  '-integer',
  '-real',
  '-increasing',
  '-decreasing',
  '-unique',
];

type Compare = (a: string, b: string) => number;

const byText: Compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

const byNumber: Compare = (a, b) => {
  const [left, right] = [numberOf(a), numberOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
};

/** Runs of digits count as numbers, and case only between texts that are otherwise alike. */
const byDictionary: Compare = (a, b) =>
  new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare(a, b) || byText(a, b);

function lsort(args: readonly string[]): string {
  const { on, rest } = options(args, SORT);
  if (rest.length !== 1) throw wrongArguments('lsort ?options? list');
  const compare = on.has('-dictionary')
    ? byDictionary
    : on.has('-integer') || on.has('-real')
      ? byNumber
      : byText;
  const sorted = elementsOf(rest[0] ?? '').sort(compare);
  if (on.has('-decreasing')) sorted.reverse();
  const kept = on.has('-unique')
    ? sorted.filter((item, index) => index === 0 || compare(item, sorted[index - 1] ?? '') !== 0)
    : sorted;
  return listOf(kept);
}

export const LIST_COMMANDS: CommandTable = {
  list: (_, args) => listOf(args),
  llength: (_, [list = '']) => String(elementsOf(list).length),
  lindex: (_, [list, ...indices]) => {
    if (list === undefined) throw wrongArguments('lindex list ?index...?');
    return lindex(list, indices.length === 1 ? elementsOf(indices[0] ?? '') : indices);
  },
  lrange: (_, [list, first, last]) => {
    if (list === undefined || first === undefined || last === undefined) {
      throw wrongArguments('lrange list first last');
    }
    const items = elementsOf(list);
    const from = Math.max(0, positionOf(first, items.length));
    return listOf(items.slice(from, Math.max(from, positionOf(last, items.length) + 1)));
  },
  linsert: (_, [list, index, ...items]) => {
    if (list === undefined || index === undefined) {
      throw wrongArguments('linsert list index element ?element ...?');
    }
    const all = elementsOf(list);
    // Before the end means behind the last element.
    const at = positionOf(index, index.trim().startsWith('end') ? all.length + 1 : all.length);
    all.splice(Math.max(0, at), 0, ...items);
    return listOf(all);
  },
  lreplace: (_, [list, first, last, ...items]) => {
    if (list === undefined || first === undefined || last === undefined) {
      throw wrongArguments('lreplace list first last ?element element ...?');
    }
    const all = elementsOf(list);
    const from = Math.max(0, positionOf(first, all.length));
    all.splice(from, Math.max(0, positionOf(last, all.length) - from + 1), ...items);
    return listOf(all);
  },
  lsearch: (_, args) => lsearch(args),
  lsort: (_, args) => lsort(args),
  concat: (_, args) =>
    args
      .map((text) => text.trim())
      .filter((text) => text !== '')
      .join(' '),
  join: (_, [list, separator = ' ']) => {
    if (list === undefined) throw wrongArguments('join list ?joinString?');
    return elementsOf(list).join(separator);
  },
  split: (_, [text, separators = ' \n\t\r']) => {
    if (text === undefined) throw wrongArguments('split string ?splitChars?');
    if (text === '') return '';
    if (separators === '') return listOf(Array.from(text));
    const parts: string[] = [''];
    for (const char of text) {
      if (separators.includes(char)) parts.push('');
      else parts.push(`${parts.pop() ?? ''}${char}`);
    }
    return listOf(parts);
  },
  lrepeat: (_, [count = '', ...items]) => {
    const times = Number(integerOf(count) ?? -1);
    if (times < 0 || times * items.length > 100_000) {
      throw new TclError(`bad count "${count}": must be a small integer >= 0`);
    }
    return listOf(Array.from({ length: times }, () => items).flat());
  },
};
