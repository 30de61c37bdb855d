// Operating status of a service from the states that the device shows, member by member, derived up the tree.
import type {
  OperatingStatus,
  ResourceKind,
  ServiceDefinition,
  ServiceListener,
  ServiceMember,
  ServicePool,
} from '@f5-lbaas/model';
import { viewOf, type CompileContext, type ServiceView } from '../compile/service-view.ts';
import { memberRef } from '../config-managers/member/member.ts';
import { keyOf, type Fields, type ObjectKey } from '../object-types/device-object.ts';
import { asText, subcollectionItems } from '../object-types/property.ts';

export type HealthByKind = Partial<Record<ResourceKind, Record<string, OperatingStatus>>>;

/** `state` of every pool member, by key. */
export type MemberStates = ReadonlyMap<ObjectKey, string>;

/** @param pools items of `/ltm/pool` with their members expanded */
export function memberStates(pools: readonly Fields[]): MemberStates {
  return new Map(
    pools.flatMap((pool) =>
      subcollectionItems(pool, 'members').map((member): [ObjectKey, string] => [
        keyOf({
          type: 'pool-member',
          // Route domains differ between devices, and a pool has no address twice.
          path: asText(member['fullPath']).replace(/%\d+/, ''),
          parent: asText(pool['fullPath']),
        }),
        asText(member['state']),
      ]),
    ),
  );
}

function memberHealth(
  view: ServiceView,
  pool: ServicePool,
  member: ServiceMember,
  states: MemberStates,
): OperatingStatus | undefined {
  const state = states.get(keyOf(memberRef(view, member)));
  const isMonitored = view.monitorOf(pool.id) !== undefined;
  // Without a monitor the service says it all; the device was perhaps not even asked.
  if (state === undefined && isMonitored) return undefined;
  if (!member.admin_state_up || !pool.admin_state_up) return 'OFFLINE';
  if (state === 'down') return 'ERROR';
  if (state === 'user-down') return 'OFFLINE';
  if (member.weight === 0) return 'DRAINING';
  if (!isMonitored) return 'NO_MONITOR';
  // `checking`, `unchecked`: no verdict yet.
  return state === 'up' ? 'ONLINE' : undefined;
}

/** ERROR when all that count are in error, DEGRADED when some are. */
function combine(parts: readonly OperatingStatus[]): OperatingStatus {
  const counting = parts.filter((status) => status !== 'OFFLINE');
  if (counting.length > 0 && counting.every((status) => status === 'ERROR')) return 'ERROR';
  return counting.some((status) => status === 'ERROR' || status === 'DEGRADED')
    ? 'DEGRADED'
    : 'ONLINE';
}

function listenerHealth(
  listener: ServiceListener,
  pools: Readonly<Record<string, OperatingStatus>>,
): OperatingStatus {
  if (!listener.admin_state_up) return 'OFFLINE';
  const pool = pools[listener.default_pool_id ?? ''];
  return pool === undefined || pool === 'OFFLINE' ? 'ONLINE' : pool;
}

/** There is something that only the device can tell. */
export function hasMonitoredMembers({ members, healthmonitors }: ServiceDefinition): boolean {
  const monitored = new Set(healthmonitors.map((monitor) => monitor.pool_id));
  return members.some((member) => monitored.has(member.pool_id));
}

/** Objects whose state the device does not show yet are left out. */
export function healthOf(
  service: ServiceDefinition,
  context: CompileContext,
  states: MemberStates,
): HealthByKind {
  const view = viewOf(service, context);
  if (!view.stays) return {};
  const members: Record<string, OperatingStatus> = {};
  const pools: Record<string, OperatingStatus> = {};
  for (const pool of view.pools) {
    const own = view.membersOf(pool.id);
    const known = own.flatMap((member) => {
      const status = memberHealth(view, pool, member, states);
      if (status !== undefined) members[member.id] = status;
      return status ?? [];
    });
    if (!pool.admin_state_up) pools[pool.id] = 'OFFLINE';
    else if (known.length > 0 || own.length === 0) pools[pool.id] = combine(known);
  }
  const listeners = Object.fromEntries(
    view.listeners.map((listener) => [listener.id, listenerHealth(listener, pools)]),
  );
  const whole = combine([...Object.values(listeners), ...Object.values(pools)]);
  const { loadbalancer } = view;
  const status = loadbalancer.admin_state_up ? whole : 'OFFLINE';
  return { loadbalancers: { [loadbalancer.id]: status }, listeners, pools, members };
}
