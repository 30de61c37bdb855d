// Patterns of Tcl: glob-style and regular expressions.
import { TclError } from './errors.ts';

const LITERAL = /[.+^${}()|\]/-]/g;

/** `*`, `?`, `[a-z]` and `\x`, as `string match`, `switch -glob` and others use them. */
export function globMatcher(pattern: string): (value: string) => boolean {
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at] ?? '';
    const end = char === '[' ? pattern.indexOf(']', at + 1) : -1;
    if (char === '*') source += '[^]*';
    else if (char === '?') source += '[^]';
    else if (end > 0) {
      source += `[${pattern.slice(at + 1, end).replace(/[\\^]/g, '\\$&')}]`;
      at = end;
    } else if (char === '\\' && at + 1 < pattern.length) {
      at += 1;
      source += literal(pattern[at] ?? '');
    } else source += literal(char);
  }
  const compiled = new RegExp(`^${source}$`);
  return (value) => compiled.test(value);
}

function literal(char: string): string {
  return char === '\\' || char === '[' ? `\\${char}` : char.replace(LITERAL, '\\$&');
}

/** Escapes that only Tcl has. */
const CONSTRAINTS: Readonly<Record<string, string>> = {
  '\\m': '\\b(?=\\w)',
  '\\M': '\\b(?<=\\w)',
  '\\y': '\\b',
  '\\A': '^',
  '\\Z': '$',
};

const CLASSES: Readonly<Record<string, string>> = {
  '[:alnum:]': 'A-Za-z0-9',
  '[:alpha:]': 'A-Za-z',
  '[:digit:]': '0-9',
  '[:lower:]': 'a-z',
  '[:space:]': '\\s',
  '[:upper:]': 'A-Z',
  '[:xdigit:]': '0-9A-Fa-f',
};

/** @throws TclError for what is no regular expression here */
export function regexOf(source: string, flags = ''): RegExp {
  const translated = source
    .replace(/\[:[a-z]+:\]/g, (name) => CLASSES[name] ?? name)
    .replace(/\\(?:[mMyAZ]|[^])/g, (escape) => CONSTRAINTS[escape] ?? escape);
  try {
    return new RegExp(translated, `s${flags}`);
  } catch {
    throw new TclError(`couldn't compile regular expression pattern: ${source}`);
  }
}
