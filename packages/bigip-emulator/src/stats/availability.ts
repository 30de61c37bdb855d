// The status triple of members, nodes, pools and virtual servers (iControl REST 7.3).
import type { MemberFacts, VirtualState } from '../data-plane/contract.ts';
import { asString } from '../json.ts';
import { nameKey } from '../schema/schema.ts';
import type { ReadContext } from '../schema/types.ts';
import type { ConfigRecord } from '../store/record.ts';
import { parseDestination } from '../tables/ltm/virtual-destination.ts';
import { memberVerdict, nodePathOf, nodeState } from '../tables/ltm/member-state.ts';

export interface Availability {
  availabilityState: 'available' | 'unavailable' | 'offline' | 'unknown';
  enabledState: 'enabled' | 'disabled' | 'disabled-by-parent';
  statusReason: string;
}

const UNCHECKED =
  "The children pool member(s) either don't have service checking enabled, or service check results are not available yet";

function isDisabled(record: ConfigRecord | undefined): boolean {
  return record?.fields['session'] === 'user-disabled';
}

function isForcedDown(record: ConfigRecord | undefined): boolean {
  return record?.fields['state'] === 'user-down';
}

function nodeOf(member: ConfigRecord, { store }: ReadContext): ConfigRecord | undefined {
  return store.find(nameKey('ltm/node', nodePathOf(member)));
}

function enabledState(
  member: ConfigRecord,
  node: ConfigRecord | undefined,
): Availability['enabledState'] {
  if (isDisabled(member) || isForcedDown(member)) return 'disabled';
  return isDisabled(node) || isForcedDown(node) ? 'disabled-by-parent' : 'enabled';
}

type Health = Pick<Availability, 'availabilityState' | 'statusReason'>;

function healthOf(facts: MemberFacts): Health {
  const health = verdictHealth(facts);
  return facts.isFull && health.availabilityState !== 'offline'
    ? {
        availabilityState: 'unavailable',
        statusReason: 'Pool member has reached its connection limit',
      }
    : health;
}

function verdictHealth({ monitorStatus, reason }: MemberFacts): Health {
  switch (monitorStatus) {
    case 'up':
    case 'forced-up':
    case 'disabled-by-recv':
      return { availabilityState: 'available', statusReason: 'Pool member is available' };
    case 'down':
      return {
        availabilityState: 'offline',
        statusReason: reason === '' ? 'Pool member has been marked down by a monitor' : reason,
      };
    case 'forced-down':
      return { availabilityState: 'offline', statusReason: 'Forced down' };
    case 'checking':
      return { availabilityState: 'unknown', statusReason: 'Pool member has not been checked yet' };
    case 'unchecked':
      return {
        availabilityState: 'unknown',
        statusReason: 'Pool member does not have service checking enabled',
      };
  }
}

export function memberAvailability(member: ConfigRecord, context: ReadContext): Availability {
  const node = nodeOf(member, context);
  const enabled = enabledState(member, node);
  if (isForcedDown(member) || isForcedDown(node)) {
    return { availabilityState: 'offline', enabledState: enabled, statusReason: 'Forced down' };
  }
  const status = healthOf(memberVerdict(member, context));
  const suffix =
    enabled === 'disabled' ? ', user disabled' : enabled === 'enabled' ? '' : ', parent disabled';
  return { ...status, enabledState: enabled, statusReason: `${status.statusReason}${suffix}` };
}

/** Best first (iControl REST 7.3). */
const ORDER: Availability['availabilityState'][] = [
  'available',
  'unavailable',
  'unknown',
  'offline',
];

export function poolAvailability(pool: ConfigRecord, context: ReadContext): Availability {
  const members = context.store.list('ltm/pool/members', pool.keys);
  const states = members.map((member) => memberAvailability(member, context));
  const best = ORDER.find((state) =>
    states.some(({ availabilityState }) => availabilityState === state),
  );
  const areDisabled =
    states.length > 0 && states.every((state) => state.enabledState !== 'enabled');
  return {
    availabilityState: best ?? 'unknown',
    enabledState: 'enabled',
    statusReason: areDisabled ? 'The children pool member(s) are disabled' : poolReason(best),
  };
}

