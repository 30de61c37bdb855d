// Client networks that a listener serves -> value list, and an iRule that refuses all others.
import type { ServiceListener } from '@f5-lbaas/model';
import { canonicalCidr } from '../../adapters/addresses.ts';
import { listenerPartPath } from '../../adapters/names.ts';
import { whenEvent } from '../../adapters/tcl.ts';
import type { ServiceView } from '../../compile/service-view.ts';
import type { DeviceObject } from '../../object-types/device-object.ts';

const EVERYONE = ['0.0.0.0/0', '::/0'];

/** Value list, then iRule; nothing when everyone is served. */
export function compileAllowedCidrs(view: ServiceView, listener: ServiceListener): DeviceObject[] {
  const cidrs = [...new Set(listener.allowed_cidrs.map(canonicalCidr))].sort();
  if (cidrs.length === 0 || cidrs.some((cidr) => EVERYONE.includes(cidr))) return [];
  const path = listenerPartPath(view.partition, view.context.prefix, 'allowed_cidrs', listener.id);
  const refuse = [`if { ![class match [IP::client_addr] equals ${path}] } {`, '  reject', '}'];
  return [
    { type: 'data-group', path, properties: { type: 'ip', records: cidrs } },
    { type: 'rule', path, properties: { apiAnonymous: whenEvent('CLIENT_ACCEPTED', refuse) } },
  ];
}
