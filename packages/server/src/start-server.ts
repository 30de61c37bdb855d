// Composition of a server process: API, driver, agent-facing RPC, sweeper; and its orderly stop.
import { createHttpClient, type Clock } from '@f5-lbaas/platform';
import { pluginTopic } from '@f5-lbaas/rpc';

import { KeystoneClient } from './auth/keystone-client.ts';
import { TokenCache } from './auth/token-cache.ts';
import { driverOptions } from './driver/driver-options.ts';
import { createF5PluginDriver } from './driver/f5-plugin-driver.ts';
import { countingTransport } from './metrics/counting-transport.ts';
import { NO_METRICS } from './metrics/server-metrics.ts';
import { HttpNeutronClient } from './neutron/http-neutron-client.ts';
import { startNetworkEndpoint } from './network-endpoint/start-network-endpoint.ts';
import type { RunningServer, ServerOptions } from './options.ts';
import { Policy } from './policy/policy.ts';
import { environmentsOf } from './providers/providers.ts';
import { rememberProviders } from './providers/remember-providers.ts';
import { createLoadBalancerCallbacks } from './rpc-endpoints/load-balancer-callbacks.ts';
import { OCTAVIA_RULES } from './service/api-rules.ts';
import { createLbaasService } from './service/lbaas-service.ts';
import { tlsSecrets } from './barbican/barbican-access.ts';
import { DEFAULT_SETTINGS } from './service/settings.ts';
import { createSweeper } from './sweeper/sweeper.ts';
import { createWebServer } from './web-server.ts';

const TOKEN_CACHE_MS = 60_000;
const TOKENS_MAX = 10_000;

/**
 * Resolves once the server answers requests.
 * @throws when it cannot listen or reach its transport, or lacks a provider that load balancers have
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { storage, clock, random, logger, keystone: identity, metrics = NO_METRICS } = options;
  const transport = countingTransport(options.transport, metrics);
  const http = createHttpClient({ tls: identity.tls });
  const networkHttp = createHttpClient({ tls: options.neutron.tls });
  const keystone = new KeystoneClient(http, identity, clock);
  const neutron = new HttpNeutronClient(networkHttp, keystone, options.neutron.endpoint);
  const tokens = tokenCache(keystone, clock, identity.tokenCacheMs);
  const secretHttp = options.barbican && createHttpClient({ tls: options.barbican.tls });
  const secrets = secretHttp && tlsSecrets(secretHttp, keystone, options.barbican?.endpoint ?? '');
  const tlsDefaults = { allowTlsTerminatedListeners: secrets !== undefined };
  const settings = { ...DEFAULT_SETTINGS, ...tlsDefaults, ...options.settings };
  const { providers } = settings;
  await rememberProviders(storage, providers);
  const driverDeps = {
    ...{ storage, transport, neutron, clock, random, providers },
    logger: logger.child({ part: 'driver' }),
    options: driverOptions(options.driver),
  };
  const driver = createF5PluginDriver(driverDeps);
  const serviceDeps = { storage, driver, neutron, secrets, settings, clock, random, logger };
  const service = createLbaasService({ ...serviceDeps, rules: OCTAVIA_RULES });
  const sweeper = createSweeper({ ...driverDeps, driver, metrics });
  metrics.watchPending({ loadbalancers: storage.read.loadbalancers, clock, logger });
  const policy = new Policy(options.policyMode ?? 'default');
  const keystoneUrl = identity.publicUrl ?? identity.authUrl;
  const app = createWebServer({
    ...{ service, tokens, storage, random, policy, keystoneUrl, metrics },
    apiBaseUri: options.apiBaseUri,
    logger: logger.child({ part: 'api' }),
  });

  const environments = environmentsOf(providers);
  const rpc = await Promise.all(
    environments.map((environment) =>
      transport.serve(
        pluginTopic(environment),
        createLoadBalancerCallbacks(driverDeps, environment),
      ),
    ),
  );
  const url = await app.listen(options.listen);
  const network =
    options.networkEndpoint &&
    (await startNetworkEndpoint(options.networkEndpoint, {
      ...{ service: serviceDeps, policy, tokens, keystoneUrl, metrics },
    }));
  sweeper.start();
  logger.info({ url, network_url: network?.url, environments }, 'server started');

  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await Promise.all([app.close(), network?.stop()]);
    await sweeper.stop();
    await Promise.all(rpc.map((one) => one.stop()));
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

function tokenCache(keystone: KeystoneClient, clock: Clock, ttlMs = TOKEN_CACHE_MS): TokenCache {
  const validate = (token: string) => keystone.validate(token);
  return new TokenCache(validate, clock, { ttlMs, entriesMax: TOKENS_MAX });
}
