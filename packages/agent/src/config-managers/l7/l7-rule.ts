// L7 policies of a listener -> one iRule, for what LTM policies cannot say: regular expressions.
// All policies of the listener go into it then, as the device would run LTM policies before any iRule.
import type {
  L7CompareType,
  L7RuleType,
  ServiceL7Policy,
  ServiceL7Rule,
  ServiceListener,
} from '@f5-lbaas/model';
import { HAS_CERTIFICATE, subjectField } from '../../adapters/client-certificate.ts';
import { listenerPartPath } from '../../adapters/names.ts';
import { tclQuoted, whenEvent } from '../../adapters/tcl.ts';
import type { ServiceView } from '../../compile/service-view.ts';
import type { DeviceObject } from '../../object-types/device-object.ts';
import type { ActivePolicy } from './active-policies.ts';

const OPERATORS: Record<Exclude<L7CompareType, 'REGEX'>, string> = {
  EQUAL_TO: 'eq',
  STARTS_WITH: 'starts_with',
  ENDS_WITH: 'ends_with',
  CONTAINS: 'contains',
};

/** Last part of the path behind a dot, as a regular expression around the value. */
const EXTENSIONS: Record<L7CompareType, (value: string) => string> = {
  EQUAL_TO: (value) => `\\.${literal(value)}$`,
  STARTS_WITH: (value) => `\\.${literal(value)}[^./]*$`,
  ENDS_WITH: (value) => `\\.[^./]*${literal(value)}$`,
  CONTAINS: (value) => `\\.[^./]*${literal(value)}[^./]*$`,
  REGEX: (value) => `\\.(?:${value})$`,
};

function literal(text: string): string {
  return text.toLowerCase().replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function compare(operand: string, rule: ServiceL7Rule): string {
  if (rule.compare_type === 'REGEX') return `${operand} matches_regex ${tclQuoted(rule.value)}`;
  // Like the conditions of LTM policies, without regard to case.
  const value = tclQuoted(rule.value.toLowerCase());
  return `[string tolower ${operand}] ${OPERATORS[rule.compare_type]} ${value}`;
}

/** A rule about the client's certificate; without one only the question for it has an answer. */
function matchesCertificate(rule: ServiceL7Rule): string {
  switch (rule.type) {
    case 'SSL_VERIFY_RESULT':
      return compare('[SSL::verify_result]', rule);
    case 'SSL_DN_FIELD':
      return `${HAS_CERTIFICATE} && ${compare(subjectField(rule.key ?? ''), rule)}`;
    default:
      return rule.value.toLowerCase() === 'true' ? HAS_CERTIFICATE : `!(${HAS_CERTIFICATE})`;
  }
}

function matches(rule: ServiceL7Rule): string {
  const key = tclQuoted(rule.key ?? '');
  switch (rule.type) {
    case 'HOST_NAME':
      return compare('[getfield [HTTP::host] ":" 1]', rule);
    case 'PATH':
      return compare('[HTTP::path]', rule);
    case 'HEADER':
      return compare(`[HTTP::header ${key}]`, rule);
    case 'COOKIE':
      return compare(`[HTTP::cookie ${key}]`, rule);
    case 'FILE_TYPE': {
      const expression = tclQuoted(EXTENSIONS[rule.compare_type](rule.value));
      return `[string tolower [HTTP::path]] matches_regex ${expression}`;
    }
    case 'SSL_CONN_HAS_CERT':
    case 'SSL_VERIFY_RESULT':
    case 'SSL_DN_FIELD':
      return matchesCertificate(rule);
  }
}

const ABOUT_CERTIFICATES: readonly L7RuleType[] = [
  'SSL_CONN_HAS_CERT',
  'SSL_VERIFY_RESULT',
  'SSL_DN_FIELD',
];

/** Whether an iRule on the listener can ask the rule's question. */
export function isExpressible(listener: ServiceListener, rule: ServiceL7Rule): boolean {
  return listener.protocol === 'TERMINATED_HTTPS' || !ABOUT_CERTIFICATES.includes(rule.type);
}

function command(view: ServiceView, policy: ServiceL7Policy): string {
  const code = policy.redirect_http_code ?? 302;
  switch (policy.action) {
    case 'REDIRECT_TO_POOL':
      return `pool ${view.path(policy.redirect_pool_id ?? '')}`;
    case 'REDIRECT_TO_URL':
      return `HTTP::respond ${code} Location ${tclQuoted(policy.redirect_url ?? '')}`;
    case 'REDIRECT_PREFIX': {
      const prefix = tclQuoted(policy.redirect_prefix ?? '').slice(0, -1);
      return `HTTP::respond ${code} Location ${prefix}[HTTP::uri]"`;
    }
    case 'REJECT':
      return 'reject';
  }
}

function branch(view: ServiceView, { policy, rules }: ActivePolicy): string[] {
  const conditions = rules.map((rule) => `${rule.invert ? '!' : ''}(${matches(rule)})`);
  return [`if { ${conditions.join(' && ')} } {`, `  ${command(view, policy)}`, '  return', '}'];
}

/** @param active at least one, each expressible */
export function compileL7Rule(
  view: ServiceView,
  listener: ServiceListener,
  active: readonly ActivePolicy[],
): DeviceObject {
  const lines = active.flatMap((one) => branch(view, one));
  return {
    type: 'rule',
    path: listenerPartPath(view.partition, view.context.prefix, 'l7_rules', listener.id),
    properties: { apiAnonymous: whenEvent('HTTP_REQUEST', lines) },
  };
}
