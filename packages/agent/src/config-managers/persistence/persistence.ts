// Session persistence of a listener's default pool -> persistence profile of its virtual server.
import type { ListenerProtocol, ServiceListener, ServicePool } from '@f5-lbaas/model';
import { appCookieRule } from '../../adapters/app-cookie-rule.ts';
import { listenerPartPath } from '../../adapters/names.ts';
import type { ServiceView } from '../../compile/service-view.ts';
import type { DeviceObject } from '../../object-types/device-object.ts';

export interface Persistence {
  persist: string | null;
  fallbackPersistence: string | null;
  needsHttp: boolean;
  /** Made for this listener alone. */
  objects: readonly DeviceObject[];
}

const SOURCE_ADDRESS = '/Common/source_addr';
/** What the device's own profile has. */
const SOURCE_ADDRESS_SECONDS = 180;
const COOKIE = '/Common/cookie';
const NONE: Persistence = {
  persist: null,
  fallbackPersistence: null,
  needsHttp: false,
  objects: [],
};
/** Protocols whose payload the device can read cookies from. */
const READS_COOKIES: readonly ListenerProtocol[] = ['HTTP', 'TERMINATED_HTTPS', 'TCP'];

function sendsBySource(pool: ServicePool): boolean {
  return pool.lb_algorithm === 'SOURCE_IP' || pool.lb_algorithm === 'SOURCE_IP_PORT';
}

function byApplicationCookie(path: string, cookieName: string): DeviceObject[] {
  return [
    { type: 'rule', path, properties: { apiAnonymous: appCookieRule(cookieName) } },
    { type: 'persistence-universal', path, properties: { rule: path } },
  ];
}

function compileCookiePersistence(
  view: ServiceView,
  listener: ServiceListener,
  pool: ServicePool,
): Persistence {
  const fallbackPersistence = sendsBySource(pool) ? SOURCE_ADDRESS : null;
  const { type, cookie_name: cookieName } = pool.session_persistence ?? {};
  // Without a name there is no application cookie to follow; the device's own serves the same end.
  if (type === 'HTTP_COOKIE' || cookieName === undefined || cookieName === null) {
    return { persist: COOKIE, fallbackPersistence, needsHttp: true, objects: [] };
  }
  const path = listenerPartPath(view.partition, view.context.prefix, 'app_cookie', listener.id);
  const objects = byApplicationCookie(path, cookieName);
  return { persist: path, fallbackPersistence, needsHttp: true, objects };
}

/** What the pool says about duration and granularity needs a profile; without, the device's own serves. */
function bySourceAddress(
  view: ServiceView,
  listener: ServiceListener,
  pool: ServicePool,
): Persistence {
  const { persistence_timeout: timeout, persistence_granularity: mask } =
    pool.session_persistence ?? {};
  const isPlain = (timeout ?? null) === null && (mask ?? null) === null;
  if (isPlain) return { ...NONE, persist: SOURCE_ADDRESS };
  const path = listenerPartPath(view.partition, view.context.prefix, 'source_ip', listener.id);
  const profile: DeviceObject = {
    type: 'persistence-source-addr',
    path,
    properties: { timeout: String(timeout ?? SOURCE_ADDRESS_SECONDS), mask: mask ?? 'none' },
  };
  return { ...NONE, persist: path, objects: [profile] };
}

/** @param pool default pool of the listener, if it stays */
export function compilePersistence(
  view: ServiceView,
  listener: ServiceListener,
  pool: ServicePool | undefined,
): Persistence {
  if (pool === undefined) return NONE;
  const type = pool.session_persistence?.type ?? (sendsBySource(pool) ? 'SOURCE_IP' : undefined);
  if (type === undefined) return NONE;
  if (type === 'SOURCE_IP') return bySourceAddress(view, listener, pool);
  return READS_COOKIES.includes(listener.protocol)
    ? compileCookiePersistence(view, listener, pool)
    : NONE;
}
