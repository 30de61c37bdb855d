// L7 rules of a policy: create, read, change, delete.
import type { L7Policy, L7Rule } from '@f5-lbaas/model';

import { changesFrom } from '../change/attributes.ts';
import { acceptChange, type ChangeUnit } from '../change/accept-change.ts';
import { L7_RULE_DEFAULTS, newL7Rule, type L7RuleChanges, type L7RuleSpec } from './l7-rows.ts';
import { checkL7Rule } from './l7rule-rules.ts';
import { getRow, listRows, type ListRequest } from '../reading/listing.ts';
import { checkQuota } from '../quotas/quota-check.ts';
import { refuse } from '../refusals.ts';
import type { ServiceDeps } from '../service-deps.ts';
import { claimL7Policy, noSuch } from '../change/state-gate.ts';

/** @see Octavia MAX_L7RULES_PER_L7POLICY */
export const RULES_PER_POLICY_MAX = 50;

export class L7RuleService {
  readonly #deps: ServiceDeps;

  constructor(deps: ServiceDeps) {
    this.#deps = deps;
  }

  async list(policyId: string, request: ListRequest): Promise<L7Rule[]> {
    const where = { ...request.where, l7policy_id: policyId };
    return listRows(this.#deps.storage.read, 'l7rules', { ...request, where });
  }

  /** @throws not found, also when the rule belongs to another policy */
  async get(policyId: string, id: string): Promise<L7Rule> {
    const rule = await getRow(this.#deps.storage.read, 'l7rules', id);
    if (rule.l7policy_id !== policyId) throw noSuch('l7rules', id);
    return rule;
  }

  async create(policy: L7Policy, spec: L7RuleSpec): Promise<L7Rule> {
    const { settings, random } = this.#deps;
    return acceptChange(this.#deps, async (unit) => {
      const { repositories } = unit;
      const identity = {
        id: random.uuid(),
        projectId: policy.project_id,
        loadbalancerId: policy.loadbalancer_id,
        l7policyId: policy.id,
        now: unit.now,
      };
      const rule = newL7Rule(spec, identity);
      checkL7Rule(rule);
      const present = await repositories.l7rules.count({ l7policy_id: policy.id });
      if (present >= RULES_PER_POLICY_MAX) throw refuse('ERR_TOO_MANY_RULES', { id: policy.id });
      await checkQuota(repositories, settings.quotas, policy.project_id, { l7rules: 1 });
      await claimL7Policy(unit, policy, 'create');
      await unit.insert('l7rules', rule);
      return this.#outcome(unit, 'create', rule.id);
    });
  }

  async update(policy: L7Policy, id: string, input: L7RuleChanges): Promise<L7Rule> {
    return acceptChange(this.#deps, async (unit) => {
      const current = await getRow(unit.repositories, 'l7rules', id);
      const { type, compare_type, value } = input;
      const changes = {
        ...changesFrom(input, L7_RULE_DEFAULTS),
        ...(type === undefined ? {} : { type }),
        ...(compare_type === undefined ? {} : { compare_type }),
        ...(value === undefined ? {} : { value }),
      };
      checkL7Rule({ ...current, ...changes });
      await claimL7Policy(unit, policy);
      await unit.revise('l7rules', id, changes);
      return this.#outcome(unit, 'update', id);
    });
  }

  async delete(policy: L7Policy, id: string): Promise<void> {
    await acceptChange(this.#deps, async (unit) => {
      await claimL7Policy(unit, policy);
      await getRow(unit.repositories, 'l7rules', id);
      await unit.pend('l7rules', id, 'PENDING_DELETE');
      return this.#outcome(unit, 'delete', id);
    });
  }

  async #outcome(unit: ChangeUnit, verb: 'create' | 'update' | 'delete', id: string) {
    const row = await unit.repositories.l7rules.get(id);
    return {
      change: { verb, kind: 'l7rules' as const, id, loadbalancerId: row.loadbalancer_id },
      answer: row,
    };
  }
}
