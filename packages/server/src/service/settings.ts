// What an operator decides about the load-balancing service, as the domain service reads it.
// Names and defaults follow octavia.conf; see `../options.ts` for the ini keys.

import type { Providers } from '../providers/providers.ts';

/** Limits per project; -1 = unlimited. */
export interface QuotaLimits {
  loadbalancer: number;
  listener: number;
  pool: number;
  member: number;
  healthmonitor: number;
  l7policy: number;
  l7rule: number;
}

export interface VipSettings {
  allowPortId: boolean;
  allowNetworkId: boolean;
  allowSubnetId: boolean;
  /** Networks that VIPs may live on; null = all. */
  validNetworks: readonly string[] | null;
  deniedNetworks: readonly string[];
  /** Look up VIP objects as the service user, so that users may name networks they cannot see. */
  allowInvisibleResourceUsage: boolean;
}

export interface TlsSettings {
  defaultCiphers: string;
  defaultVersions: readonly string[];
  defaultAlpnProtocols: readonly string[];
  minimumVersion: string | null;
  prohibitedCiphers: readonly string[];
}

export interface LbaasSettings {
  defaultProvider: string;
  /** The default one among them. */
  providers: Providers;
  quotas: QuotaLimits;
  /** Milliseconds, as are the other three. */
  timeoutClientData: number;
  timeoutMemberConnect: number;
  timeoutMemberData: number;
  timeoutTcpInspect: number;
  allowTlsTerminatedListeners: boolean;
  allowPingHealthMonitors: boolean;
  allowPrometheusListeners: boolean;
  /** Seconds. */
  udpConnectMinInterval: number;
  /** Addresses that no member may have, e.g. the metadata service's. */
  reservedIps: readonly string[];
  vip: VipSettings;
  tls: TlsSettings;
}

const UNLIMITED: QuotaLimits = {
  loadbalancer: -1,
  listener: -1,
  pool: -1,
  member: -1,
  healthmonitor: -1,
  l7policy: -1,
  l7rule: -1,
};

/** @see Octavia default_listener_ciphers */
const DEFAULT_CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'DHE-RSA-AES128-GCM-SHA256',
  'DHE-RSA-AES256-GCM-SHA384',
  'DHE-RSA-CHACHA20-POLY1305',
].join(':');

/**
 * DIFFERS from Octavia in two defaults: TLS termination is refused unless there is a Barbican to read certificates
 * from, and PROMETHEUS listeners because BIG-IP has no such end point.
 */
export const DEFAULT_SETTINGS: LbaasSettings = {
  defaultProvider: 'f5networks',
  providers: {
    f5networks: { description: 'The F5 BIG-IP driver.', environment: 'Project' },
  },
  quotas: UNLIMITED,
  timeoutClientData: 50_000,
  timeoutMemberConnect: 5_000,
  timeoutMemberData: 50_000,
  timeoutTcpInspect: 0,
  allowTlsTerminatedListeners: false,
  allowPingHealthMonitors: true,
  allowPrometheusListeners: false,
  udpConnectMinInterval: 3,
  reservedIps: ['169.254.169.254'],
  vip: {
    allowPortId: true,
    allowNetworkId: true,
    allowSubnetId: true,
    validNetworks: null,
    deniedNetworks: [],
    allowInvisibleResourceUsage: false,
  },
  tls: {
    defaultCiphers: DEFAULT_CIPHERS,
    defaultVersions: ['TLSv1.2', 'TLSv1.3'],
    defaultAlpnProtocols: ['h2', 'http/1.1', 'http/1.0'],
    minimumVersion: null,
    prohibitedCiphers: [],
  },
};
