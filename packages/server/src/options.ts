// What a server process is built from and how it behaves.
import type { Clock, HttpClientOptions, Logger, Random } from '@f5-lbaas/platform';
import type { RpcTransport } from '@f5-lbaas/rpc';
import type { Storage } from '@f5-lbaas/storage';

import type { KeystoneOptions } from './auth/keystone-client.ts';
import type { DriverOptions } from './driver/driver-options.ts';
import type { ServerMetrics } from './metrics/server-metrics.ts';
import type { PolicyMode } from './policy/policy.ts';
import type { LbaasSettings } from './service/settings.ts';

export interface ServerOptions {
  /** Migrated; closed by whoever opened it. */
  storage: Storage;
  /** Closed by whoever made it. */
  transport: RpcTransport;
  clock: Clock;
  random: Random;
  logger: Logger;
  /** Port 0 takes a free one; see `RunningServer.url`. */
  listen: { host: string; port: number };
  keystone: KeystoneOptions & {
    /** Where clients are sent for a token. @default authUrl */
    publicUrl?: string;
    /** Milliseconds that a validated token is believed. @default 60000 */
    tokenCacheMs?: number;
    tls?: HttpClientOptions['tls'];
  };
  neutron: {
    /** Base URL, with or without `/v2.0`. */
    endpoint: string;
    tls?: HttpClientOptions['tls'];
  };
  /** Where certificates are kept. Absent: references are taken as they are, and TLS listeners are refused. */
  barbican?: {
    /** Base URL, with or without `/v1`. */
    endpoint: string;
    tls?: HttpClientOptions['tls'];
  };
  /** Serves LBaaS v2 and v1 where Neutron's clients look for them. Absent: not at all. */
  networkEndpoint?: {
    /** Port 0 takes a free one; see `RunningServer.networkUrl`. */
    listen: { host: string; port: number };
    /** The real Neutron: gets every request that is not about load balancing. */
    proxyUrl?: string;
    /** Trust for its HTTPS. */
    tls?: HttpClientOptions['tls'];
    /** @default true */
    lbaasV1?: boolean;
    /** @default true */
    lbaasV2?: boolean;
    /** Base of links in answers where it is not what clients sent, e.g. behind a proxy. */
    baseUri?: string;
  };
  /** Deadlines and intervals of the driver and its sweeper. */
  driver?: Partial<DriverOptions>;
  /** What differs from `DEFAULT_SETTINGS`, the providers and their environments among it. */
  settings?: Partial<LbaasSettings>;
  /** @default 'default' */
  policyMode?: PolicyMode;
  /** Base of links in answers where it is not what clients sent, e.g. behind a proxy. */
  apiBaseUri?: string;
  /** @default nothing is counted */
  metrics?: ServerMetrics;
}

export interface RunningServer {
  /** Base URL of the API as it listens. */
  url: string;
  /** Base URL of the network endpoint; undefined when it is not served. */
  networkUrl?: string;
  /** Stops intake, ends what runs, reports the rest to the log. Safe to repeat. */
  stop(): Promise<void>;
}
