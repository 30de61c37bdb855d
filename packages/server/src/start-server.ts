// Composition of a server process: API, driver, agent-facing RPC, sweeper; and its orderly stop.
import { createHttpClient } from '@f5-lbaas/platform';
import { pluginTopic } from '@f5-lbaas/rpc';

import { KeystoneClient } from './auth/keystone-client.ts';
import { TokenCache } from './auth/token-cache.ts';
import { driverOptions } from './driver/driver-options.ts';
import { createF5PluginDriver } from './driver/f5-plugin-driver.ts';
import { HttpNeutronClient } from './neutron/http-neutron-client.ts';
import { startNetworkEndpoint } from './network-endpoint/start-network-endpoint.ts';
import type { RunningServer, ServerOptions } from './options.ts';
import { Policy } from './policy/policy.ts';
import { createLoadBalancerCallbacks } from './rpc-endpoints/load-balancer-callbacks.ts';
import { OCTAVIA_RULES } from './service/api-rules.ts';
import { createLbaasService } from './service/lbaas-service.ts';
import { tlsSecrets } from './barbican/barbican-access.ts';
import { DEFAULT_SETTINGS, type LbaasSettings } from './service/settings.ts';
import { createSweeper } from './sweeper/sweeper.ts';
import { createWebServer } from './web-server.ts';

const TOKEN_CACHE_MS = 60_000;
const TOKENS_MAX = 10_000;

/** Resolves once the server answers requests. @throws when it cannot listen or reach its transport */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { storage, transport, clock, random, logger, keystone: identity } = options;
  const http = createHttpClient({ tls: identity.tls });
  const networkHttp = createHttpClient({ tls: options.neutron.tls });
  const keystone = new KeystoneClient(http, identity, clock);
  const neutron = new HttpNeutronClient(networkHttp, keystone, options.neutron.endpoint);
  const tokens = new TokenCache((token) => keystone.validate(token), clock, {
    ttlMs: identity.tokenCacheMs ?? TOKEN_CACHE_MS,
    entriesMax: TOKENS_MAX,
  });

  const secretHttp = options.barbican && createHttpClient({ tls: options.barbican.tls });
  const secrets = secretHttp && tlsSecrets(secretHttp, keystone, options.barbican?.endpoint ?? '');
  const tlsDefaults = { allowTlsTerminatedListeners: secrets !== undefined };
  const { environment } = driverOptions(options.driver);
  const settings = {
    ...{ ...DEFAULT_SETTINGS, ...servedBy(environment) },
    ...{ ...tlsDefaults, ...options.settings },
  };
  const driverDeps = {
    ...{ storage, transport, neutron, clock, random },
    logger: logger.child({ part: 'driver' }),
    options: driverOptions(options.driver),
  };
  const driver = createF5PluginDriver(driverDeps);
  const serviceDeps = { storage, driver, neutron, secrets, settings, clock, random, logger };
  const service = createLbaasService({ ...serviceDeps, rules: OCTAVIA_RULES });
  const sweeper = createSweeper({ ...driverDeps, driver });
  const policy = new Policy(options.policyMode ?? 'default');
  const keystoneUrl = identity.publicUrl ?? identity.authUrl;
  const app = createWebServer({
    ...{ service, tokens, storage, random, policy, keystoneUrl },
    apiBaseUri: options.apiBaseUri,
    logger: logger.child({ part: 'api' }),
  });

  const topic = pluginTopic(driverDeps.options.environment);
  const rpc = await transport.serve(topic, createLoadBalancerCallbacks(driverDeps));
  const url = await app.listen(options.listen);
  const network =
    options.networkEndpoint &&
    (await startNetworkEndpoint(options.networkEndpoint, {
      ...{ service: serviceDeps, policy, tokens, keystoneUrl },
    }));
  sweeper.start();
  logger.info({ url, network_url: network?.url, topic }, 'server started');

  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await Promise.all([app.close(), network?.stop()]);
    await sweeper.stop();
    await rpc.stop();
    await driver.idle();
    await Promise.all([http.close(), networkHttp.close(), secretHttp?.close()]);
    logger.info({ url }, 'server stopped');
  };
  return {
    url,
    ...(network === undefined ? {} : { networkUrl: network.url }),
    stop: () => (stopping ??= stop()),
  };
}

/** The default providers' load balancers are the agents' of this server's environment. */
function servedBy(environment: string): Pick<LbaasSettings, 'providers'> {
  const providers = Object.entries(DEFAULT_SETTINGS.providers);
  return {
    providers: Object.fromEntries(providers.map(([name, one]) => [name, { ...one, environment }])),
  };
}
