// Which L7 policies of a listener can match anything at all.
import type { ServiceL7Policy, ServiceL7Rule, ServiceListener } from '@f5-lbaas/model';
import { isEsdPolicy } from '../../esd/esd-policies.ts';
import type { ServiceView } from '../../compile/service-view.ts';

export interface ActivePolicy {
  policy: ServiceL7Policy;
  /** All have to match; at least one. */
  rules: readonly ServiceL7Rule[];
}

/** No name of an ESD, switched on, with rules that are, and with somewhere to send to. By position. */
export function activePolicies(view: ServiceView, listener: ServiceListener): ActivePolicy[] {
  return view
    .policiesOf(listener.id)
    .filter(
      (policy) =>
        policy.admin_state_up &&
        !isEsdPolicy(view, policy) &&
        (policy.action !== 'REDIRECT_TO_POOL' || view.pool(policy.redirect_pool_id) !== undefined),
    )
    .map((policy) => ({
      policy,
      rules: view.rulesOf(policy.id).filter(({ admin_state_up: isUp }) => isUp),
    }))
    .filter(({ rules }) => rules.length > 0);
}
