// What a virtual server's policies and iRules make of its traffic, compiled once per configuration.
import type { FullPath, RuleCounters, VirtualServer } from '../contract.ts';
import { UnsupportedPolicyError } from '../policy/fields.ts';
import type { TextExpander } from '../policy/action.ts';
import { Policy, type PolicyRun } from '../policy/policy.ts';
import type { Transaction } from '../http/transaction.ts';
import { compileTemplate, newRuleSession, RuleSet, type RuleEvent } from '../irule/rule.ts';
import {
  RuleRuntimeError,
  UnsupportedRuleError,
  type RuleHost,
  type RuleSession,
} from '../irule/rule-context.ts';
import { TclSyntaxError } from '../../tcl/parser.ts';
import type { ClientFacts } from '../client/client-connection.ts';
import type { Services } from './services.ts';

export class Program {
  readonly rulesNotExecuted: FullPath[];
  readonly #rules: RuleSet;
  readonly #policies: Policy[];
  readonly #host: RuleHost;
  readonly #services: Services;

  constructor(config: VirtualServer, services: Services) {
    this.#services = services;
    this.#host = {
      virtualPath: config.path,
      dataGroups: config.dataGroups,
      activeMembers: (path) =>
        [...(services.pool(path)?.members.values() ?? [])].filter((member) => member.isEligible)
          .length,
    };
    this.#rules = new RuleSet(rulesOf(config));
    this.rulesNotExecuted = this.#rules.notExecuted.map(({ path }) => path);
    const expand = this.#expander();
    this.#policies = config.policies.map((policy) => new Policy(policy, config.dataGroups, expand));
    this.#report(config.path);
  }

  ruleCounters(): RuleCounters[] {
    return this.#rules.counters.map((counters) => ({ ...counters }));
  }

  resetCounters(): void {
    for (const counters of this.#rules.counters) counters.executions = counters.failures = 0;
  }

  newSession(client: ClientFacts): RuleSession {
    return newRuleSession(this.#host, client);
  }

  /** @returns false when the rule failed: the connection is to be reset, as on the device */
  run(event: RuleEvent, session: RuleSession, transaction: Transaction | null): boolean {
    if (!this.#rules.has(event)) return true;
    try {
      this.#rules.run(event, session, transaction);
      return true;
    } catch (error) {
      if (!(error instanceof RuleRuntimeError)) throw error;
      this.#services.logger.warn(
        { virtual: this.#host.virtualPath, event, reason: error.message },
        'iRule failed',
      );
      return false;
    }
  }

  /** Policies first, so that an iRule has the last word. */
  onRequest(session: RuleSession, transaction: Transaction): { isOk: boolean; runs: PolicyRun[] } {
    const runs = this.#policies.map((policy) => policy.onRequest(transaction));
    return { isOk: this.run('HTTP_REQUEST', session, transaction), runs };
  }

  /** Values of policies are literal unless they begin with `tcl:`. */
  #expander(): TextExpander {
    return (text) => {
      if (!text.startsWith('tcl:')) return () => text;
      try {
        const template = compileTemplate(text.slice('tcl:'.length));
        return (transaction) =>
          template({
            session: newRuleSession(this.#host, transaction.client),
            event: 'HTTP_REQUEST',
            transaction,
          });
      } catch (error) {
        if (error instanceof UnsupportedRuleError || error instanceof TclSyntaxError)
          throw new UnsupportedPolicyError(error.message);
        throw error;
      }
    };
  }

  #report(virtual: FullPath): void {
    for (const { path, problem } of this.#rules.notExecuted)
      this.#services.logger.warn({ virtual, rule: path, problem }, 'iRule is not executed');
    for (const { path, problems } of this.#policies)
      for (const problem of problems)
        this.#services.logger.warn({ virtual, policy: path, problem }, 'policy rule never matches');
  }
}

/** Those of the virtual server, and the one its universal persistence brings along. */
function rulesOf(config: VirtualServer): VirtualServer['rules'] {
  const rules = [...config.rules];
  for (const persistence of [config.persistence, config.fallbackPersistence]) {
    const rule = persistence?.type === 'universal' ? persistence.rule : null;
    if (rule !== null && !rules.some(({ path }) => path === rule.path)) rules.push(rule);
  }
  return rules;
}
