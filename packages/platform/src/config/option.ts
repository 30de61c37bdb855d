// What an option is: declared once, and read, checked, documented and reported from that.
import { splitList, splitPairs } from './ini-parser.ts';

export interface OptionDescription {
  /** Name in the file, e.g. `service_resync_interval`. */
  name: string;
  /** Section. @default 'DEFAULT' */
  group?: string;
  /** One or two sentences for operators. */
  help: string;
  /** Never shown in messages. */
  isSecret?: boolean;
  /** Older names, in the same section; used with a warning when the name itself is absent. */
  deprecatedNames?: readonly string[];
  /** There is no useful default: leaving it out, or empty, is an error. */
  isRequired?: boolean;
  /** The option is known but has no effect, and why; setting it is reported. */
  noEffect?: string;
}

/** Outcome of reading one value: the value, or what is wrong with it and what to write instead. */
type Parsed<T> = { value: T } | { problem: string };

export interface Option<T> extends OptionDescription {
  /** For documentation, e.g. `seconds, from 1`. */
  type: string;
  default: T;
  /** The default as one would write it in a file; empty for none. */
  defaultText: string;
  /** @param raw all values given for the option, the last one being the one that counts for single values */
  parse(raw: readonly string[]): Parsed<T>;
}

const last = (raw: readonly string[]): string => raw.at(-1) ?? '';

export function textOption(description: OptionDescription, fallback: string): Option<string> {
  return {
    ...description,
    type: 'string',
    default: fallback,
    defaultText: fallback,
    parse: (raw) => ({ value: last(raw) }),
  };
}

/** Absent, empty and `None` all mean "not set". */
export function optionalTextOption(description: OptionDescription): Option<string | undefined> {
  return {
    ...description,
    type: 'string',
    default: undefined,
    defaultText: '',
    parse: (raw) => ({ value: ['', 'None'].includes(last(raw)) ? undefined : last(raw) }),
  };
}

const TRUE = ['true', '1', 'yes', 'on'];
const FALSE = ['false', '0', 'no', 'off'];

export function booleanOption(description: OptionDescription, fallback: boolean): Option<boolean> {
  return {
    ...description,
    type: 'boolean',
    default: fallback,
    defaultText: fallback ? 'True' : 'False',
    parse(raw) {
      const text = last(raw).toLowerCase();
      if (TRUE.includes(text)) return { value: true };
      if (FALSE.includes(text)) return { value: false };
      return { problem: `'${last(raw)}' is not a boolean: write True or False` };
    },
  };
}

export interface Range {
  min?: number;
  max?: number;
}

/** `, from 1`, `, 0 to 65535`; a range that only excludes negative numbers goes without saying. */
function rangeText({ min, max }: Range): string {
  if (max !== undefined) return `, ${min ?? 0} to ${max}`;
  return min === undefined || min === 0 ? '' : `, from ${min}`;
}

function inRange(text: string, value: number, { min, max }: Range): string | undefined {
  if (min !== undefined && value < min) return `'${text}' is too small: the least is ${min}`;
  if (max !== undefined && value > max) return `'${text}' is too large: the most is ${max}`;
  return undefined;
}

export function integerOption(
  description: OptionDescription,
  fallback: number,
  range: Range = {},
): Option<number> {
  return {
    ...description,
    type: `integer${rangeText(range)}`,
    default: fallback,
    defaultText: String(fallback),
    parse(raw) {
      const text = last(raw);
      if (!/^[+-]?\d+$/.test(text)) return { problem: `'${text}' is not an integer` };
      const problem = inRange(text, Number(text), range);
      return problem === undefined ? { value: Number(text) } : { problem };
    },
  };
}

/** Seconds in the file, fractions allowed; milliseconds in the code. `fallback` and range are in seconds. */
export function secondsOption(
  description: OptionDescription,
  fallback: number,
  range: Range = { min: 0 },
): Option<number> {
  return {
    ...description,
    type: `seconds${rangeText(range)}`,
    default: fallback * 1_000,
    defaultText: String(fallback),
    parse(raw) {
      const text = last(raw);
      if (!/^\d+(\.\d+)?$/.test(text)) return { problem: `'${text}' is not a number of seconds` };
      const problem = inRange(text, Number(text), range);
      return problem === undefined ? { value: Math.round(Number(text) * 1_000) } : { problem };
    },
  };
}

export function choiceOption<const T extends string>(
  description: OptionDescription,
  values: readonly T[],
  fallback: T,
): Option<T> {
  return {
    ...description,
    type: `one of ${values.join(', ')}`,
    default: fallback,
    defaultText: fallback,
    parse(raw) {
      const value = values.find((candidate) => candidate === last(raw));
      return value === undefined
        ? { problem: `'${last(raw)}' is not one of ${values.join(', ')}` }
        : { value };
    },
  };
}

/** Comma separated; the last line of that name counts. */
export function listOption(
  description: OptionDescription,
  fallback: readonly string[],
): Option<readonly string[]> {
  return {
    ...description,
    type: 'list, comma separated',
    default: fallback,
    defaultText: fallback.join(', '),
    parse: (raw) => ({ value: last(raw) === 'None' ? [] : splitList(last(raw)) }),
  };
}

/** May stand several times, in several files; all values count, in order. */
export function multiOption(
  description: OptionDescription,
  fallback: readonly string[],
): Option<readonly string[]> {
  return {
    ...description,
    type: 'string, may be given several times',
    default: fallback,
    defaultText: fallback.join(', '),
    parse: (raw) => ({ value: [...raw] }),
  };
}

/** `name:value,name:value` */
export function mapOption(
  description: OptionDescription,
): Option<Readonly<Record<string, string>>> {
  return {
    ...description,
    type: 'name:value pairs, comma separated',
    default: {},
    defaultText: '',
    parse(raw) {
      const pairs = last(raw) === 'None' ? new Map<string, string>() : splitPairs(last(raw));
      if (pairs === undefined)
        return { problem: 'an item has no colon: write name:value,name:value' };
      return { value: Object.fromEntries(pairs) };
    },
  };
}

/** An option that is known only so that setting it can be reported. */
export function noEffectOption(name: string, noEffect: string): Option<string> {
  return textOption({ name, help: `Has no effect: ${noEffect}.`, noEffect }, '');
}
