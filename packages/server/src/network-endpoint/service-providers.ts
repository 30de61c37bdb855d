// /v2.0/service-providers: who can serve load balancers, beside what Neutron's other services have.
import type { Route } from '../api/shared/http-call.ts';
import type { LbaasSettings } from '../service/settings.ts';
import type { ServedApis } from './extensions.ts';
import { refusalIn, listIn, type NeutronDocuments } from './neutron-documents.ts';

const SERVICE_TYPES = ['LOADBALANCER', 'LOADBALANCERV2'];

export function serviceProviderRoutes(
  settings: Pick<LbaasSettings, 'providers' | 'defaultProvider'>,
  served: ServedApis,
  neutron: NeutronDocuments,
): Route[] {
  const types = SERVICE_TYPES.filter((_, index) => (index === 0 ? served.v1 : served.v2));
  const own = types.flatMap((service_type) =>
    Object.keys(settings.providers).map((name) => ({
      service_type,
      name,
      default: name === settings.defaultProvider,
    })),
  );
  return [
    {
      path: '/service-providers',
      methods: {
        GET: async (call) => {
          const answer = await neutron.request(call, 'GET', '/v2.0/service-providers');
          const refusal = refusalIn(answer);
          if (refusal !== undefined) return refusal;
          const others = listIn(answer, 'service_providers').filter(
            ({ service_type: type }) => typeof type !== 'string' || !SERVICE_TYPES.includes(type),
          );
          const wanted = call.query.get('service_type');
          const providers = [...others, ...own].filter(
            ({ service_type: type }) => wanted === null || type === wanted,
          );
          return { status: 200, body: { service_providers: providers } };
        },
      },
    },
  ];
}
