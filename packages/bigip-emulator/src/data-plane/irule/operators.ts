// Binary operators of expressions: Tcl's, and the ones iRules add.
import { globMatcher } from './glob.ts';
import { lookUp } from './look-up.ts';
import { isTrue, RuleRuntimeError } from './rule-context.ts';

export interface Operator {
  /** Higher binds stronger. */
  rank: number;
  apply: (left: string, right: string) => string;
}

/** Truth as Tcl writes it. */
export const yes = (condition: boolean): string => (condition ? '1' : '0');
/** As numbers when both are numbers, as text otherwise. */
const compared =
  (compare: <T extends number | string>(a: T, b: T) => boolean) =>
  (a: string, b: string): string =>
    yes(isNumber(a) && isNumber(b) ? compare(Number(a), Number(b)) : compare(a, b));
const sum =
  (compute: (a: number, b: number) => number) =>
  (a: string, b: string): string =>
    String(compute(Number(a), Number(b)));

const OPERATORS: Readonly<Record<string, Operator>> = {
  '||': { rank: 1, apply: (a, b) => yes(isTrue(a) || isTrue(b)) },
  or: { rank: 1, apply: (a, b) => yes(isTrue(a) || isTrue(b)) },
  '&&': { rank: 2, apply: (a, b) => yes(isTrue(a) && isTrue(b)) },
  and: { rank: 2, apply: (a, b) => yes(isTrue(a) && isTrue(b)) },
  '==': { rank: 3, apply: compared((a, b) => a === b) },
  '!=': { rank: 3, apply: compared((a, b) => a !== b) },
  eq: { rank: 3, apply: (a, b) => yes(a === b) },
  ne: { rank: 3, apply: (a, b) => yes(a !== b) },
  equals: { rank: 3, apply: (a, b) => yes(a === b) },
  contains: { rank: 3, apply: (a, b) => yes(a.includes(b)) },
  starts_with: { rank: 3, apply: (a, b) => yes(a.startsWith(b)) },
  ends_with: { rank: 3, apply: (a, b) => yes(a.endsWith(b)) },
  matches_regex: { rank: 3, apply: (a, b) => yes(regexOf(b).test(a)) },
  matches_glob: { rank: 3, apply: (a, b) => yes(globMatcher(b)(a)) },
  '<': { rank: 4, apply: compared((a, b) => a < b) },
  '>': { rank: 4, apply: compared((a, b) => a > b) },
  '<=': { rank: 4, apply: compared((a, b) => a <= b) },
  '>=': { rank: 4, apply: compared((a, b) => a >= b) },
  '+': { rank: 5, apply: sum((a, b) => a + b) },
  '-': { rank: 5, apply: sum((a, b) => a - b) },
  '*': { rank: 6, apply: sum((a, b) => a * b) },
  '/': { rank: 6, apply: sum((a, b) => Math.floor(a / b)) },
  '%': { rank: 6, apply: sum((a, b) => a % b) },
};

export function operatorNamed(name: string): Operator | undefined {
  return lookUp(OPERATORS, name);
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && !Number.isNaN(Number(text));
}

/** @throws RuleRuntimeError */
function regexOf(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch {
    throw new RuleRuntimeError(`couldn't compile regular expression pattern ${source}`);
  }
}
