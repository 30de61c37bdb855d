// HTTP Strict Transport Security of a listener -> iRule that says so in every response.
import type { ServiceListener } from '@f5-lbaas/model';
import { listenerPartPath } from '../../adapters/names.ts';
import { tclQuoted, whenEvent } from '../../adapters/tcl.ts';
import type { ServiceView } from '../../compile/service-view.ts';
import type { DeviceObject } from '../../object-types/device-object.ts';

export function compileHsts(
  view: ServiceView,
  listener: ServiceListener,
): DeviceObject | undefined {
  const { hsts_max_age: age, hsts_include_subdomains: withSubdomains, hsts_preload } = listener;
  if (listener.protocol !== 'TERMINATED_HTTPS' || age === null) return undefined;
  const value = [
    `max-age=${age}`,
    ...(withSubdomains ? ['includeSubDomains'] : []),
    ...(hsts_preload ? ['preload'] : []),
  ].join('; ');
  const set = `HTTP::header replace "Strict-Transport-Security" ${tclQuoted(value)}`;
  return {
    type: 'rule',
    path: listenerPartPath(view.partition, view.context.prefix, 'hsts', listener.id),
    properties: { apiAnonymous: whenEvent('HTTP_RESPONSE', [set]) },
  };
}
