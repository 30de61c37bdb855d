// Expressions of Tcl: `expr`, and the conditions of `if`, `while` and `for`. Operands are substituted only when they
// are needed. @see expr(n)
import { functionNamed } from './functions.ts';
import { TclError } from './errors.ts';
import { BINARY, isTrue, unaryNamed, type Binary } from './operators.ts';
import { operandAt, TclSyntaxError, withJoinedLines, type Part } from './parser.ts';

export { isTrue } from './operators.ts';

type Substitute = (parts: readonly Part[]) => string;
type Evaluate = (substitute: Substitute) => string;

type Token = { kind: 'symbol'; text: string } | { kind: 'operand'; evaluate: Evaluate };

const SYMBOL = /\*\*|\|\||&&|<<|>>|==|!=|<=|>=|[!~<>+\-*/%()&|^?:,]/y;
const NUMBER = /0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_]\w*/y;
const WORD_OPERATORS = new Set(['eq', 'ne', 'in', 'ni']);
const BOOLEANS = new Set(['true', 'false', 'yes', 'no', 'on', 'off']);
const COMPILED_MAX = 1000;

const compiled = new Map<string, Evaluate>();

/** @throws TclError */
export function evaluateExpression(text: string, substitute: Substitute): string {
  let evaluate = compiled.get(text);
  if (evaluate === undefined) {
    evaluate = compile(text);
    if (compiled.size >= COMPILED_MAX) compiled.clear();
    compiled.set(text, evaluate);
  }
  return evaluate(substitute);
}

function compile(text: string): Evaluate {
  try {
    const reader = new Reader(tokens(text), text);
    const evaluate = reader.conditional();
    reader.end();
    return evaluate;
  } catch (error) {
    if (error instanceof TclSyntaxError) throw syntaxError(text, error.message);
    throw error;
  }
}

function syntaxError(text: string, detail: string): TclError {
  return new TclError(`syntax error in expression "${text}": ${detail}`);
}

function tokens(source: string): Token[] {
  const text = withJoinedLines(source);
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at] ?? '')) {
      at += 1;
      continue;
    }
    const operand = operandAt(text, at);
    if (operand !== undefined) {
      const { parts } = operand.word;
      found.push({ kind: 'operand', evaluate: (substitute) => substitute(parts) });
      at = operand.next;
      continue;
    }
    const token = plainToken(text, at);
    found.push(token.token);
    at += token.length;
  }
  return found;
}

function plainToken(text: string, at: number): { token: Token; length: number } {
  const number = matchAt(NUMBER, text, at);
  if (number !== undefined) {
    return { token: { kind: 'operand', evaluate: () => number }, length: number.length };
  }
  const word = matchAt(WORD, text, at);
  if (word !== undefined) return { token: wordToken(word), length: word.length };
  const symbol = matchAt(SYMBOL, text, at);
  if (symbol === undefined) throw syntaxError(text, `character not legal in expressions`);
  return { token: { kind: 'symbol', text: symbol }, length: symbol.length };
}

/** Words are operators, truth values or names of functions; others have to be quoted. */
function wordToken(word: string): Token {
  if (WORD_OPERATORS.has(word) || functionNamed(word) !== undefined) {
    return { kind: 'symbol', text: word };
  }
  if (BOOLEANS.has(word.toLowerCase())) return { kind: 'operand', evaluate: () => word };
  throw new TclError(
    `syntax error in expression: variable references require preceding $ ("${word}")`,
  );
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

class Reader {
  readonly #tokens: readonly Token[];
  readonly #text: string;
  #at = 0;

  constructor(list: readonly Token[], text: string) {
    this.#tokens = list;
    this.#text = text;
  }

  /** @throws TclError when something is left */
  end(): void {
    if (this.#at < this.#tokens.length) throw syntaxError(this.#text, 'extra tokens at end');
  }

  conditional(): Evaluate {
    const condition = this.#binary(0);
    if (!this.#take('?')) return condition;
    const yes = this.conditional();
    this.#expect(':');
    const no = this.conditional();
    return (substitute) => (isTrue(condition(substitute)) ? yes(substitute) : no(substitute));
  }

  #binary(minRank: number): Evaluate {
    let left = this.#unary();
    for (;;) {
      const name = this.#symbol();
      const operator = name === undefined ? undefined : BINARY.get(name);
      if (operator === undefined || operator.rank <= minRank) return left;
      this.#at += 1;
      const right = this.#binary(
        operator.isRightToLeft === true ? operator.rank - 1 : operator.rank,
      );
      left = apply(operator, left, right);
    }
  }

  #unary(): Evaluate {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    if (token === undefined) throw syntaxError(this.#text, 'premature end of expression');
    if (token.kind === 'operand') return token.evaluate;
    if (token.text === '(') {
      const inner = this.conditional();
      this.#expect(')');
      return inner;
    }
    const unary = unaryNamed(token.text);
    if (unary !== undefined) {
      const operand = this.#unary();
      return (substitute) => unary(operand(substitute));
    }
    return this.#function(token.text);
  }

  #function(name: string): Evaluate {
    const run = functionNamed(name);
    if (run === undefined) throw syntaxError(this.#text, `unexpected "${name}"`);
    this.#expect('(');
    const args: Evaluate[] = [];
    if (!this.#take(')')) {
      do args.push(this.conditional());
      while (this.#take(','));
      this.#expect(')');
    }
    return (substitute) => run(args.map((arg) => arg(substitute)));
  }

  #symbol(): string | undefined {
    const token = this.#tokens[this.#at];
    return token?.kind === 'symbol' ? token.text : undefined;
  }

  #take(symbol: string): boolean {
    if (this.#symbol() !== symbol) return false;
    this.#at += 1;
    return true;
  }

  #expect(symbol: string): void {
    if (!this.#take(symbol)) throw syntaxError(this.#text, `missing "${symbol}"`);
  }
}

/** `&&` and `||` leave the right side alone when the left one decides. */
function apply({ name, run }: Binary, left: Evaluate, right: Evaluate): Evaluate {
  if (name !== '&&' && name !== '||') {
    return (substitute) => run(left(substitute), right(substitute));
  }
  const decisive = name === '||';
  return (substitute) => {
    const first = isTrue(left(substitute));
    return (first === decisive ? first : isTrue(right(substitute))) ? '1' : '0';
  };
}
