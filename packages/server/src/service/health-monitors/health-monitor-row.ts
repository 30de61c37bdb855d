// Health monitor rows: defaults by type, and the rules across type, pool protocol and options.
import type { HealthMonitor, HealthMonitorType, PoolProtocol } from '@f5-lbaas/model';

import { settle, type Settable } from '../change/attributes.ts';
import type { RowIdentity } from '../listeners/listener-row.ts';
import { newRow } from '../change/new-row.ts';
import { refuse } from '../refusals.ts';
import type { LbaasSettings } from '../settings.ts';

type Changeable = Pick<
  HealthMonitor,
  | 'name'
  | 'admin_state_up'
  | 'tags'
  | 'max_retries_down'
  | 'http_method'
  | 'url_path'
  | 'expected_codes'
  | 'http_version'
  | 'domain_name'
>;

export interface HealthMonitorChanges extends Settable<HealthMonitor, keyof Changeable> {
  /** Seconds, as is `timeout`. */
  delay?: number;
  timeout?: number;
  max_retries?: number;
}
/** A monitor without its pool, as a fully populated request holds it. */
export interface HealthMonitorSpec extends HealthMonitorChanges {
  type: HealthMonitorType;
  delay: number;
  timeout: number;
  max_retries: number;
}

const HTTP_ONLY = ['http_method', 'url_path', 'expected_codes'] as const;

function speaksHttp(type: HealthMonitorType): boolean {
  return type === 'HTTP' || type === 'HTTPS';
}

export function healthMonitorDefaults(type: HealthMonitorType): Changeable {
  const http = speaksHttp(type);
  return {
    name: '',
    admin_state_up: true,
    tags: [],
    max_retries_down: 3,
    http_method: http ? 'GET' : null,
    url_path: http ? '/' : null,
    expected_codes: http ? '200' : null,
    http_version: null,
    domain_name: null,
  };
}

export function newHealthMonitor(
  spec: HealthMonitorSpec,
  identity: RowIdentity & { poolId: string },
): HealthMonitor {
  return {
    ...settle(spec, healthMonitorDefaults(spec.type)),
    ...newRow(identity.id, identity.projectId, identity.now),
    loadbalancer_id: identity.loadbalancerId,
    pool_id: identity.poolId,
    type: spec.type,
    delay: spec.delay,
    timeout: spec.timeout,
    max_retries: spec.max_retries,
  };
}

/**
 * What is stored already may be changed and removed, also where the device cannot do it.
 * @throws LbaasError `unsupported` where no monitor of the device would do
 */
export function checkNewHealthMonitor(
  monitor: HealthMonitor,
  poolProtocol: PoolProtocol,
  settings: LbaasSettings,
): void {
  checkHealthMonitor(monitor, poolProtocol, settings);
  if (monitor.type === 'SCTP') throw refuse('ERR_MONITOR_TYPE', { type: monitor.type });
}

/** @param monitor as it would be after the change */
export function checkHealthMonitor(
  monitor: HealthMonitor,
  poolProtocol: PoolProtocol,
  settings: LbaasSettings,
): void {
  checkType(monitor.type, poolProtocol, settings);
  checkHttpOptions(monitor);
  const minimum = settings.udpConnectMinInterval;
  if (monitor.type === 'UDP-CONNECT' && monitor.delay < minimum) {
    throw refuse('ERR_MONITOR_DELAY', { delay: monitor.delay, minimum });
  }
}

function checkType(
  type: HealthMonitorType,
  poolProtocol: PoolProtocol,
  settings: LbaasSettings,
): void {
  if (type === 'PING' && !settings.allowPingHealthMonitors) {
    throw refuse('ERR_OPTION_DISABLED', { option: 'type', value: type });
  }
  if (poolProtocol === 'UDP' || poolProtocol === 'SCTP') {
    const allowed: readonly string[] = ['UDP-CONNECT', 'SCTP', 'TCP', 'HTTP'];
    if (!allowed.includes(type)) {
      throw refuse('ERR_MONITOR_DATAGRAM_TYPE', { pool_protocol: poolProtocol });
    }
  } else if (type === 'UDP-CONNECT' || type === 'SCTP') {
    throw refuse('ERR_MONITOR_STREAM_TYPE', { type });
  }
}

function checkHttpOptions(monitor: HealthMonitor): void {
  if (!speaksHttp(monitor.type)) {
    const option = HTTP_ONLY.find((name) => monitor[name] !== null);
    if (option !== undefined) throw refuse('ERR_MONITOR_OPTION', { option, type: monitor.type });
  }
  if (monitor.domain_name === null) return;
  if (monitor.http_version === null) throw refuse('ERR_MONITOR_VERSION_MISSING', {});
  if (monitor.http_version < 1.1) {
    throw refuse('ERR_INVALID_OPTION', {
      value: `http_version ${monitor.http_version.toFixed(1)}`,
      option: 'health monitors HTTP 1.1 domain name health check',
    });
  }
}
