// Services for tests with traffic, and applying them without a failure.
import type {
  ServiceDefinition,
  ServiceL7Policy,
  ServiceL7Rule,
  SessionPersistence,
} from '@f5-lbaas/model';
import { vi } from 'vitest';
import type { Lab } from '../driver/lab.ts';

export const TENANT = 'tenant-1';

/** @throws Error with every reason when anything of the service ends in ERROR */
export async function applyWhole(lab: Lab, service: ServiceDefinition): Promise<void> {
  const { objects } = await lab.apply(service);
  const reasons = Object.values(objects).flatMap((kind) =>
    Object.values(kind).flatMap((report) => ('reason' in report ? [report.reason] : [])),
  );
  if (reasons.length > 0) throw new Error(reasons.join('\n'));
}

export function persistence(
  type: SessionPersistence['type'],
  more: Partial<SessionPersistence> = {},
): { session_persistence: SessionPersistence } {
  const none = { cookie_name: null, persistence_timeout: null, persistence_granularity: null };
  return { session_persistence: { type, ...none, ...more } };
}

const COMMON = {
  tenant_id: TENANT,
  admin_state_up: true,
  provisioning_status: 'PENDING_CREATE',
} as const;

/** L7 policies in order, each with its rules. */
export function withPolicies(
  service: ServiceDefinition,
  policies: readonly { policy: Partial<ServiceL7Policy>; rules: Partial<ServiceL7Rule>[] }[],
): ServiceDefinition {
  return {
    ...service,
    l7policies: policies.map(({ policy }, n) => ({
      ...{ ...COMMON, id: `policy-${n}`, name: '', description: '' },
      ...{ listener_id: 'lb-1-listener-1', action: 'REJECT', redirect_pool_id: null },
      ...{ position: n + 1, rules: [] },
      ...policy,
    })),
    l7policy_rules: policies.flatMap(({ rules }, n) =>
      rules.map((rule, m) => ({
        ...{ ...COMMON, id: `rule-${n}-${m}`, policies: [], policy_id: `policy-${n}` },
        ...{ type: 'PATH', compare_type: 'EQUAL_TO', invert: false, key: null, value: '/' },
        ...rule,
      })),
    ),
  };
}

/** The device changes what it does with traffic a moment after it took a configuration. */
export function soon(assertion: () => Promise<void>): Promise<void> {
  return vi.waitFor(assertion, { timeout: 10_000, interval: 20 });
}
