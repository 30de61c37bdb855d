// /lbaas/loadbalancers
import {
  LbaasError,
  type LoadBalancer,
  type LoadBalancerTree,
  type Statistics,
} from '@f5-lbaas/model';

import type { LoadBalancerDetail } from '../../service/reading/relations.ts';
import { param, type Answer, type Call, type Route } from '../shared/http-call.ts';
import {
  checkCreatable,
  checkReadable,
  withinReach,
  type NeutronApi,
} from '../shared/neutron/access.ts';
import {
  CHANGEABLE,
  optional,
  shown,
  unspecified,
  type Created,
} from '../shared/neutron/attribute-map.ts';
import {
  boolean,
  ipAddress,
  nonBlank,
  nullable,
  text,
  uuid,
} from '../shared/neutron/attribute-types.ts';
import type { FilterTypes, View } from '../shared/neutron/list-query.ts';
import type { OwnedInput } from '../shared/neutron/parse-body.ts';
import { neutronError } from '../shared/neutron/request-error.ts';
import { resourceRoutes } from '../shared/neutron/resource-routes.ts';
import { owner, references } from './references.ts';
import { operatingStatus } from './operating-status.ts';
import { statusesView } from './statuses.ts';

export const loadBalancerAttributes = {
  id: shown,
  name: optional(text(255), '', CHANGEABLE),
  description: optional(text(255), '', CHANGEABLE),
  vip_subnet_id: unspecified(uuid),
  vip_network_id: unspecified(uuid),
  vip_address: unspecified(nullable(ipAddress)),
  vip_port_id: shown,
  provider: unspecified(nonBlank(255)),
  flavor_id: unspecified(nonBlank(255)),
  admin_state_up: optional(boolean, true, CHANGEABLE),
  listeners: shown,
  pools: shown,
  provisioning_status: shown,
  operating_status: shown,
};
const spec = {
  singular: 'loadbalancer',
  plural: 'loadbalancers',
  attributes: loadBalancerAttributes,
};
const filters: FilterTypes = {
  id: 'text',
  name: 'text',
  description: 'text',
  tenant_id: 'text',
  project_id: 'text',
  vip_subnet_id: 'text',
  vip_address: 'text',
  vip_port_id: 'text',
  provider: 'text',
  flavor_id: 'text',
  admin_state_up: 'boolean',
  provisioning_status: 'text',
  operating_status: 'text',
};

export function loadBalancerRoutes(api: NeutronApi): Route[] {
  const { loadbalancers } = api.service;
  return resourceRoutes(api, {
    ...{ path: '/lbaas/loadbalancers', kind: 'loadbalancers', spec, filters },
    view: loadBalancerView,
    row: ({ loadbalancer }: LoadBalancerDetail) => loadbalancer,
    list: async (call, request) => {
      const reach = withinReach(api, call, 'loadbalancers', request);
      return (await loadbalancers.list(reach)).map(loadBalancerView);
    },
    find: (call) => loadbalancers.get(param(call, 'id')),
    create: async (call, item) => {
      checkCreatable(api, call, 'loadbalancers', item.projectId);
      const { loadbalancer } = await createWhole(api, call, item);
      return { loadbalancer, listenerIds: [], poolIds: [] };
    },
    undo: (_call, id) => api.undo.loadbalancers.delete(id, { cascade: false }),
    update: (call, { loadbalancer }, input) =>
      loadbalancers.update({ token: call.identity.token }, loadbalancer.id, input),
    remove: ({ loadbalancer }) => loadbalancers.delete(loadbalancer.id, { cascade: false }),
  });
}

/** What a load balancer does, rather than what it is. */
export function loadBalancerStateRoutes(api: NeutronApi): Route[] {
  const { loadbalancers } = api.service;
  const readable = async (call: Call): Promise<LoadBalancer> => {
    const { loadbalancer } = await loadbalancers.get(param(call, 'id'));
    checkReadable(api, call, 'loadbalancers', loadbalancer);
    return loadbalancer;
  };
  return [
    {
      path: '/lbaas/loadbalancers/:id/statuses',
      methods: {
        GET: async (call): Promise<Answer> => {
          const { id } = await readable(call);
          return { status: 200, body: { statuses: statusesView(await loadbalancers.tree(id)) } };
        },
      },
    },
    {
      path: '/lbaas/loadbalancers/:id/stats',
      methods: {
        GET: async (call): Promise<Answer> => {
          const { id } = await readable(call);
          return { status: 200, body: { stats: statsView(await loadbalancers.statistics(id)) } };
        },
      },
    },
  ];
}

type NewLoadBalancer = Created<typeof loadBalancerAttributes>;
type Whole = Parameters<NeutronApi['service']['loadbalancers']['create']>[1]['input'];

/** Alone, or with the tree below it. */
export async function createWhole(
  { service }: NeutronApi,
  call: Pick<Call, 'identity'>,
  { projectId, input }: OwnedInput<NewLoadBalancer & Pick<Whole, 'listeners'>>,
): Promise<LoadBalancerTree> {
  const { vip_subnet_id, vip_network_id, vip_address, provider, flavor_id, ...plain } = input;
  if (vip_subnet_id === undefined && vip_network_id === undefined) {
    const message = 'Required attribute vip_subnet_id or vip_network_id not specified';
    throw neutronError('bad_request', 'RequiredAttributeNotSpecified', message);
  }
  if (flavor_id !== undefined) refuseFlavor(flavor_id, provider);
  const vip = { vip_address: vip_address ?? null, vip_network_id: vip_network_id ?? null };
  const request: Whole = {
    ...{ ...plain, ...vip, vip_subnet_id: vip_subnet_id ?? null },
    // Provider names are compared in lower case.
    provider: provider?.toLowerCase() ?? null,
  };
  const caller = { token: call.identity.token };
  try {
    return await service.loadbalancers.create(caller, { projectId, input: request });
  } catch (error) {
    throw isEmptyNetwork(error) ? vipNetworkInvalid(vip.vip_network_id) : error;
  }
}

function isEmptyNetwork(error: unknown): boolean {
  return error instanceof LbaasError && error.code === 'ERR_VIP_NETWORK_EMPTY';
}

function vipNetworkInvalid(networkId: string | null): LbaasError {
  const message = `VIP network ${networkId} is invalid. There is no subnet in VIP network specified.`;
  return neutronError('bad_request', 'VipNetworkInvalid', message);
}

function refuseFlavor(flavorId: string, provider: string | undefined): never {
  if (provider !== undefined) {
    const message = 'Cannot specify both a flavor and a provider';
    throw neutronError('conflict', 'ProviderFlavorConflict', message);
  }
  throw neutronError('not_found', 'FlavorNotFound', `Flavor ${flavorId} could not be found.`);
}

export function loadBalancerView(detail: LoadBalancerDetail): View {
  const { loadbalancer: row } = detail;
  return {
    id: row.id,
    ...owner(row),
    name: row.name,
    description: row.description,
    vip_subnet_id: row.vip_subnet_id,
    vip_address: row.vip_address,
    vip_port_id: row.vip_port_id,
    provider: row.provider,
    // Only when set.
    ...(row.flavor_id === null ? {} : { flavor_id: row.flavor_id }),
    admin_state_up: row.admin_state_up,
    listeners: references(detail.listenerIds),
    pools: references(detail.poolIds),
    provisioning_status: row.provisioning_status,
    operating_status: operatingStatus(row.operating_status),
  };
}

function statsView({ bytes_in, bytes_out, active_connections, total_connections }: Statistics) {
  return { bytes_in, bytes_out, active_connections, total_connections };
}