function poolReason(state: Availability['availabilityState'] | undefined): string {
  switch (state) {
    case 'available':
      return 'The pool is available';
    case 'offline':
      return 'The children pool member(s) are down';
    case 'unavailable':
      return 'The children pool member(s) have reached their connection limit';
    case 'unknown':
    case undefined:
      return UNCHECKED;
  }
}

function virtualHealth(pool: Availability | undefined, state: VirtualState | undefined): Health {
  if (state?.isFull === true)
    return {
      availabilityState: 'unavailable',
      statusReason: 'The virtual server has reached its connection limit',
    };
  if (pool === undefined) return { availabilityState: 'unknown', statusReason: UNCHECKED };
  const { availabilityState, statusReason } = pool;
  return availabilityState === 'available'
    ? { availabilityState, statusReason: 'The virtual server is available' }
    : { availabilityState, statusReason };
}

function virtualAddressOf(virtual: ConfigRecord, { store }: ReadContext): ConfigRecord | undefined {
  const { addressPath } = parseDestination(asString(virtual.fields['destination']) ?? '');
  return store.find(nameKey('ltm/virtual-address', addressPath));
}

/** @param state of its sockets, from the data plane; undefined while it is not served here */
export function virtualAvailability(
  virtual: ConfigRecord,
  context: ReadContext,
  state: VirtualState | undefined,
): Availability {
  const path = asString(virtual.fields['pool']);
  const pool = path === undefined ? undefined : context.store.find(nameKey('ltm/pool', path));
  const health = virtualHealth(pool && poolAvailability(pool, context), state);
  if (virtual.fields['disabled'] === true)
    return { ...health, enabledState: 'disabled', statusReason: 'The virtual server is disabled' };
  if (virtualAddressOf(virtual, context)?.fields['enabled'] === 'no')
    return {
      ...health,
      enabledState: 'disabled-by-parent',
      statusReason: 'The virtual address is disabled',
    };
  if (typeof state?.bindError === 'string')
    return {
      availabilityState: 'offline',
      enabledState: 'enabled',
      statusReason: `The virtual server cannot listen: ${state.bindError}`,
    };
  return { ...health, enabledState: 'enabled' };
}

/** The best of its virtual servers, or the worst where the address serves only while all of them do. */
export function addressAvailability(
  address: ConfigRecord,
  virtuals: readonly Availability[],
): Availability {
  const order = address.fields['serverScope'] === 'all' ? ORDER.toReversed() : ORDER;
  const decisive = order
    .map((wanted) => virtuals.find(({ availabilityState }) => availabilityState === wanted))
    .find((found) => found !== undefined);
  const { availabilityState = 'unknown', statusReason = 'No virtual server' } = decisive ?? {};
  return address.fields['enabled'] === 'no'
    ? {
        availabilityState,
        enabledState: 'disabled',
        statusReason: 'The virtual address is disabled',
      }
    : { availabilityState, enabledState: 'enabled', statusReason };
}

export function nodeAvailability(node: ConfigRecord, context: ReadContext): Availability {
  const enabled = isDisabled(node) || isForcedDown(node) ? 'disabled' : 'enabled';
  switch (nodeState(node, context)) {
    case 'user-down':
      return { availabilityState: 'offline', enabledState: enabled, statusReason: 'Forced down' };
    case 'up':
      return {
        availabilityState: 'available',
        enabledState: enabled,
        statusReason: 'Node address is available',
      };
    case 'down':
      return {
        availabilityState: 'offline',
        enabledState: enabled,
        statusReason: 'Node address has been marked down by a monitor',
      };
    default:
      return {
        availabilityState: 'unknown',
        enabledState: enabled,
        statusReason: 'Node address does not have service checking enabled',
      };
  }
}
