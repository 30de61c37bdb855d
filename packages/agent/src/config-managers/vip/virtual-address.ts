// Load balancer -> virtual address, one for each VIP.
import { canonicalAddress } from '../../adapters/addresses.ts';
import { describe } from '../../adapters/description.ts';
import type { ServiceView, Vip } from '../../compile/service-view.ts';
import type { DeviceObject } from '../../object-types/device-object.ts';
import { trafficGroupOf } from './traffic-group.ts';

/** `autoDelete` is off: the address lives as long as the load balancer, not as its last listener. */
export function compileVirtualAddress(view: ServiceView, vip: Vip): DeviceObject {
  const { loadbalancer, context } = view;
  const trafficGroup = trafficGroupOf(loadbalancer.tenant_id, context.trafficGroups);
  return {
    type: 'virtual-address',
    path: vip.path(loadbalancer.id),
    properties: {
      address: canonicalAddress(vip.address),
      description: describe(loadbalancer),
      enabled: loadbalancer.admin_state_up,
      autoDelete: false,
      ...(trafficGroup === undefined ? {} : { trafficGroup }),
    },
  };
}
