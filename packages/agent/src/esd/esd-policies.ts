// Which ESDs a listener has: those that its L7 policies are named after. The action and rules of such a policy count
// for nothing.
import type { ServiceL7Policy, ServiceListener } from '@f5-lbaas/model';
import type { ServiceView } from '../compile/service-view.ts';
import type { EnhancedService } from './enhanced-service.ts';

export function isEsdPolicy(view: ServiceView, { name }: Pick<ServiceL7Policy, 'name'>): boolean {
  return view.context.esds?.has(name) === true;
}

/** Several ESDs add up; of the same tag the one of the policy that stands first counts. */
export function esdOf(view: ServiceView, listener: ServiceListener): EnhancedService {
  return view
    .policiesOf(listener.id)
    .filter(({ admin_state_up: isUp }) => isUp)
    .map(({ name }) => view.context.esds?.get(name) ?? {})
    .reduce((merged, next) => ({ ...next, ...merged }), {});
}
