// Functions of expressions. @see expr(n), math functions
import { TclError } from './errors.ts';
import { numberOf, textOfNumber } from './operators.ts';

type Run = (args: readonly string[]) => string;

function one(run: (value: bigint | number) => bigint | number): Run {
  return (args) => {
    const [text] = args;
    if (text === undefined || args.length !== 1) {
      throw new TclError('wrong number of arguments for math function');
    }
    return textOfNumber(run(numberOf(text)));
  };
}

function extreme(isBetter: (a: number, b: number) => boolean): Run {
  return (args) => {
    const values = args.map(numberOf);
    const [first] = values;
    if (first === undefined) throw new TclError('too few arguments to math function');
    const best = values.reduce((a, b) => (isBetter(Number(b), Number(a)) ? b : a), first);
    return textOfNumber(best);
  };
}

const whole = (round: (value: number) => number) => (value: bigint | number) =>
  typeof value === 'bigint' ? value : BigInt(round(value));

const FUNCTIONS: ReadonlyMap<string, Run> = new Map<string, Run>([
  ['abs', one((value) => (value < 0 ? -value : value))],
  ['ceil', one((value) => Math.ceil(Number(value)))],
  ['double', one(Number)],
  ['floor', one((value) => Math.floor(Number(value)))],
  ['int', one(whole(Math.trunc))],
  ['max', extreme((a, b) => a > b)],
  ['min', extreme((a, b) => a < b)],
  // Halves go away from zero.
  ['round', one(whole((value) => Math.sign(value) * Math.round(Math.abs(value))))],
  ['sqrt', one((value) => Math.sqrt(Number(value)))],
]);

export function functionNamed(name: string): Run | undefined {
  return FUNCTIONS.get(name);
}
