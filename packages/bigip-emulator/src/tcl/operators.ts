// Operators of expressions, and how text is read as numbers and truth. @see expr(n)
import { TclError } from './errors.ts';
import { elementsOf } from './list.ts';

const INTEGER = /^\s*[+-]?(?:0[xX][0-9a-fA-F]+|\d+)\s*$/;
const REAL = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** Undefined for text that is no integer; a leading 0 is octal, as in Tcl 8.4. */
export function integerOf(text: string): bigint | undefined {
  if (!INTEGER.test(text)) return undefined;
  const [, sign = '', digits = ''] = /^([+-]?)(.*)$/.exec(text.trim()) ?? [];
  if (/^0\d*[89]/.test(digits)) return undefined;
  const value = BigInt(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return sign === '-' ? -value : value;
}

function realOf(text: string): number | undefined {
  return REAL.test(text) ? Number(text) : undefined;
}

/** @throws TclError */
export function numberOf(text: string): bigint | number {
  const value = integerOf(text) ?? realOf(text);
  if (value === undefined) throw new TclError(`can't use non-numeric string "${text}" as operand`);
  return value;
}

export function textOfNumber(value: bigint | number): string {
  if (typeof value === 'bigint') return String(value);
  return Number.isInteger(value) && Math.abs(value) < 1e17 ? `${value}.0` : String(value);
}

const TRUE = new Set(['true', 'yes', 'on', 't', 'y']);
const FALSE = new Set(['false', 'no', 'off', 'f', 'n']);

/** @throws TclError for text that is no truth value */
export function isTrue(text: string): boolean {
  const word = text.trim().toLowerCase();
  if (TRUE.has(word)) return true;
  if (FALSE.has(word)) return false;
  const value = integerOf(text) ?? realOf(text);
  if (value === undefined) throw new TclError(`expected boolean value but got "${text}"`);
  return Number(value) !== 0;
}

export interface Binary {
  name: string;
  /** Higher binds stronger. */
  rank: number;
  isRightToLeft?: boolean;
  run: (left: string, right: string) => string;
}

const yes = (condition: boolean): string => (condition ? '1' : '0');

function integer(text: string): bigint {
  const value = numberOf(text);
  if (typeof value !== 'bigint') {
    throw new TclError("can't use floating-point value as operand of an integer operator");
  }
  return value;
}

/** Rounds down, as Tcl does, not towards zero. */
function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

function arithmetic(
  ofIntegers: (a: bigint, b: bigint) => bigint,
  ofReals: (a: number, b: number) => number,
) {
  return (left: string, right: string): string => {
    const [a, b] = [numberOf(left), numberOf(right)];
    return typeof a === 'bigint' && typeof b === 'bigint'
      ? textOfNumber(ofIntegers(a, b))
      : textOfNumber(ofReals(Number(a), Number(b)));
  };
}

function nonZero<T>(divide: (a: bigint, b: bigint) => T): (a: bigint, b: bigint) => T {
  return (a, b) => {
    if (b === 0n) throw new TclError('divide by zero');
    return divide(a, b);
  };
}

const bits = (run: (a: bigint, b: bigint) => bigint) => (left: string, right: string) =>
  String(run(integer(left), integer(right)));

/** As numbers when both are, else as text. */
function compared(holds: (order: number) => boolean) {
  return (left: string, right: string): string => {
    const a = integerOf(left) ?? realOf(left);
    const b = integerOf(right) ?? realOf(right);
    const order =
      a === undefined || b === undefined ? compareText(left, right) : a < b ? -1 : a > b ? 1 : 0;
    return yes(holds(order));
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What nobody can mean: it would fill the memory. */
const BITS_MAX = 4096n;

function bounded(amount: bigint): bigint {
  if (amount < 0n || amount > BITS_MAX) throw new TclError('integer value too large to represent');
  return amount;
}

const OPERATORS: readonly Binary[] = [
  { name: '||', rank: 1, run: (a, b) => yes(isTrue(a) || isTrue(b)) },
  { name: '&&', rank: 2, run: (a, b) => yes(isTrue(a) && isTrue(b)) },
  { name: '|', rank: 3, run: bits((a, b) => a | b) },
  { name: '^', rank: 4, run: bits((a, b) => a ^ b) },
  { name: '&', rank: 5, run: bits((a, b) => a & b) },
  { name: 'in', rank: 6, run: (a, b) => yes(elementsOf(b).includes(a)) },
  { name: 'ni', rank: 6, run: (a, b) => yes(!elementsOf(b).includes(a)) },
  { name: 'eq', rank: 7, run: (a, b) => yes(a === b) },
  { name: 'ne', rank: 7, run: (a, b) => yes(a !== b) },
  { name: '==', rank: 8, run: compared((order) => order === 0) },
  { name: '!=', rank: 8, run: compared((order) => order !== 0) },
  { name: '<', rank: 9, run: compared((order) => order < 0) },
  { name: '>', rank: 9, run: compared((order) => order > 0) },
  { name: '<=', rank: 9, run: compared((order) => order <= 0) },
  { name: '>=', rank: 9, run: compared((order) => order >= 0) },
  { name: '<<', rank: 10, run: bits((a, b) => a << bounded(b)) },
  { name: '>>', rank: 10, run: bits((a, b) => a >> bounded(b)) },
  {
    name: '+',
    rank: 11,
    run: arithmetic(
      (a, b) => a + b,
      (a, b) => a + b,
    ),
  },
  {
    name: '-',
    rank: 11,
    run: arithmetic(
      (a, b) => a - b,
      (a, b) => a - b,
    ),
  },
  {
    name: '*',
    rank: 12,
    run: arithmetic(
      (a, b) => a * b,
      (a, b) => a * b,
    ),
  },
  { name: '/', rank: 12, run: arithmetic(nonZero(floorDivide), (a, b) => a / b) },
  {
    name: '%',
    rank: 12,
    run: bits(nonZero((a, b) => a - floorDivide(a, b) * b)),
  },
  {
    name: '**',
    rank: 13,
    isRightToLeft: true,
    run: arithmetic(
      (a, b) => a ** bounded(b),
      (a, b) => a ** b,
    ),
  },
];

export const BINARY: ReadonlyMap<string, Binary> = new Map(
  OPERATORS.map((operator) => [operator.name, operator]),
);

const UNARY: ReadonlyMap<string, (text: string) => string> = new Map([
  ['!', (text: string) => yes(!isTrue(text))],
  ['~', (text: string) => String(~integer(text))],
  ['+', (text: string) => textOfNumber(numberOf(text))],
  ['-', (text: string) => textOfNumber(-numberOf(text))],
]);

/** Operator with one operand; undefined when the symbol is none. */
export function unaryNamed(symbol: string): ((text: string) => string) | undefined {
  return UNARY.get(symbol);
}
