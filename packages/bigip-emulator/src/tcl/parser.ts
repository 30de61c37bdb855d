// Parses Tcl, of iRules and of iApp templates, into commands and words. Syntax only; what a command means is another
// file's business. @see Tcl(n), the twelve rules of the language
import { escapeAt } from './escape.ts';

/** One word is made of parts that are joined after substitution. */
export type Part =
  | { kind: 'text'; text: string }
  /** `index` for `$name(index)`, an element of an array. */
  | { kind: 'variable'; name: string; index?: Part[] }
  | { kind: 'script'; commands: Command[] };

export interface Word {
  parts: Part[];
  /** Written in braces: taken literally. */
  isBraced: boolean;
}

export type Command = Word[];

/** The text is not something this parser understands. */
export class TclSyntaxError extends Error {
  override name = 'TclSyntaxError';
}

const DEPTH_MAX = 64;

/** @throws TclSyntaxError */
export function parseScript(text: string): Command[] {
  const parser = new Parser(text);
  const commands = parser.commands(null);
  if (!parser.isAtEnd) throw new TclSyntaxError('Unbalanced bracket');
  return commands;
}

/** Substitution of a whole text, as between double quotes. @throws TclSyntaxError */
export function parseTemplate(text: string): Part[] {
  return new Parser(text).parts(() => false);
}

/** The text as the positions of `operandAt` count it: continued lines are joined. */
export function withJoinedLines(text: string): string {
  // A backslash that is itself escaped continues nothing.
  const joined = text.replace(/\\(?:(\r?\n)[ \t]*|[^])/g, (all, newline) => (newline ? ' ' : all));
  return joined.replaceAll('\r\n', '\n');
}

/**
 * The quoted, braced, bracketed or variable operand of an expression that starts at `at`; undefined when none does.
 * @param text with joined lines @throws TclSyntaxError
 */
export function operandAt(text: string, at: number): { word: Word; next: number } | undefined {
  const parser = new Parser(text, at);
  const word = parser.operand();
  return word && { word, next: parser.position };
}

/** The literal text of a word without substitutions; undefined otherwise. */
export function literalOf(word: Word | undefined): string | undefined {
  const [part, ...more] = word?.parts ?? [];
  if (more.length > 0) return undefined;
  if (part === undefined) return word === undefined ? undefined : '';
  return part.kind === 'text' ? part.text : undefined;
}

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string, at = 0) {
    this.#text = withJoinedLines(text);
    this.#at = at;
  }

  get position(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** @param closer `]` inside a command substitution */
  commands(closer: string | null): Command[] {
    if ((this.#depth += 1) > DEPTH_MAX) throw new TclSyntaxError('Nested too deeply');
    const commands: Command[] = [];
    for (;;) {
      this.#skip(/[\s;]/);
      if (this.#peek() === '#') this.#skip(/[^\n]/);
      else if (this.isAtEnd || this.#peek() === closer) break;
      else commands.push(this.#command(closer));
    }
    this.#depth -= 1;
    return commands;
  }

  #command(closer: string | null): Command {
    const words: Word[] = [];
    for (;;) {
      this.#skip(/[ \t]/);
      const char = this.#peek();
      if (this.isAtEnd || char === '\n' || char === ';' || char === closer) return words;
      words.push(this.#word(closer));
    }
  }

  #word(closer: string | null): Word {
    const enclosed = this.#enclosed();
    if (enclosed !== undefined) return enclosed;
    return { parts: this.parts((next) => /[\s;]/.test(next) || next === closer), isBraced: false };
  }

  /** Word in braces or quotes. */
  #enclosed(): Word | undefined {
    const char = this.#peek();
    if (char === '{') return { parts: [{ kind: 'text', text: this.#braced() }], isBraced: true };
    if (char !== '"') return undefined;
    this.#at += 1;
    const parts = this.parts((next) => next === '"');
    if (this.isAtEnd) throw new TclSyntaxError('Missing quote');
    this.#at += 1;
    return { parts, isBraced: false };
  }

  operand(): Word | undefined {
    const char = this.#peek();
    if (char === '[') return { parts: [this.#substitution()], isBraced: false };
    if (char === '$' && this.#variableAt() !== undefined) {
      return { parts: [this.#variable()], isBraced: false };
    }
    return this.#enclosed();
  }

  /** Text between balanced braces. */
  #braced(): string {
    const start = this.#at + 1;
    let depth = 0;
    for (; !this.isAtEnd; this.#at += 1) {
      const char = this.#peek();
      if (char === '\\') this.#at += 1;
      else if (char === '{') depth += 1;
      else if (char === '}' && (depth -= 1) === 0) {
        this.#at += 1;
        return this.#text.slice(start, this.#at - 1);
      }
    }
    throw new TclSyntaxError('Missing brace');
  }

  /** Parts up to a character for which `isEnd` holds, which is left unread. */
  parts(isEnd: (char: string) => boolean): Part[] {
    const parts: Part[] = [];
    let text = '';
    const push = (part: Part): void => {
      if (text !== '') parts.push({ kind: 'text', text });
      text = '';
      parts.push(part);
    };
    while (!this.isAtEnd && !isEnd(this.#peek())) {
      const char = this.#peek();
      if (char === '[') push(this.#substitution());
      else if (char === '$' && this.#variableAt() !== undefined) push(this.#variable());
      else if (char === '\\') text += this.#escape();
      else {
        text += char;
        this.#at += 1;
      }
    }
    if (text !== '') parts.push({ kind: 'text', text });
    return parts;
  }

  #substitution(): Part {
    this.#at += 1;
    const commands = this.commands(']');
    if (this.#peek() !== ']') throw new TclSyntaxError('Missing bracket');
    this.#at += 1;
    return { kind: 'script', commands };
  }

  #variableAt(): RegExpExecArray | undefined {
    const pattern = /\$(?:\{([^}]+)\}|((?:::)?\w+(?:::\w+)*))/y;
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text) ?? undefined;
  }

  #variable(): Part {
    const match = this.#variableAt();
    const name = match?.[1] ?? match?.[2] ?? '';
    this.#at += match?.[0].length ?? 1;
    if (match?.[1] !== undefined || this.#peek() !== '(') return { kind: 'variable', name };
    this.#at += 1;
    const index = this.parts((next) => next === ')');
    if (this.isAtEnd) throw new TclSyntaxError('Missing )');
    this.#at += 1;
    return { kind: 'variable', name, index };
  }

  #escape(): string {
    const { text, next } = escapeAt(this.#text, this.#at);
    this.#at = next;
    return text;
  }

  #peek(): string {
    return this.#text[this.#at] ?? '';
  }

  #skip(pattern: RegExp): void {
    while (!this.isAtEnd && pattern.test(this.#peek())) this.#at += 1;
  }
}
