// The read-only rest of the API: discovery, extensions, address usage, quotas, and lists that are empty here.
import type { FastifyInstance } from 'fastify';
import { originOf } from '../http/rest-app.ts';
import { EXTENSIONS } from './extensions.ts';
import { faults } from './faults.ts';
import { ipAvailability } from './ip-availability.ts';
import type { ContextOf } from './resource-routes.ts';
import { findVisible, visibleRecords } from './visibility.ts';

/** One of Neutron's own agents: where a host's tunnels end. */
export interface L2Agent {
  id: string;
  host: string;
  agent_type: string;
  alive: boolean;
  admin_state_up: boolean;
  configurations: Record<string, unknown>;
}

/** Path below `/v2.0/` -> key and noun. Clients look these up; the lab has none. */
const EMPTY_LISTS: Record<string, { key: string; notFound: [type: string, noun: string] }> = {
  routers: { key: 'routers', notFound: ['RouterNotFound', 'Router'] },
  floatingips: { key: 'floatingips', notFound: ['FloatingIPNotFound', 'Floating IP'] },
  'qos/policies': { key: 'policies', notFound: ['QosPolicyNotFound', 'QoS policy'] },
  subnetpools: { key: 'subnetpools', notFound: ['SubnetPoolNotFound', 'Subnet pool'] },
};
const QUOTAS = ['network', 'subnet', 'port', 'security_group', 'security_group_rule'];

function addDiscovery(app: FastifyInstance): void {
  app.get('/', (request) => ({
    versions: [
      {
        id: 'v2.0',
        status: 'CURRENT',
        links: [{ rel: 'self', href: `${originOf(request)}/v2.0/` }],
      },
    ],
  }));
  app.get('/v2.0', (request) => ({
    resources: ['networks', 'subnets', 'ports', 'security-groups'].map((path) => ({
      name: path.slice(0, -1).replace('-', '_'),
      collection: path.replace('-', '_'),
      links: [{ rel: 'self', href: `${originOf(request)}/v2.0/${path}` }],
    })),
  }));
}

function addIpAvailability(app: FastifyInstance, contextOf: ContextOf): void {
  app.get('/v2.0/network-ip-availabilities', (request) => {
    const { store, identity } = contextOf(request);
    const networks = visibleRecords('networks', identity, store);
    return {
      network_ip_availabilities: networks.map((network) => ipAvailability(store, network)),
    };
  });
  app.get<{ Params: { id: string } }>('/v2.0/network-ip-availabilities/:id', (request) => {
    const { store, identity } = contextOf(request);
    const network = findVisible('networks', request.params.id, identity, store);
    if (network === undefined) {
      throw faults.notFound('NetworkNotFound', 'Network', request.params.id);
    }
    return { network_ip_availability: ipAvailability(store, network) };
  });
}

function addAgents(app: FastifyInstance, contextOf: ContextOf, agents: readonly L2Agent[]): void {
  app.get('/v2.0/agents', (request) => {
    contextOf(request);
    return { agents };
  });
  app.get<{ Params: { id: string } }>('/v2.0/agents/:id', (request) => {
    contextOf(request);
    const agent = agents.find(({ id }) => id === request.params.id);
    if (agent === undefined) throw faults.notFound('AgentNotFound', 'Agent', request.params.id);
    return { agent };
  });
}

export function addSideRoutes(
  app: FastifyInstance,
  contextOf: ContextOf,
  agents: readonly L2Agent[],
): void {
  addDiscovery(app);
  addAgents(app, contextOf, agents);
  addIpAvailability(app, contextOf);
  app.get('/v2.0/extensions', () => ({ extensions: EXTENSIONS }));
  app.get<{ Params: { alias: string } }>('/v2.0/extensions/:alias', (request) => {
    const extension = EXTENSIONS.find(({ alias }) => alias === request.params.alias);
    if (extension === undefined) {
      throw faults.notFound('ExtensionNotFound', 'Extension', request.params.alias);
    }
    return { extension };
  });
  app.get('/v2.0/quotas/:project', (request) => {
    contextOf(request);
    return { quota: Object.fromEntries(QUOTAS.map((name) => [name, -1])) };
  });
  for (const [path, { key, notFound }] of Object.entries(EMPTY_LISTS)) {
    app.get(`/v2.0/${path}`, (request) => {
      contextOf(request);
      return { [key]: [] };
    });
    app.get<{ Params: { id: string } }>(`/v2.0/${path}/:id`, (request) => {
      contextOf(request);
      throw faults.notFound(...notFound, request.params.id);
    });
  }
}
