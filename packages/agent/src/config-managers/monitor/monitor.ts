// Health monitor -> monitor of the type that probes like it.
import type { HealthMonitorType, ServiceHealthMonitor, ServiceMember } from '@f5-lbaas/model';
import { canonicalAddress, memberName } from '../../adapters/addresses.ts';
import { describe } from '../../adapters/description.ts';
import { receiveString, sendString } from '../../adapters/monitor-strings.ts';
import type { ServiceView } from '../../compile/service-view.ts';
import type { DeviceObject, Fields, ObjectTypeName } from '../../object-types/device-object.ts';

export const MONITOR_TYPES: Partial<Record<HealthMonitorType, ObjectTypeName>> = {
  HTTP: 'monitor-http',
  HTTPS: 'monitor-https',
  TCP: 'monitor-tcp',
  // The device probes nothing but whole requests over TLS: any answer to one will do.
  'TLS-HELLO': 'monitor-https',
  'UDP-CONNECT': 'monitor-udp',
  PING: 'monitor-gateway-icmp',
};

/** Longest time that the device takes, seconds. */
const TIMEOUT_MAX = 86_400;

/**
 * The device marks a member down when it has not seen a success for this long: after `max_retries_down` probes,
 * the last of which had its own `timeout` to answer.
 * DIFFERS: F5's agent leaves the delay out, so one lost probe may take a member down.
 */
function monitorTimeout(monitor: ServiceHealthMonitor): number {
  return Math.min(TIMEOUT_MAX, monitor.max_retries_down * monitor.delay + monitor.timeout);
}

function probeStrings(monitor: ServiceHealthMonitor): Fields {
  if (monitor.type === 'TLS-HELLO') return { send: sendString(monitor), recv: '' };
  if (monitor.type !== 'HTTP' && monitor.type !== 'HTTPS') return {};
  return { send: sendString(monitor), recv: receiveString(monitor.expected_codes) };
}

/** Where a member wants to be probed instead of at its own address and port. */
function destinationOf(view: ServiceView, member: ServiceMember): string | undefined {
  const { monitor_address: address, monitor_port: port } = member;
  if (address === null && port === null) return undefined;
  const host =
    address === null ? canonicalAddress(view.addressOf(member)) : canonicalAddress(address);
  return memberName(host, port ?? member.protocol_port);
}

/**
 * Monitors of a member that is probed elsewhere than it serves; none when it is not.
 * @param monitors of its pool
 */
export function compileMemberMonitors(
  view: ServiceView,
  monitors: readonly ServiceHealthMonitor[],
  member: ServiceMember,
): DeviceObject[] {
  const destination = destinationOf(view, member);
  if (destination === undefined) return [];
  return monitors.flatMap((monitor) => {
    const common = compileMonitor(view, monitor);
    if (common === undefined) return [];
    // Other names for one of several: a name is free for another type of monitor only once the old one is gone.
    const name = monitors.length === 1 ? member.id : memberMonitorName(member.id, monitor.id);
    const properties = { ...common.properties, destination };
    return [{ ...common, path: view.path(name), properties }];
  });
}

/** Instead of an id, as a member has several monitors of its own. */
export function memberMonitorName(memberId: string, monitorId: string): string {
  return `${memberId}_${monitorId}`;
}

/** Undefined when the device cannot probe like that. */
export function compileMonitor(
  view: ServiceView,
  monitor: ServiceHealthMonitor,
): DeviceObject | undefined {
  const type = MONITOR_TYPES[monitor.type];
  if (type === undefined) return undefined;
  return {
    type,
    path: view.path(monitor.id),
    properties: {
      description: describe(monitor),
      interval: monitor.delay,
      timeout: monitorTimeout(monitor),
      destination: '*:*',
      ...probeStrings(monitor),
    },
  };
}
