// Compiles the expressions of `if` and `expr`: Tcl's operators and the ones iRules add.
import { operatorNamed, yes, type Operator } from './operators.ts';
import type { Word } from '../../tcl/parser.ts';
import { parseTemplate, TclSyntaxError } from '../../tcl/parser.ts';
import { isTrue, UnsupportedRuleError, type Evaluate, type RuleContext } from './rule-context.ts';

type CompileParts = (parts: Word['parts']) => Evaluate;

type Token = { kind: 'operator'; text: string } | { kind: 'value'; evaluate: Evaluate };

const UNARY = new Set(['!', 'not']);
const SYMBOL = /\|\||&&|==|!=|<=|>=|[!<>+\-*/%()]/;
const BARE = /[\w.:/]+/;

/** @throws TclSyntaxError, UnsupportedRuleError */
export function compileExpression(text: string, compileParts: CompileParts): Evaluate {
  const tokens = tokenise(text, compileParts);
  const reader = new ExpressionReader(tokens);
  const evaluate = reader.expression(0);
  if (!reader.isAtEnd) throw new TclSyntaxError(`Malformed expression '${text}'`);
  return evaluate;
}

class ExpressionReader {
  readonly #tokens: Token[];
  #at = 0;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  expression(minRank: number): Evaluate {
    let left = this.#operand();
    for (;;) {
      const token = this.#tokens[this.#at];
      const operator = token?.kind === 'operator' ? operatorNamed(token.text) : undefined;
      if (operator === undefined || operator.rank <= minRank) return left;
      this.#at += 1;
      left = binary(operator, left, this.expression(operator.rank));
    }
  }

  #operand(): Evaluate {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    if (token === undefined) throw new TclSyntaxError('Expression ends too early');
    if (token.kind === 'value') return token.evaluate;
    if (UNARY.has(token.text)) {
      const operand = this.#operand();
      return (context) => yes(!isTrue(operand(context)));
    }
    if (token.text !== '(') throw new TclSyntaxError(`Unexpected '${token.text}'`);
    const inner = this.expression(0);
    const close = this.#tokens[this.#at];
    this.#at += 1;
    if (close?.kind !== 'operator' || close.text !== ')') throw new TclSyntaxError('Missing )');
    return inner;
  }
}

/** `&&` and `||` leave the right side alone when the left one decides. */
function binary(operator: Operator, left: Evaluate, right: Evaluate): Evaluate {
  if (operator.rank > 2)
    return (context: RuleContext) => operator.apply(left(context), right(context));
  const decisive = operator.rank === 1;
  return (context) => {
    const first = isTrue(left(context));
    return yes(first === decisive ? first : isTrue(right(context)));
  };
}

function tokenise(text: string, compileParts: CompileParts): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at] ?? '')) {
      at += 1;
      continue;
    }
    const { token, next } = readToken(text, at, compileParts);
    tokens.push(token);
    at = next;
  }
  return tokens;
}

interface Reading {
  token: Token;
  next: number;
}

function readToken(text: string, at: number, compileParts: CompileParts): Reading {
  return '"[${'.includes(text[at] ?? '') ? readOperand(text, at, compileParts) : readWord(text, at);
}

function readOperand(text: string, at: number, compileParts: CompileParts): Reading {
  const next = operandEnd(text, at);
  const source = text.slice(at, next);
  const inner = source.slice(1, -1);
  if (text[at] === '{') return { token: { kind: 'value', evaluate: () => inner }, next };
  const parts = parseTemplate(text[at] === '"' ? inner : source);
  return { token: { kind: 'value', evaluate: compileParts(parts) }, next };
}

/** An operator, or a number or word that stands for itself. */
function readWord(text: string, at: number): Reading {
  const word = matchAt(SYMBOL, text, at) ?? matchAt(BARE, text, at);
  if (word === undefined)
    throw new UnsupportedRuleError(`expression at '${text.slice(at, at + 20)}'`);
  const isOperator =
    operatorNamed(word) !== undefined || UNARY.has(word) || word === '(' || word === ')';
  return {
    token: isOperator ? { kind: 'operator', text: word } : { kind: 'value', evaluate: () => word },
    next: at + word.length,
  };
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  const sticky = new RegExp(pattern, 'y');
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0];
}

/** Where the quoted, bracketed, braced or variable operand that starts at `at` is over. */
function operandEnd(text: string, at: number): number {
  if (text[at] === '$') {
    const match = /^\$(?:\{[^}]+\}|[\w:]+)/.exec(text.slice(at));
    if (match === null) throw new TclSyntaxError('Malformed variable');
    return at + match[0].length;
  }
  if (text[at] === '"') {
    for (let i = at + 1; i < text.length; i += 1) {
      if (text[i] === '\\') i += 1;
      else if (text[i] === '[') i = balancedEnd(text, i, '[', ']') - 1;
      else if (text[i] === '"') return i + 1;
    }
    throw new TclSyntaxError('Missing quote');
  }
  return text[at] === '[' ? balancedEnd(text, at, '[', ']') : balancedEnd(text, at, '{', '}');
}

function balancedEnd(text: string, at: number, open: string, close: string): number {
  let depth = 0;
  for (let i = at; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === open) depth += 1;
    else if (text[i] === close && (depth -= 1) === 0) return i + 1;
  }
  throw new TclSyntaxError(`Missing ${close}`);
}
