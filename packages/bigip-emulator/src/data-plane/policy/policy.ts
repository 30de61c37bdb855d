// A published LTM policy, ready to run: which rules match, in which order their actions take effect.
import type { LtmPolicy } from '../contract.ts';
import type { Transaction } from '../http/transaction.ts';
import { compileAction, type Action, type TextExpander } from './action.ts';
import { compileCondition, type Condition, type DataGroups } from './condition.ts';
import { UnsupportedPolicyError } from './fields.ts';

interface Rule {
  conditions: Condition[];
  actions: Action[];
  needsResponse: boolean;
  specificity: number;
}

export interface PolicyRun {
  /** Carries out what is decided when the response has arrived. */
  onResponse(transaction: Transaction): void;
}

const NOTHING_LEFT: PolicyRun = { onResponse: () => undefined };

export class Policy {
  readonly path: string;
  /** Rules that cannot be executed, with the reason; they never match. */
  readonly problems: string[] = [];
  readonly #strategy: LtmPolicy['strategy'];
  readonly #rules: Rule[] = [];

  constructor(policy: LtmPolicy, dataGroups: DataGroups, expand: TextExpander) {
    this.path = policy.path;
    this.#strategy = policy.strategy;
    for (const rule of [...policy.rules].sort((a, b) => a.ordinal - b.ordinal))
      this.#compile(rule, dataGroups, expand);
    if (policy.strategy === 'best-match') this.#rules.sort((a, b) => b.specificity - a.specificity);
  }

  #compile(rule: LtmPolicy['rules'][number], dataGroups: DataGroups, expand: TextExpander): void {
    try {
      const conditions = rule.conditions.map((fields) => compileCondition(fields, dataGroups));
      this.#rules.push({
        conditions,
        actions: rule.actions.map((fields) => compileAction(fields, expand)),
        needsResponse: conditions.some((condition) => condition.needsResponse),
        specificity: conditions.reduce((sum, each) => sum + each.specificity + 1_000_000, 0),
      });
    } catch (error) {
      if (!(error instanceof UnsupportedPolicyError)) throw error;
      this.problems.push(`${rule.name}: ${error.message}`);
    }
  }

  /** Decides about a request. */
  onRequest(transaction: Transaction): PolicyRun {
    const later: Rule[] = [];
    const responseActions: Action[] = [];
    for (const rule of this.#rules) {
      if (rule.needsResponse) {
        later.push(rule);
        continue;
      }
      if (!matches(rule, transaction)) continue;
      for (const action of rule.actions)
        if (action.needsResponse) responseActions.push(action);
        else action.run(transaction);
      if (this.#strategy !== 'all-match') break;
    }
    if (later.length === 0 && responseActions.length === 0) return NOTHING_LEFT;
    return { onResponse: (after) => this.#onResponse(after, later, responseActions) };
  }

  #onResponse(transaction: Transaction, later: Rule[], actions: Action[]): void {
    for (const action of actions) action.run(transaction);
    for (const rule of later) {
      if (!matches(rule, transaction)) continue;
      for (const action of rule.actions) if (action.needsResponse) action.run(transaction);
      if (this.#strategy !== 'all-match') break;
    }
  }
}

function matches(rule: Rule, transaction: Transaction): boolean {
  return rule.conditions.every((condition) => condition.holds(transaction));
}
