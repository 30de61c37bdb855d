// Starts the lab's Keystone and Neutron.
import { isoNow, type Clock, type Logger, type Random } from '@f5-lbaas/platform';
import { createBarbicanApp } from '../barbican/barbican-app.ts';
import { BarbicanStore } from '../barbican/records.ts';
import { Journal } from '../journal/journal.ts';
import { buildCatalog } from '../keystone/catalog.ts';
import { type Directory, findNamed } from '../keystone/directory.ts';
import { createAuthenticate } from '../keystone/identity.ts';
import { createKeystoneApp } from '../keystone/keystone-app.ts';
import { Tokens } from '../keystone/tokens.ts';
import { ensureLabNetworks, type LabSubnets } from '../neutron/lab-networks.ts';
import { createNeutronApp } from '../neutron/neutron-app.ts';
import { NeutronStore } from '../neutron/records.ts';
import type { L2Agent } from '../neutron/side-routes.ts';
import { LAB_ADDRESS } from './port-map.ts';

export interface StandInOptions {
  directory: Directory;
  keystoneJournal: string;
  neutronJournal: string;
  barbicanJournal: string;
  identityPort: number;
  networkPort: number;
  keyManagerPort: number;
  /** Base of the load-balancer API for the catalog. */
  loadBalancerUrl: string;
  /** Where the catalog sends clients for Neutron, when not to the stand-in itself. */
  networkEndpointUrl?: string;
  /** @default one hour */
  tokenLifetimeMs?: number;
  /** Of Neutron. @default none */
  l2Agents?: readonly L2Agent[];
  /** See `vipOctetOf`. */
  vipOctet: number;
  clock: Clock;
  random: Random;
  logger: Logger;
}

export interface StandIns {
  /** Ends in `/v3`. */
  identityUrl: string;
  networkUrl: string;
  keyManagerUrl: string;
  subnets: LabSubnets;
  stop(): Promise<void>;
}

const TOKEN_LIFETIME_MS = 60 * 60 * 1000;

export async function startStandIns(options: StandInOptions): Promise<StandIns> {
  const { directory, clock, random, logger } = options;
  const identityUrl = `http://${LAB_ADDRESS}:${options.identityPort}/v3`;
  const networkUrl = `http://${LAB_ADDRESS}:${options.networkPort}`;
  const keyManagerUrl = `http://${LAB_ADDRESS}:${options.keyManagerPort}`;
  const tokens = new Tokens({
    signingKey: directory.signing_key,
    lifetimeMs: options.tokenLifetimeMs ?? TOKEN_LIFETIME_MS,
    journal: Journal.open(options.keystoneJournal),
    clock,
  });
  const authenticate = createAuthenticate(directory, tokens);
  const catalog = buildCatalog({
    identity: identityUrl,
    network: options.networkEndpointUrl ?? networkUrl,
    loadBalancer: options.loadBalancerUrl,
    keyManager: keyManagerUrl,
  });
  const store = new NeutronStore(Journal.open(options.neutronJournal));
  const owner = findNamed(directory.projects, { name: 'admin' })?.id ?? '';
  const { vipOctet } = options;
  const subnets = ensureLabNetworks(store, { owner, vipOctet, now: isoNow(clock), random });
  const keystone = createKeystoneApp({
    ...{ directory, tokens, authenticate, catalog, random },
    logger: logger.child({ part: 'keystone' }),
  });
  const neutron = createNeutronApp({
    ...{ store, authenticate, identityUrl, clock, random, l2Agents: options.l2Agents },
    logger: logger.child({ part: 'neutron' }),
  });
  const barbican = createBarbicanApp({
    store: new BarbicanStore(Journal.open(options.barbicanJournal)),
    ...{ authenticate, clock, random },
    logger: logger.child({ part: 'barbican' }),
  });
  await keystone.listen({ host: LAB_ADDRESS, port: options.identityPort });
  await neutron.listen({ host: LAB_ADDRESS, port: options.networkPort });
  await barbican.listen({ host: LAB_ADDRESS, port: options.keyManagerPort });
  return {
    identityUrl,
    networkUrl,
    keyManagerUrl,
    subnets,
    stop: async () => {
      await Promise.all([keystone.close(), neutron.close(), barbican.close()]);
    },
  };
}
