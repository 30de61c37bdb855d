// Listener -> virtual server, one for each VIP.
import type { ListenerProtocol, ServiceListener } from '@f5-lbaas/model';
import { transportOf } from '@f5-lbaas/model';
import { canonicalAddress, hostMask } from '../../adapters/addresses.ts';
import { describe } from '../../adapters/description.ts';
import type { ServiceView, Vip } from '../../compile/service-view.ts';
import type { DeviceObject } from '../../object-types/device-object.ts';
import { sortProfiles, type ProfileUse } from '../../object-types/virtual-properties.ts';

/** What other managers contribute to a virtual server. */
export interface VirtualServerParts {
  /** Full path of the persistence profile, or null. */
  persist: string | null;
  fallbackPersistence: string | null;
  /** Something on it reads HTTP, so it has to be parsed even for a TCP listener. */
  needsHttp: boolean;
  tcpProfiles: readonly ProfileUse[];
  /** Full paths of the profiles for HTTP and for sharing connections to members. */
  httpProfile: string;
  oneConnectProfile: string;
  /** HTTP/2 is offered to clients. */
  http2: boolean;
  /** Requests of several clients may share a connection to a member. */
  reusesConnections: boolean;
  /** Something needs to act on the connection to the member, so it must be one of its own. */
  needsProxy: boolean;
  /** TLS towards clients and towards members. */
  tlsProfiles: readonly ProfileUse[];
  /** Full paths of iRules, in the order in which they run. */
  rules: readonly string[];
  /** Full paths of LTM policies. */
  policies: readonly string[];
}

/** `tcp` is named although the device would add it: read-back and target are then alike. */
export const DEVICE_PROFILES = {
  tcpProfiles: [{ name: '/Common/tcp', context: 'all' }],
  httpProfile: '/Common/http',
  oneConnectProfile: '/Common/oneconnect',
} as const satisfies Partial<VirtualServerParts>;

const all = (...names: string[]): ProfileUse[] =>
  names.map((name) => ({ name: `/Common/${name}`, context: 'all' }));

type Kind = 'http' | 'stream' | 'udp' | 'sctp';

const KINDS: Partial<Record<ListenerProtocol, Kind>> = {
  TCP: 'stream',
  HTTPS: 'stream',
  HTTP: 'http',
  TERMINATED_HTTPS: 'http',
  UDP: 'udp',
  SCTP: 'sctp',
};

function profilesOf(kind: Kind, parts: VirtualServerParts): ProfileUse[] {
  if (kind === 'udp' || kind === 'sctp') return all(kind);
  if (kind === 'stream' && !parts.needsHttp) {
    const isProxied = parts.needsProxy || parts.tlsProfiles.length > 0;
    return isProxied ? [...parts.tcpProfiles, ...parts.tlsProfiles] : all('fastL4');
  }
  return [
    ...parts.tcpProfiles,
    { name: parts.httpProfile, context: 'all' },
    ...(parts.reusesConnections
      ? [{ name: parts.oneConnectProfile, context: 'all' } as const]
      : []),
    ...(parts.http2 ? all('http2') : []),
    ...parts.tlsProfiles,
  ];
}

/** Undefined when the listener's protocol cannot be served. */
export function compileVirtualServer(
  view: ServiceView,
  listener: ServiceListener,
  parts: VirtualServerParts,
  vip: Vip,
): DeviceObject | undefined {
  const kind = KINDS[listener.protocol];
  if (kind === undefined) return undefined;
  const profiles = profilesOf(kind, parts);
  const pool = view.pool(listener.default_pool_id);
  const { networks } = view.context;
  const vipLink = networks?.vipLink;
  return {
    type: 'virtual',
    path: vip.path(listener.id),
    properties: {
      description: describe(listener),
      destination: `${vip.path(view.loadbalancer.id)}:${listener.protocol_port}`,
      mask: hostMask(canonicalAddress(vip.address)),
      ipProtocol: transportOf(listener.protocol).toLowerCase(),
      profiles: sortProfiles(profiles).map(({ name, context }) => ({ name, context })),
      pool: pool === undefined ? null : view.path(pool.id),
      connectionLimit: Math.max(0, listener.connection_limit),
      enabled: listener.admin_state_up,
      // Global routed mode: the operator routes everything, so any VLAN may bring traffic.
      sourceAddressTranslation: networks?.sourceAddressTranslation ?? { type: 'automap' },
      vlans: { all: vipLink === undefined, vlans: vipLink === undefined ? [] : [vipLink] },
      persist: parts.persist,
      fallbackPersistence: parts.fallbackPersistence,
      rules: parts.rules,
      policies: parts.policies,
    },
  };
}
