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
import { activePolicies } from '../config-managers/l7/active-policies.ts';
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
          // The pool of an application service is known by the name of the service.
          parent: asText(pool['fullPath']).replace(/\/([^/]+)\.app\/\1$/, '/$1'),
        }),
        asText(member['state']),
      ]),
    ),
  );
}

/** Undefined: not known now; what was last told stays. */
type Health = OperatingStatus | undefined;

interface PoolFacts {
  pool: ServicePool;
  isMonitored: boolean;
}

/** @param state as the device shows it; undefined where nobody asked: without a monitor the service says it all */
function memberHealth(
  { pool, isMonitored }: PoolFacts,
  member: ServiceMember,
  state: string | undefined,
): Health {
  if (!member.admin_state_up || !pool.admin_state_up) return 'OFFLINE';
  if (state === 'down') return 'ERROR';
  if (state === 'user-down') return 'OFFLINE';
  if (member.weight === 0) return 'DRAINING';
  // A monitor of the API that the device cannot make probes nothing.
  if (!isMonitored || state === 'unchecked') return 'NO_MONITOR';
  // `checking`: no verdict yet.
  return state === 'up' ? 'ONLINE' : undefined;
}

/** A member without a verdict yet is sent connections like one that is up. */
const SERVING: ReadonlySet<Health> = new Set<Health>(['ONLINE', 'NO_MONITOR', undefined]);

/** ERROR when nothing serves and something failed; OFFLINE when its owner took everything out. */
function poolHealth(pool: ServicePool, members: readonly Health[], hasMembers: boolean): Health {
  if (!pool.admin_state_up) return 'OFFLINE';
  if (!hasMembers) return 'ONLINE';
  if (members.every((status) => status === undefined)) return undefined;
  const hasFailed = members.includes('ERROR');
  if (!members.some((status) => SERVING.has(status))) return hasFailed ? 'ERROR' : 'OFFLINE';
  return hasFailed ? 'DEGRADED' : 'ONLINE';
}

/** What is switched off does not count. ERROR when all that count are in error, DEGRADED when some are. */
function combine(children: readonly Health[]): Health {
  const counting = children.filter((status) => status !== 'OFFLINE');
  const isBad = (status: Health): boolean => status === 'ERROR' || status === 'DEGRADED';
  if (!counting.some(isBad)) return counting.includes(undefined) ? undefined : 'ONLINE';
  return counting.every((status) => status === 'ERROR') ? 'ERROR' : 'DEGRADED';
}

/** Ids of the default pool and of those that L7 policies send requests to. */
function poolsOf(view: ServiceView, listener: ServiceListener): ReadonlySet<string> {
  const redirects = activePolicies(view, listener).flatMap(({ policy }) =>
    policy.action === 'REDIRECT_TO_POOL' ? (policy.redirect_pool_id ?? []) : [],
  );
  const own = view.pool(listener.default_pool_id);
  return new Set([...(own === undefined ? [] : [own.id]), ...redirects]);
}

function known(statuses: ReadonlyMap<string, Health>): Record<string, OperatingStatus> {
  return Object.fromEntries(
    [...statuses].flatMap(([id, status]) => (status === undefined ? [] : [[id, status] as const])),
  );
}

/** There is something that only the device can tell. */
export function hasMonitoredMembers({ members, healthmonitors }: ServiceDefinition): boolean {
  const monitors = healthmonitors.filter(({ admin_state_up: isUp }) => isUp);
  const monitored = new Set(monitors.map((monitor) => monitor.pool_id));
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
  const members = new Map<string, Health>();
  const pools = new Map<string, Health>();
  for (const pool of view.pools) {
    const facts = { pool, isMonitored: view.monitorsOf(pool.id).length > 0 };
    const own = view.membersOf(pool.id);
    for (const member of own) {
      const state = states.get(keyOf(memberRef(view, member)));
      // Not on the device: it could not be put there, or goes there now.
      if (state === undefined && facts.isMonitored) continue;
      members.set(member.id, memberHealth(facts, member, state));
    }
    const shown = own.filter(({ id }) => members.has(id)).map(({ id }) => members.get(id));
    pools.set(pool.id, poolHealth(pool, shown, own.length > 0));
  }
  const listeners = new Map<string, Health>(
    view.listeners.map((listener) => {
      const below = [...poolsOf(view, listener)].map((id) => pools.get(id));
      return [listener.id, listener.admin_state_up ? combine(below) : 'OFFLINE'];
    }),
  );
  const { loadbalancer } = view;
  const whole = loadbalancer.admin_state_up
    ? combine([...listeners.values(), ...pools.values()])
    : 'OFFLINE';
  return {
    loadbalancers: known(new Map([[loadbalancer.id, whole]])),
    listeners: known(listeners),
    pools: known(pools),
    members: known(members),
  };
}
