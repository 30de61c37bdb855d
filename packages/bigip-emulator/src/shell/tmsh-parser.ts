// Reads tmsh text: words, quoted texts and brace groups, as commands and configuration files write them.
import { validationError } from '../errors.ts';

/** `{ … }` with its content as typed, for parts that are scripts. */
export interface Group {
  text: string;
}

export type Token = string | Group;

export function isGroup(token: Token | undefined): token is Group {
  return typeof token === 'object';
}

const BLANK = /\s/;

/** Index behind the quoted text that starts at `from`. */
function endOfQuote(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  if (at >= text.length) throw validationError('quotes are not balanced');
  return at + 1;
}

/** Index behind the brace group that starts at `from`; braces in quotes count too, as in Tcl. */
function endOfGroup(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === '{') depth += 1;
    else if (char === '}') depth -= 1;
    if (depth === 0) return at + 1;
  }
  throw validationError('Syntax Error: "}" is missing');
}

function endOfWord(text: string, from: number): number {
  let at = from;
  while (at < text.length && !BLANK.test(text[at] ?? '') && text[at] !== '{' && text[at] !== '}') {
    at += text[at] === '\\' ? 2 : 1;
  }
  return at;
}

function unescape(text: string): string {
  return text.replace(/\\(["\\{}])/g, '$1');
}

/** @throws DeviceError for quotes and braces without their partner */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (BLANK.test(char)) at += 1;
    else if (char === '#' && tokens.length === 0) at = endOfLine(text, at);
    else if (char === '"') {
      const end = endOfQuote(text, at);
      tokens.push(unescape(text.slice(at + 1, end - 1)));
      at = end;
    } else if (char === '{') {
      const end = endOfGroup(text, at);
      tokens.push({ text: text.slice(at + 1, end - 1) });
      at = end;
    } else if (char === '}') throw validationError('Syntax Error: unexpected "}"');
    else {
      const end = endOfWord(text, at);
      tokens.push(unescape(text.slice(at, end)));
      at = end;
    }
  }
  return tokens;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** Words of a token list; a group where a word is needed is a syntax error. */
export function wordsOf(tokens: readonly Token[]): string[] {
  return tokens.map((token) => {
    if (isGroup(token)) throw validationError('Syntax Error: unexpected "{"');
    return token;
  });
}
