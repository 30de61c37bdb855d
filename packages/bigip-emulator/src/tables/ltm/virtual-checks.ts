// What persistence, policies and iRules require of the virtual server they are attached to (iControl REST 4.3).
import { mcpError, validationError } from '../../errors.ts';
import { isStringArray } from '../../json.ts';
import { nameKey } from '../../schema/schema.ts';
import type { RuleContext } from '../../schema/types.ts';
import type { ConfigRecord } from '../../store/record.ts';
import { policyRequires } from './policy.ts';
import { attachedKinds } from './virtual-profiles.ts';
import { requiredProfiles } from './rule-events.ts';

/** Cookie persistence needs an http profile (iControl REST 6.9). */
export function checkPersistence(virtual: ConfigRecord, context: RuleContext): void {
  const persist = virtual.fields['persist'];
  const paths = isStringArray(persist) ? persist : [];
  const kinds = attachedKinds(virtual, context.read);
  for (const path of paths) {
    const type = context.store.find(nameKey('persistence', path))?.type;
    if (type === 'ltm/persistence/cookie' && !kinds.includes('http')) {
      throw mcpError(
        '01070095:3',
        `Virtual server ${virtual.fullPath} lists incompatible profiles.`,
      );
    }
  }
}

/** A policy may be attached only where the profiles it requires are (iControl REST 6.15). */
export function checkPolicies(virtual: ConfigRecord, context: RuleContext): void {
  const kinds = attachedKinds(virtual, context.read);
  for (const { fullPath } of context.store.list('ltm/virtual/policies', virtual.keys)) {
    const policy = context.store.find(nameKey('ltm/policy', fullPath));
    const requires = policy === undefined ? [] : policyRequires(policy, context);
    if (requires.includes('http') && !kinds.includes('http')) {
      throw validationError(
        `Virtual server ${virtual.fullPath} policy ${fullPath} requires http profile.`,
      );
    }
  }
}

/** An iRule's events must be able to happen (01071912). */
export function checkRules(virtual: ConfigRecord, context: RuleContext): void {
  const rules = virtual.fields['rules'];
  if (!isStringArray(rules)) return;
  const kinds = new Set(attachedKinds(virtual, context.read));
  for (const path of rules) {
    const body = context.store.find(nameKey('ltm/rule', path))?.fields['apiAnonymous'];
    for (const need of requiredProfiles(typeof body === 'string' ? body : '')) {
      if (need.kinds.some((kind) => kinds.has(kind))) continue;
      throw mcpError(
        '01071912:3',
        `${need.event} event in rule (${path}) requires an associated ${need.label} profile on ` +
          `the virtual-server (${virtual.fullPath}).`,
      );
    }
  }
}
