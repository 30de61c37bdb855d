// /providers: the drivers that load balancers may be created with.
import { refuse } from '../../../service/refusals.ts';
import { param, type Call, type Route } from '../../shared/http-call.ts';
import { authorise, type OctaviaApi } from '../access.ts';
import { pickFields } from '../page.ts';

export function providerRoutes(api: OctaviaApi): Route[] {
  const { providers } = api.service.settings;

  /** No provider has flavors or zones, so there is nothing to list for those that exist. */
  const capabilities =
    (rule: 'provider-flavor:get_all' | 'provider-availability-zone:get_all', plural: string) =>
    (call: Call) => {
      authorise(api, call, rule, call.identity.projectId);
      const provider = param(call, 'provider');
      if (!Object.hasOwn(providers, provider)) {
        throw refuse('ERR_PROVIDER_NOT_ENABLED', { provider });
      }
      return { status: 200, body: { [plural]: [] } };
    };

  return [
    {
      path: '/providers',
      methods: {
        GET: (call) => {
          authorise(api, call, 'provider:get_all', call.identity.projectId);
          const views = Object.entries(providers).map(([name, { description }]) =>
            pickFields({ name, description }, call.query),
          );
          return { status: 200, body: { providers: views } };
        },
      },
    },
    { path: '/providers/:provider', methods: {} },
    {
      path: '/providers/:provider/flavor_capabilities',
      methods: { GET: capabilities('provider-flavor:get_all', 'flavor_capabilities') },
    },
    {
      path: '/providers/:provider/availability_zone_capabilities',
      methods: {
        GET: capabilities('provider-availability-zone:get_all', 'availability_zone_capabilities'),
      },
    },
  ];
}
