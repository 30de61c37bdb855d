// L7 policies of a listener -> one LTM policy that holds them as rules.
// DIFFERS: a policy without active rules matches nothing; F5's agent lets it match everything next to one that has.
import type {
  L7CompareType,
  L7RuleType,
  ServiceL7Policy,
  ServiceL7Rule,
  ServiceListener,
} from '@f5-lbaas/model';
import { wrapperPolicyPath } from '../../adapters/names.ts';
import type { ServiceView } from '../../compile/service-view.ts';
import type { DeviceObject, Fields } from '../../object-types/device-object.ts';
import type { ActivePolicy } from './active-policies.ts';

const OPERANDS: Partial<Record<L7RuleType, (key: string) => Fields>> = {
  HOST_NAME: () => ({ httpHost: true, host: true }),
  PATH: () => ({ httpUri: true, path: true }),
  FILE_TYPE: () => ({ httpUri: true, extension: true }),
  HEADER: (key) => ({ httpHeader: true, tmName: key }),
  COOKIE: (key) => ({ httpCookie: true, tmName: key }),
};

const OPERATORS: Partial<Record<L7CompareType, Fields>> = {
  EQUAL_TO: { equals: true },
  STARTS_WITH: { startsWith: true },
  ENDS_WITH: { endsWith: true },
  CONTAINS: { contains: true },
};

/** Undefined when an LTM policy has no such condition. */
function condition(rule: ServiceL7Rule): Fields | undefined {
  const operand = OPERANDS[rule.type]?.(rule.key ?? '');
  const operator = OPERATORS[rule.compare_type];
  if (operand === undefined || operator === undefined) return undefined;
  return { ...operand, ...operator, ...(rule.invert ? { not: true } : {}), values: [rule.value] };
}

/** Whether an LTM policy can express the rule. */
export function isPolicyRule(rule: ServiceL7Rule): boolean {
  return condition(rule) !== undefined;
}

function redirect(location: string, policy: ServiceL7Policy): Fields {
  // 302 is the device's own; naming it would be refused before TMOS 14.
  const code = policy.redirect_http_code ?? 302;
  const status = code === 302 ? {} : { code };
  return { httpReply: true, redirect: true, location, ...status };
}

function action(view: ServiceView, policy: ServiceL7Policy): Fields {
  switch (policy.action) {
    case 'REDIRECT_TO_POOL':
      return { forward: true, pool: view.path(policy.redirect_pool_id ?? '') };
    case 'REDIRECT_TO_URL':
      return redirect(policy.redirect_url ?? '', policy);
    case 'REDIRECT_PREFIX':
      return redirect(`tcl:${policy.redirect_prefix ?? ''}[HTTP::uri]`, policy);
    case 'REJECT':
      return { forward: true, reset: true };
  }
}

/** As F5's agent names them; policies of one name would collide, so all but the first get their position. */
function ruleNames(policies: readonly ServiceL7Policy[]): string[] {
  const names: string[] = [];
  for (const { name, action: what, position } of policies) {
    const own =
      name === '' ? `${what.toLowerCase()}_${position}` : name.replaceAll(/[^\w.-]/g, '_');
    names.push(names.includes(own) ? `${own}_${position}` : own);
  }
  return names;
}

/** @param active at least one, each expressible */
export function compileLtmPolicy(
  view: ServiceView,
  listener: ServiceListener,
  active: readonly ActivePolicy[],
): DeviceObject {
  const names = ruleNames(active.map(({ policy }) => policy));
  return {
    type: 'policy',
    path: wrapperPolicyPath(view.partition, listener.id),
    properties: {
      strategy: 'first-match',
      requires: ['http'],
      controls: ['forwarding'],
      ...(view.context.hasDraftPolicies ? { legacy: true } : {}),
      rules: active.map(({ policy, rules }, index) => ({
        name: names[index] ?? '',
        ordinal: policy.position,
        conditions: rules.map((rule) => condition(rule) ?? {}),
        actions: [action(view, policy)],
      })),
    },
  };
}
