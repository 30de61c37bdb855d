// What clients read first, for a network endpoint without a Neutron behind it.
import type { Route } from '../api/shared/http-call.ts';

export const DISCOVERY_ROUTES: Route[] = [
  {
    path: '/v2.0',
    methods: { GET: () => ({ status: 200, body: { resources: [] } }) },
  },
];

/** @param base where the endpoint is reached */
export function versionsDocument(base: string): object {
  const links = [{ rel: 'self', href: `${base.replace(/\/+$/, '')}/v2.0/` }];
  return { versions: [{ id: 'v2.0', status: 'CURRENT', links }] };
}
