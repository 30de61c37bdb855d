// What ESDs change about the parts of a virtual server.
import type { ServiceListener } from '@f5-lbaas/model';
import type { VirtualServerParts } from '../config-managers/vip/virtual-server.ts';
import type { EnhancedService, EsdTag } from '../esd/enhanced-service.ts';
import type { ProfileUse } from '../object-types/virtual-properties.ts';

const inCommon = (name: string): string => (name.startsWith('/') ? name : `/Common/${name}`);

class Names {
  readonly #esd: EnhancedService;

  constructor(esd: EnhancedService) {
    this.#esd = esd;
  }

  one(tag: EsdTag): string | undefined {
    return this.all(tag)[0];
  }

  all(tag: EsdTag): string[] {
    return (this.#esd[tag] ?? []).map(inCommon);
  }
}

/** The side without a profile of its own has the device's default. */
function tcpProfiles(names: Names): ProfileUse[] | undefined {
  const [client, server] = [names.one('lbaas_ctcp'), names.one('lbaas_stcp')];
  if (client === undefined && server === undefined) return undefined;
  if (server === undefined) return [{ name: client ?? '', context: 'all' }];
  return [
    { name: client ?? '/Common/tcp', context: 'clientside' },
    { name: server, context: 'serverside' },
  ];
}

function tlsProfiles(names: Names, own: readonly ProfileUse[]): ProfileUse[] {
  const [client, server] = [names.one('lbaas_cssl_profile'), names.one('lbaas_sssl_profile')];
  const kept = server === undefined ? own : own.filter(({ context }) => context !== 'serverside');
  return [
    ...kept,
    ...(client === undefined ? [] : [{ name: client, context: 'clientside' as const }]),
    ...(server === undefined ? [] : [{ name: server, context: 'serverside' as const }]),
  ];
}

const DATAGRAMS: readonly ServiceListener['protocol'][] = ['UDP', 'SCTP'];

/**
 * What a virtual server has with its ESDs. Tags about TCP and TLS count for nothing on UDP and SCTP, tags about
 * HTTP only where HTTP is spoken.
 * DIFFERS: F5's agent breaks virtual servers of HTTPS listeners, and adds an HTTP profile to fastL4 on TCP.
 */
export function withEsd(
  listener: ServiceListener,
  parts: VirtualServerParts,
  esd: EnhancedService,
): VirtualServerParts {
  const names = new Names(esd);
  const policies = names.all('lbaas_policy');
  const persist = names.one('lbaas_persist') ?? parts.persist;
  const fallback = names.one('lbaas_fallback_persist');
  const common: VirtualServerParts = {
    ...parts,
    persist,
    fallbackPersistence: persist === null ? null : (fallback ?? parts.fallbackPersistence),
    rules: [...parts.rules, ...names.all('lbaas_irule')],
    policies: policies.length > 0 ? policies : parts.policies,
  };
  return DATAGRAMS.includes(listener.protocol)
    ? common
    : { ...common, ...tcpParts(listener, parts, names), ...httpParts(listener, parts, names) };
}

type TcpParts = Pick<VirtualServerParts, 'tcpProfiles' | 'needsProxy' | 'tlsProfiles'>;

function tcpParts(
  { protocol }: ServiceListener,
  parts: VirtualServerParts,
  names: Names,
): TcpParts {
  const tcp = tcpProfiles(names);
  const own = parts.tlsProfiles;
  return {
    tcpProfiles: tcp ?? parts.tcpProfiles,
    needsProxy: parts.needsProxy || tcp !== undefined,
    // Passing HTTPS through means that the device takes part in no TLS.
    tlsProfiles: protocol === 'HTTPS' ? own : tlsProfiles(names, own),
  };
}

type HttpParts = Pick<VirtualServerParts, 'needsHttp' | 'httpProfile' | 'oneConnectProfile'>;

function httpParts(
  { protocol }: ServiceListener,
  parts: VirtualServerParts,
  names: Names,
): HttpParts {
  const http = names.one('lbaas_http_profile');
  return {
    needsHttp: parts.needsHttp || (protocol === 'TCP' && http !== undefined),
    httpProfile: http ?? parts.httpProfile,
    oneConnectProfile: names.one('lbaas_oneconnect_profile') ?? parts.oneConnectProfile,
  };
}
