// What the template has no variable for. A pool and its listener are put on a device whole or not at all, so one of these
// keeps both from being changed; it is the object of the API that asks for it whose fault it is.
import type { ServiceListener, ServicePool } from '@f5-lbaas/model';
import { LISTENER_PARTS, listenerPartPath, type ListenerPart } from '../adapters/names.ts';
import type { CompileProblem } from '../compile/compiled-service.ts';
import type { ServiceView } from '../compile/service-view.ts';
import { isEsdPolicy } from '../esd/esd-policies.ts';
import type { DeviceObject, Owner } from '../object-types/device-object.ts';

const OPTION = 'icontrol_config_mode = iapp';

const PROTOCOLS: readonly ServiceListener['protocol'][] = ['HTTP', 'HTTPS', 'TCP'];

/** Parts of a listener that become iRules, which the template does not take. */
const PART_FEATURES: Partial<Record<ListenerPart, string>> = {
  allowed_cidrs: 'allowed_cidrs',
  timeouts: 'timeout_client_data and timeout_member_data',
  insert_headers: 'insert_headers',
  hsts: 'HSTS',
};

export function problem(owner: Owner, feature: string): CompileProblem {
  return { owner, reason: `${feature}: not possible with ${OPTION}.`, keepsOld: true };
}

/** Known before anything is compiled. */
export function listenerLimits(view: ServiceView, listener: ServiceListener): CompileProblem[] {
  const owner: Owner = { kind: 'listeners', id: listener.id };
  const policies = view.policiesOf(listener.id).filter(({ admin_state_up: isUp }) => isUp);
  return [
    ...(PROTOCOLS.includes(listener.protocol)
      ? []
      : [problem(owner, `Listeners of protocol ${listener.protocol}`)]),
    ...(view.loadbalancer.additional_vips.length === 0
      ? []
      : [problem(owner, 'Listeners of a load balancer with additional_vips')]),
    ...policies.map((policy) =>
      problem(
        { kind: 'l7policies', id: policy.id },
        isEsdPolicy(view, policy) ? 'Enhanced service definitions' : 'L7 policies',
      ),
    ),
  ];
}

/** What a listener compiled to beside its virtual server and its persistence. */
export function partLimits(
  view: ServiceView,
  listener: ServiceListener,
  objects: readonly DeviceObject[],
): CompileProblem[] {
  const paths = new Set(objects.map(({ path }) => path));
  const owner: Owner = { kind: 'listeners', id: listener.id };
  return (Object.keys(LISTENER_PARTS) as ListenerPart[]).flatMap((part) => {
    const path = listenerPartPath(view.partition, view.context.prefix, part, listener.id);
    const feature = PART_FEATURES[part];
    return feature !== undefined && paths.has(path) ? [problem(owner, feature)] : [];
  });
}

export function poolLimits(
  view: ServiceView,
  pool: ServicePool,
  listeners: readonly ServiceListener[],
): CompileProblem[] {
  const owner: Owner = { kind: 'pools', id: pool.id };
  const elsewhere = view
    .membersOf(pool.id)
    .filter((one) => one.monitor_address !== null || one.monitor_port !== null);
  return [
    ...sharedPool(listeners),
    ...(pool.tls_enabled ? [problem(owner, 'TLS towards members (tls_enabled)')] : []),
    ...(pool.protocol === 'PROXY' || pool.protocol === 'PROXYV2'
      ? [problem(owner, `Pools of protocol ${pool.protocol}`)]
      : []),
    ...elsewhere.map(({ id }) =>
      problem({ kind: 'members', id }, 'monitor_address and monitor_port of a member'),
    ),
  ];
}

/** One service has one virtual server. Those that came later are at fault, where that can be told. */
function sharedPool(listeners: readonly ServiceListener[]): CompileProblem[] {
  if (listeners.length < 2) return [];
  const open = listeners.filter(({ provisioning_status: status }) => status !== 'ACTIVE');
  return (open.length > 0 ? open : listeners).map(({ id }) =>
    problem({ kind: 'listeners', id }, 'A pool that is the default pool of several listeners'),
  );
}
