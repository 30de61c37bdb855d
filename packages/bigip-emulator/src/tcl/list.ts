// Lists of Tcl: text that is read as a sequence of elements. @see Tcl lists, list(n)
import { TclError } from './errors.ts';
import { escapeAt } from './escape.ts';

const BLANK = /\s/;

interface Element {
  text: string;
  next: number;
}

function braced(list: string, from: number): Element {
  let depth = 0;
  for (let at = from; at < list.length; at += 1) {
    const char = list[at];
    if (char === '\\') at += 1;
    else if (char === '{') depth += 1;
    else if (char === '}' && (depth -= 1) === 0) {
      return { text: list.slice(from + 1, at), next: at + 1 };
    }
  }
  throw new TclError('unmatched open brace in list');
}

/** @param isEnd of an element that began at `from`, quotes left out */
function escaped(list: string, from: number, isEnd: (char: string) => boolean): Element {
  let text = '';
  let at = from;
  while (at < list.length && !isEnd(list[at] ?? '')) {
    if (list[at] === '\\') {
      const escape = escapeAt(list, at);
      text += escape.text;
      at = escape.next;
    } else {
      text += list[at] ?? '';
      at += 1;
    }
  }
  return { text, next: at };
}

function quoted(list: string, from: number): Element {
  const { text, next } = escaped(list, from + 1, (char) => char === '"');
  if (next >= list.length) throw new TclError('unmatched open quote in list');
  return { text, next: next + 1 };
}

function elementAt(list: string, at: number): Element {
  const first = list[at];
  if (first !== '{' && first !== '"') return escaped(list, at, (char) => BLANK.test(char));
  const element = first === '{' ? braced(list, at) : quoted(list, at);
  const after = list[element.next];
  if (after !== undefined && !BLANK.test(after)) {
    const what = first === '{' ? 'braces' : 'quotes';
    throw new TclError(
      `list element in ${what} followed by "${list.slice(element.next, element.next + 20)}" instead of space`,
    );
  }
  return element;
}

/** @throws TclError for text that is no list */
export function elementsOf(list: string): string[] {
  const elements: string[] = [];
  let at = 0;
  for (;;) {
    while (at < list.length && BLANK.test(list[at] ?? '')) at += 1;
    if (at >= list.length) return elements;
    const { text, next } = elementAt(list, at);
    elements.push(text);
    at = next;
  }
}

function hasBalancedBraces(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\') {
      // Nothing may follow that a closing brace would be part of.
      if (at + 1 >= text.length || text[at + 1] === '\n') return false;
      at += 1;
    } else if (char === '{') depth += 1;
    else if (char === '}' && (depth -= 1) < 0) return false;
  }
  return depth === 0;
}

const SPECIAL = /[\s"\\{}[\]$;]/;
const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\v': '\\v',
};

function quotedElement(text: string, isFirst: boolean): string {
  if (text === '') return '{}';
  if (!SPECIAL.test(text) && !(isFirst && text.startsWith('#'))) return text;
  if (hasBalancedBraces(text)) return `{${text}}`;
  const escapes = text.replace(/[\s"\\{}[\]$;]/g, (char) => NAMED_ESCAPES[char] ?? `\\${char}`);
  return isFirst && escapes.startsWith('#') ? `\\${escapes}` : escapes;
}

export function listOf(elements: readonly string[]): string {
  return elements.map((text, index) => quotedElement(text, index === 0)).join(' ');
}

/** `3`, `end`, `end-1` -> position in a sequence of that length. @throws TclError */
export function positionOf(index: string, length: number): number {
  const match = /^(?:(-?\d+)|end(?:-(\d+))?)$/.exec(index.trim());
  if (match === null) {
    throw new TclError(`bad index "${index}": must be integer or end?-integer?`);
  }
  return match[1] === undefined ? length - 1 - Number(match[2] ?? 0) : Number(match[1]);
}
