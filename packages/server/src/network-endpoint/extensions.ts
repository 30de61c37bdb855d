// /v2.0/extensions: clients look here before they use load balancing.
import { param, type Route } from '../api/shared/http-call.ts';
import { neutronError } from '../api/shared/neutron/request-error.ts';
import { refusalIn, listIn, type NeutronDocuments } from './neutron-documents.ts';

/** Which of the two APIs is served. */
export interface ServedApis {
  v1: boolean;
  v2: boolean;
}

interface Extension {
  alias: string;
  name: string;
  updated: string;
  description: string;
}

const extension = (alias: string, name: string, updated: string, description: string) => ({
  ...{ alias, name, updated, description },
});

const V1: Extension[] = [
  extension(
    'lbaas',
    'LoadBalancing service',
    '2012-10-07T10:00:00-00:00',
    'Extension for LoadBalancing service',
  ),
  extension(
    'lbaas_agent_scheduler',
    'Loadbalancer Agent Scheduler',
    '2013-02-07T10:00:00-00:00',
    'Schedule pools among lbaas agents',
  ),
];
const V2: Extension[] = [
  extension(
    'lbaasv2',
    'LoadBalancing service v2',
    '2018-01-31T10:00:00-00:00',
    'Provides Load Balancing',
  ),
  extension(
    'shared_pools',
    'Shared pools for LBaaSv2',
    '2016-01-20T10:00:00-00:00',
    'Allow pools to be shared among listeners for LBaaSv2',
  ),
  extension('l7', 'L7 capabilities for LBaaSv2', '2016-01-24T10:00:00-00:00', 'Adding L7'),
  extension(
    'lb-graph',
    'Load Balancer Graph',
    '2016-02-09T10:00:00-00:00',
    'Extension for allowing the creation of load balancers in a single API request',
  ),
  extension(
    'lb_network_vip',
    'Create loadbalancer with network_id',
    '2016-09-09T22:00:00-00:00',
    'Create loadbalancer with network_id',
  ),
  extension(
    'hm_max_retries_down',
    'Add a fall threshold to health monitor',
    '2016-04-19T16:00:00-00:00',
    'Add a fall threshold to health monitor',
  ),
  extension(
    'lbaas_agent_schedulerv2',
    'Loadbalancer Agent Scheduler V2',
    '2013-02-07T10:00:00-00:00',
    'Schedule load balancers among lbaas agents',
  ),
];
const BOTH: Extension[] = [
  extension(
    'service-type',
    'Neutron Service Type Management',
    '2013-01-20T00:00:00-00:00',
    'API for retrieving service providers for Neutron advanced services',
  ),
];

export function extensionRoutes(served: ServedApis, neutron: NeutronDocuments): Route[] {
  const own = [...(served.v1 ? V1 : []), ...(served.v2 ? V2 : []), ...BOTH].map((one) => ({
    ...one,
    links: [],
  }));
  return [
    {
      path: '/extensions',
      methods: {
        GET: async (call) => {
          const answer = await neutron.request(call, 'GET', '/v2.0/extensions');
          const refusal = refusalIn(answer);
          if (refusal !== undefined) return refusal;
          const aliases = new Set(own.map(({ alias }) => alias));
          const others = listIn(answer, 'extensions').filter(
            ({ alias }) => typeof alias !== 'string' || !aliases.has(alias),
          );
          return { status: 200, body: { extensions: [...others, ...own] } };
        },
      },
    },
    {
      path: '/extensions/:alias',
      methods: {
        GET: async (call) => {
          const alias = param(call, 'alias');
          const found = own.find((one) => one.alias === alias);
          if (found !== undefined) return { status: 200, body: { extension: found } };
          const path = `/v2.0/extensions/${encodeURIComponent(alias)}`;
          const answer = await neutron.request(call, 'GET', path);
          if (answer !== undefined) return answer;
          const message = `Extension with alias ${alias} does not exist`;
          throw neutronError('not_found', 'HTTPNotFound', message);
        },
      },
    },
  ];
}
