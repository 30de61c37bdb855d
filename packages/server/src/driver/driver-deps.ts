// What every part of the driver side is built from; start-server makes it once.
import type { Clock, Logger, Random } from '@f5-lbaas/platform';
import type { RpcTransport } from '@f5-lbaas/rpc';
import type { Storage } from '@f5-lbaas/storage';
import type { NeutronClient } from '../neutron/neutron-client.ts';
import type { Providers } from '../providers/providers.ts';
import type { DriverOptions } from './driver-options.ts';

export interface DriverDeps {
  storage: Storage;
  transport: RpcTransport;
  neutron: NeutronClient;
  clock: Clock;
  random: Random;
  logger: Logger;
  /** What is configured; says which environment a load balancer belongs to. */
  providers: Providers;
  options: DriverOptions;
}
