// Inactivity timeouts of a listener -> iRule. An iRule, as it works for every protocol and leaves the protocol
// profiles, which operators tune, alone.
// The connect timeout and the inspection timeout have no counterpart: the device's own hold.
import type { ServiceListener } from '@f5-lbaas/model';
import { listenerPartPath } from '../../adapters/names.ts';
import { whenEvent } from '../../adapters/tcl.ts';
import type { ServiceView } from '../../compile/service-view.ts';
import type { DeviceObject } from '../../object-types/device-object.ts';

/** Octavia's default for both. Who leaves it gets the timeouts of the device's profiles. */
const DEFAULT_MS = 50_000;

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

export function compileTimeouts(
  view: ServiceView,
  listener: ServiceListener,
): DeviceObject | undefined {
  const { timeout_client_data: client, timeout_member_data: member } = listener;
  const events = [
    ...(client === DEFAULT_MS
      ? []
      : [whenEvent('CLIENT_ACCEPTED', [`IP::idle_timeout ${seconds(client)}`])]),
    ...(member === DEFAULT_MS
      ? []
      : [whenEvent('SERVER_CONNECTED', [`IP::idle_timeout ${seconds(member)}`])]),
  ];
  if (events.length === 0) return undefined;
  return {
    type: 'rule',
    path: listenerPartPath(view.partition, view.context.prefix, 'timeouts', listener.id),
    properties: { apiAnonymous: events.join('\n') },
  };
}
