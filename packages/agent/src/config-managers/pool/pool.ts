// Pool -> pool; its members are objects of their own.
import type { ServicePool } from '@f5-lbaas/model';
import { describe } from '../../adapters/description.ts';
import { loadBalancingMode } from '../../adapters/load-balancing-mode.ts';
import type { ServiceView } from '../../compile/service-view.ts';
import type { DeviceObject } from '../../object-types/device-object.ts';
import { monitorRuleOf } from '../../object-types/property.ts';

/**
 * DIFFERS: F5's agent describes a pool by its device name; this is the API's name and description.
 * @param monitors full paths of the monitors in force, all of which have to succeed
 */
export function compilePool(
  view: ServiceView,
  pool: ServicePool,
  monitors: readonly string[],
): DeviceObject {
  const members = view.membersOf(pool.id);
  return {
    type: 'pool',
    path: view.path(pool.id),
    properties: {
      description: describe(pool),
      loadBalancingMode: loadBalancingMode(
        pool.lb_algorithm,
        members.map(({ weight }) => weight),
      ),
      // With backups: the group of the others serves as long as one of them is up.
      minActiveMembers: members.some(({ backup }) => backup) ? 1 : 0,
      monitor: monitorRuleOf(monitors),
    },
  };
}
