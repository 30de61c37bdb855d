// One condition of a policy rule, ready to be evaluated.
import { parsePrefix } from '../address.ts';
import type { DataGroup, FullPath } from '../contract.ts';
import type { Transaction } from '../http/transaction.ts';
import { isSet, textOf, UnsupportedPolicyError, valuesOf, type PolicyFields } from './fields.ts';
import { operandOf } from './operand.ts';

export type DataGroups = Readonly<Record<FullPath, DataGroup>>;

export interface Condition {
  /** Evaluated when the response has arrived. */
  needsResponse: boolean;
  holds(transaction: Transaction): boolean;
  /** For best-match: how much this condition pins down. */
  specificity: number;
}

type Comparison = (actual: string, value: string) => boolean;

/** Ordered from most to least specific. */
const COMPARISONS: readonly (readonly [string, Comparison])[] = [
  ['equals', (actual, value) => actual === value],
  ['startsWith', (actual, value) => actual.startsWith(value)],
  ['endsWith', (actual, value) => actual.endsWith(value)],
  ['contains', (actual, value) => actual.includes(value)],
  ['greaterOrEqual', (actual, value) => Number(actual) >= Number(value)],
  ['lessOrEqual', (actual, value) => Number(actual) <= Number(value)],
  ['greater', (actual, value) => Number(actual) > Number(value)],
  ['less', (actual, value) => Number(actual) < Number(value)],
];

/** @throws UnsupportedPolicyError */
export function compileCondition(fields: PolicyFields, dataGroups: DataGroups): Condition {
  const operand = operandOf(fields);
  const test = testOf(fields, dataGroups);
  const isNegated = isSet(fields, 'not');
  const wantsMissing = isSet(fields, 'missing');
  return {
    needsResponse: isSet(fields, 'response'),
    specificity: specificityOf(fields),
    holds(transaction) {
      const actual = operand(transaction);
      const result = actual === undefined ? wantsMissing : !wantsMissing && test(actual);
      return result !== isNegated;
    },
  };
}

function testOf(fields: PolicyFields, dataGroups: DataGroups): (actual: string) => boolean {
  if (isSet(fields, 'exists')) return () => true;
  const values = conditionValues(fields, dataGroups);
  if (isSet(fields, 'tcp') && !isSet(fields, 'port')) return addressTest(values);
  const compare = COMPARISONS.find(([name]) => isSet(fields, name))?.[1] ?? dataGroupMatch(fields);
  if (isSet(fields, 'caseSensitive'))
    return (actual) => values.some((value) => compare(actual, value));
  const lowered = values.map((value) => value.toLowerCase());
  return (actual) => {
    const low = actual.toLowerCase();
    return lowered.some((value) => compare(low, value));
  };
}

function conditionValues(fields: PolicyFields, dataGroups: DataGroups): string[] {
  const path = textOf(fields, 'datagroup');
  if (path === undefined) return valuesOf(fields);
  const group = dataGroups[path] ?? dataGroups[`/Common/${path}`];
  if (group === undefined) throw new UnsupportedPolicyError(`unknown data group '${path}'`);
  return group.records.map((record) => record.name);
}

/** `matches` compares with the records of a data group; the device documents no other use for text. */
function dataGroupMatch(fields: PolicyFields): Comparison {
  if (isSet(fields, 'matches') && textOf(fields, 'datagroup') !== undefined)
    return (actual, value) => actual === value;
  throw new UnsupportedPolicyError('condition without a known operator');
}

function addressTest(values: readonly string[]): (actual: string) => boolean {
  const prefixes = values.map(parsePrefix);
  return (actual) => prefixes.some((prefix) => prefix.matches(actual));
}

function specificityOf(fields: PolicyFields): number {
  const rank = COMPARISONS.findIndex(([name]) => isSet(fields, name));
  const longest = Math.max(0, ...valuesOf(fields).map((value) => value.length));
  return (rank === -1 ? 0 : COMPARISONS.length - rank) * 10_000 + Math.min(longest, 9_999);
}
