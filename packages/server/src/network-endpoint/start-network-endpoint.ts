// Composition of the network endpoint within a server process.
import { createHttpClient, createHttpForwarder } from '@f5-lbaas/platform';

import type { NeutronWebOptions } from '../api/shared/neutron/neutron-web.ts';
import type { ServerMetrics } from '../metrics/server-metrics.ts';
import type { ServerOptions } from '../options.ts';
import type { Policy } from '../policy/policy.ts';
import { LBAAS_V1_RULES, LBAAS_V2_RULES } from '../service/api-rules.ts';
import { createV1Service } from '../service/lbaas-v1/v1-service.ts';
import { createLbaasService } from '../service/lbaas-service.ts';
import type { ServiceDeps } from '../service/service-deps.ts';
import { createNetworkEndpoint } from './network-endpoint.ts';

export interface NetworkEndpointParts extends Pick<NeutronWebOptions, 'tokens' | 'keystoneUrl'> {
  service: Omit<ServiceDeps, 'rules'>;
  policy: Policy;
  metrics: Pick<ServerMetrics, 'answered'>;
}

export interface RunningNetworkEndpoint {
  url: string;
  stop(): Promise<void>;
}

/** Resolves once it answers requests. @throws when it cannot listen */
export async function startNetworkEndpoint(
  options: NonNullable<ServerOptions['networkEndpoint']>,
  { service, policy, tokens, keystoneUrl, metrics }: NetworkEndpointParts,
): Promise<RunningNetworkEndpoint> {
  const { tls, proxyUrl, baseUri, lbaasV1 = true, lbaasV2 = true } = options;
  const http = createHttpClient({ tls });
  const forwarder = createHttpForwarder({ tls });
  const logger = service.logger.child({ part: 'network-endpoint' });
  const v1Deps = { ...service, rules: LBAAS_V1_RULES };
  const overtaking = createLbaasService(v1Deps);
  const v1 = { service: overtaking, undo: overtaking, v1: createV1Service(v1Deps), policy };
  const v2 = {
    service: createLbaasService({ ...service, rules: LBAAS_V2_RULES }),
    undo: overtaking,
    policy,
  };
  const app = createNetworkEndpoint({
    ...{ v1, v2, http, forwarder, proxyUrl, logger, metrics, random: service.random },
    served: { v1: lbaasV1, v2: lbaasV2 },
    web: { tokens, keystoneUrl, baseUri, logger },
  });
  const url = await app.listen(options.listen);
  return {
    url,
    stop: async () => {
      await app.close();
      await Promise.all([http.close(), forwarder.close()]);
    },
  };
}
