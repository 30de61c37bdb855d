// The L7 part of a listener: an LTM policy where it can say everything, an iRule otherwise.
import type { ServiceL7Policy, ServiceListener } from '@f5-lbaas/model';
import type { CompileProblem } from '../../compile/compiled-service.ts';
import type { ServiceView } from '../../compile/service-view.ts';
import type { DeviceObject } from '../../object-types/device-object.ts';
import { activePolicies } from './active-policies.ts';
import { compileLtmPolicy, isPolicyRule } from './l7-policy.ts';
import { compileL7Rule, isExpressible } from './l7-rule.ts';

export interface L7Parts {
  policies: readonly DeviceObject[];
  rules: readonly DeviceObject[];
  problems: readonly CompileProblem[];
}

/**
 * A policy with a rule that nothing can express is left out whole: without it, it would match too much.
 * @param misfits policies to leave out for other reasons
 */
export function compileL7(
  view: ServiceView,
  listener: ServiceListener,
  misfits: readonly ServiceL7Policy[],
): L7Parts {
  const all = activePolicies(view, listener).filter(({ policy }) => !misfits.includes(policy));
  const problems = all.flatMap(({ rules }) =>
    rules
      .filter((rule) => !isExpressible(listener, rule))
      .map((rule): CompileProblem => ({
        owner: { kind: 'l7rules', id: rule.id },
        reason: `L7 rules of type ${rule.type} need a listener that terminates TLS.`,
      })),
  );
  const active = all.filter(({ rules }) => rules.every((rule) => isExpressible(listener, rule)));
  if (active.length === 0) return { policies: [], rules: [], problems };
  return active.every(({ rules }) => rules.every(isPolicyRule))
    ? { policies: [compileLtmPolicy(view, listener, active)], rules: [], problems }
    : { policies: [], rules: [compileL7Rule(view, listener, active)], problems };
}
