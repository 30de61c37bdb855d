// Statistics of an iRule: one entry per event it handles, summed over the virtual servers that run it
// (iControl REST 7.2).
import type { RuleCounters } from '../data-plane/contract.ts';
import { asString } from '../json.ts';
import { nameKey } from '../schema/schema.ts';
import type { ConfigStore } from '../store/config-store.ts';
import type { ConfigRecord } from '../store/record.ts';
import { eventsOf } from '../tables/ltm/rule-events.ts';

export interface RulePart {
  /** Behind the rule's path: `:HTTP_REQUEST`. */
  suffix: string;
  values: Record<string, number | string>;
}

/** Virtual servers that run an iRule: those it is attached to, and those whose universal persistence brings it. */
export function virtualsWith(rule: ConfigRecord, store: ConfigStore): ConfigRecord[] {
  const users = store.referrers(nameKey('ltm/rule', rule.fullPath));
  const through = users
    .filter(({ type }) => type.startsWith('ltm/persistence/'))
    .flatMap(({ fullPath }) => store.referrers(nameKey('persistence', fullPath)));
  return [...new Set([...users, ...through])].filter(({ type }) => type === 'ltm/virtual');
}

const PRIORITY_DEFAULT = 500;

/** @param counters of every rule of the virtual servers that have this one; a rule nobody executes stays at 0 */
export function ruleParts(rule: ConfigRecord, counters: readonly RuleCounters[]): RulePart[] {
  const own = counters.filter(({ path }) => path === rule.fullPath);
  return eventsOf(asString(rule.fields['apiAnonymous']) ?? '').map((event) => {
    const ofEvent = own.filter((each) => each.event === event);
    const total = (figure: (each: RuleCounters) => number): number =>
      ofEvent.reduce((sum, each) => sum + figure(each), 0);
    return {
      suffix: `:${event}`,
      values: {
        aborts: 0,
        avgCycles: 0,
        eventType: event,
        failures: total(({ failures }) => failures),
        maxCycles: 0,
        minCycles: 0,
        priority: PRIORITY_DEFAULT,
        tmName: rule.fullPath,
        totalExecutions: total(({ executions }) => executions),
      },
    };
  });
}
