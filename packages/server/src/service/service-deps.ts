// What the domain service is made of; handed in once by the composition root.
import type { Clock, Logger, Random } from '@f5-lbaas/platform';
import type { Storage } from '@f5-lbaas/storage';

import type { TlsSecrets } from '../barbican/tls-secrets.ts';
import type { ProviderDriver } from '../driver/provider-driver.ts';
import type { NeutronClient } from '../neutron/neutron-client.ts';
import type { ApiRules } from './api-rules.ts';
import type { LbaasSettings } from './settings.ts';

export interface ServiceDeps {
  storage: Storage;
  driver: ProviderDriver;
  neutron: NeutronClient;
  settings: LbaasSettings;
  /** Absent: there is no Barbican, and references are taken as they are. */
  secrets?: TlsSecrets | undefined;
  /** Of the API that the service is made for. */
  rules: ApiRules;
  clock: Clock;
  random: Random;
  logger: Logger;
}

/** On whose behalf a change is made. */
export interface Caller {
  /** Neutron objects are looked up with it, so that users can use only what they can see. */
  token: string;
}
