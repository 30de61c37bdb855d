// `f5-lbaas server`: opens database and message bus as the configuration says and runs the server.
import {
  createMetricsRegistry,
  startMetricsServer,
  type MetricsRegistry,
  type MetricsServer,
  type ValuesOf,
} from '@f5-lbaas/platform';
import { LbaasError } from '@f5-lbaas/model';
import {
  createServerMetrics,
  DEFAULT_SETTINGS,
  type Providers,
  startServer,
  type ServerOptions,
} from '@f5-lbaas/server';
import { openStorage } from '@f5-lbaas/storage';
import {
  openTransport,
  processParts,
  readPem,
  readProcessConfiguration,
  type RunningProcess,
} from './process-parts.ts';
import { SERVER_OPTIONS } from './server-options.ts';

type Values = ValuesOf<typeof SERVER_OPTIONS>;

function keystoneOptions(values: Values): ServerOptions['keystone'] {
  const authUrl = values.authUrl.replace(/\/+$/, '');
  const ca = readPem('[keystone_authtoken] cafile', values.authCaFile);
  return {
    authUrl: authUrl.endsWith('/v3') ? authUrl : `${authUrl}/v3`,
    username: values.username,
    password: values.password,
    projectName: values.projectName,
    userDomainName: values.userDomainName,
    projectDomainName: values.projectDomainName,
    tokenCacheMs: values.tokenCacheMs,
    ...(values.publicAuthUrl === undefined ? {} : { publicUrl: values.publicAuthUrl }),
    ...(ca === undefined ? {} : { tls: { ca } }),
  };
}

function neutronOptions(values: Values): ServerOptions['neutron'] {
  const ca = readPem('[neutron] ca_certificates_file', values.neutronCaFile);
  return { endpoint: values.neutronEndpoint, ...(ca === undefined ? {} : { tls: { ca } }) };
}

function barbicanOptions(values: Values): Pick<ServerOptions, 'barbican'> {
  const endpoint = values.barbicanEndpoint;
  const ca = readPem('[certificates] ca_certificates_file', values.barbicanCaFile);
  if (endpoint === undefined) return {};
  return { barbican: { endpoint, ...(ca === undefined ? {} : { tls: { ca } }) } };
}

/** @throws LbaasError when the environment is said in two places */
function providerSettings(values: Values): Pick<ServerOptions, 'settings'> {
  const { environment, serviceProviders } = values;
  if (serviceProviders === undefined) {
    return environment === undefined ? {} : { settings: { providers: soleProvider(environment) } };
  }
  if (environment === undefined) return { settings: serviceProviders };
  throw new LbaasError(
    'bad_request',
    'ERR_CONFIGURATION',
    '[f5_lbaas] environment_prefix and [service_providers] service_provider exclude each other: ' +
      'leave environment_prefix out, each provider names its environment.',
  );
}

function soleProvider(environment: string): Providers {
  const { defaultProvider: name, providers } = DEFAULT_SETTINGS;
  return { [name]: { description: providers[name]?.description ?? '', environment } };
}

function driverOptions(values: Values): ServerOptions['driver'] {
  return {
    agentDownTimeMs: values.agentDownTimeMs,
    vipVnicType: values.vipVnicType,
    hintTimeoutMs: values.hintTimeoutMs,
    hintConcurrency: values.hintConcurrency,
    sweepIntervalMs: values.sweepIntervalMs,
    resendInitialMs: values.resendInitialMs,
    resendMaxMs: values.resendMaxMs,
    pendingTimeoutMs: values.pendingTimeoutMs,
    errorRetryIntervalMs: values.errorRetryIntervalMs,
    vipClaimTimeoutMs: values.vipClaimTimeoutMs,
  };
}

function networkEndpoint(values: Values): Pick<ServerOptions, 'networkEndpoint'> {
  if (!values.networkEnabled) return {};
  const { networkProxyUrl: proxyUrl, networkBaseUri: baseUri, lbaasV1, lbaasV2 } = values;
  const ca = readPem('[network] proxy_cafile', values.networkProxyCaFile);
  return {
    networkEndpoint: {
      ...{ lbaasV1, lbaasV2 },
      listen: { host: values.networkBindHost, port: values.networkBindPort },
      ...(proxyUrl === undefined ? {} : { proxyUrl }),
      ...(baseUri === undefined ? {} : { baseUri }),
      ...(ca === undefined ? {} : { tls: { ca } }),
    },
  };
}

/** Undefined when nobody is to scrape. @throws Error when it cannot listen */
async function serveMetrics(
  { metricsHost: host, metricsPort: port }: Values,
  registry: MetricsRegistry,
): Promise<MetricsServer | undefined> {
  return port === 0 ? undefined : startMetricsServer(registry, { host, port });
}

/**
 * @param configFiles later ones win
 * @throws LbaasError with sentences that name options, or say what cannot be reached
 */
export async function startServerProcess(configFiles: readonly string[]): Promise<RunningProcess> {
  const { values, warnings } = await readProcessConfiguration(SERVER_OPTIONS, configFiles);
  const parts = processParts('f5-lbaas-server', values, warnings);
  const { clock, random, logger } = parts;
  const keystone = keystoneOptions(values);
  const neutron = neutronOptions(values);
  const providers = providerSettings(values);
  const registry = createMetricsRegistry();
  const metrics = createServerMetrics(registry);
  const transport = openTransport(values, parts, 'f5-lbaas-server');
  const storage = await openStorage({
    url: values.databaseUrl,
    poolSize: values.databasePoolSize,
    onFailure: (failure) => metrics.databaseFailed(failure),
    ...{ clock, logger },
  });
  let listener: MetricsServer | undefined;
  const close = async (): Promise<void> => {
    await listener?.close();
    await transport.close();
    await storage.close();
    parts.closeLog();
  };
  try {
    await storage.migrate();
    listener = await serveMetrics(values, registry);
    const server = await startServer({
      ...{ storage, transport, clock, random, logger, metrics, keystone, neutron },
      listen: { host: values.bindHost, port: values.bindPort },
      driver: driverOptions(values) ?? {},
      policyMode: values.policyMode,
      ...providers,
      ...networkEndpoint(values),
      ...barbicanOptions(values),
      ...(values.apiBaseUri === undefined ? {} : { apiBaseUri: values.apiBaseUri }),
    });
    return { stop: () => server.stop().then(close) };
  } catch (error) {
    await close();
    throw error;
  }
}
