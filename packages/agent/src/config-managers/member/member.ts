// Member -> pool member. The device makes the node below it by itself.
import type { ServiceMember, ServicePool } from '@f5-lbaas/model';
import { canonicalAddress, memberName } from '../../adapters/addresses.ts';
import type { ServiceView } from '../../compile/service-view.ts';
import type { DeviceObject, ObjectRef } from '../../object-types/device-object.ts';
import { monitorRuleOf } from '../../object-types/property.ts';

const PRIORITY = { only: 0, primary: 2, backup: 1 };

export function memberRef(
  view: ServiceView,
  member: ServiceMember,
): ObjectRef & { parent: string } {
  const name = memberName(canonicalAddress(view.addressOf(member)), member.protocol_port);
  return {
    type: 'pool-member',
    path: `/${view.partition}/${name}`,
    parent: view.path(member.pool_id),
  };
}

function priorityGroup(member: ServiceMember, hasBackups: boolean): number {
  if (!hasBackups) return PRIORITY.only;
  return member.backup ? PRIORITY.backup : PRIORITY.primary;
}

/**
 * Weight 0 and admin down drain: existing and persistent connections stay. So does a pool that is down.
 * @param monitorsOf full paths of a member's own monitors; none: the pool's
 */
export function compileMembers(
  view: ServiceView,
  pool: ServicePool,
  monitorsOf: (member: ServiceMember) => readonly string[],
): DeviceObject[] {
  const members = view.membersOf(pool.id);
  const hasBackups = members.some(({ backup }) => backup);
  return members.map((member) => ({
    ...memberRef(view, member),
    properties: {
      address: canonicalAddress(view.addressOf(member)),
      ratio: Math.max(1, member.weight),
      priorityGroup: priorityGroup(member, hasBackups),
      session: pool.admin_state_up && member.admin_state_up && member.weight > 0,
      state: true,
      monitor: monitorRuleOf(monitorsOf(member)),
    },
  }));
}
