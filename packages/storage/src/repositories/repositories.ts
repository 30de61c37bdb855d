// All repositories of one unit of work.
import type { LoadBalancerTree, ResourceKind, ResourceKinds } from '@f5-lbaas/model';
import { codecFor, type Codec } from '../schema/codec.ts';
import {
  PORT_RELEASE_COLUMNS,
  PROVIDER_ENVIRONMENT_COLUMNS,
  RESOURCE_COLUMNS,
  V1_ASSOCIATION_COLUMNS,
  V1_MONITOR_COLUMNS,
  V1_POOL_COLUMNS,
  VIP_CLAIM_COLUMNS,
  type Columns,
} from '../schema/columns.ts';
import type { Repositories, ResourceRepository, TableRepository } from '../storage.ts';
import {
  agentRepository,
  clusterwideAgentRepository,
  tenantBindingRepository,
} from './agent-repository.ts';
import type { RepositoryContext } from './context.ts';
import { SqlLoadBalancerRepository } from './load-balancer-repository.ts';
import { quotaRepository } from './quota-repository.ts';
import { SqlResourceRepository } from './resource-repository.ts';
import { statisticsRepository } from './statistics-repository.ts';
import { tableRepository } from './table-repository.ts';

type ByKind = { [K in ResourceKind]: ResourceRepository<ResourceKinds[K]> };

const CODECS: { [K in ResourceKind]: Codec<ResourceKinds[K]> } = {
  loadbalancers: codecFor(RESOURCE_COLUMNS.loadbalancers),
  listeners: codecFor(RESOURCE_COLUMNS.listeners),
  pools: codecFor(RESOURCE_COLUMNS.pools),
  members: codecFor(RESOURCE_COLUMNS.members),
  healthmonitors: codecFor(RESOURCE_COLUMNS.healthmonitors),
  l7policies: codecFor(RESOURCE_COLUMNS.l7policies),
  l7rules: codecFor(RESOURCE_COLUMNS.l7rules),
};

function resourcesOf(context: Pick<RepositoryContext, 'kind' | 'db'>) {
  const of = <K extends Exclude<ResourceKind, 'loadbalancers'>>(kind: K) =>
    new SqlResourceRepository<ResourceKinds[K]>(context.db, kind, CODECS[kind]);
  return {
    loadbalancers: new SqlLoadBalancerRepository(context.kind, context.db),
    listeners: of('listeners'),
    pools: of('pools'),
    members: of('members'),
    healthmonitors: of('healthmonitors'),
    l7policies: of('l7policies'),
    l7rules: of('l7rules'),
  };
}

export function createRepositories(context: RepositoryContext): Repositories {
  const resources = resourcesOf(context);
  const byKind: ByKind = resources;
  const table = <Row extends object>(
    name: string,
    key: keyof Row & string,
    columns: Columns<Row>,
  ): TableRepository<Row> => tableRepository(context, { name, key, codec: codecFor(columns) });
  return {
    ...resources,
    resource: (kind) => byKind[kind],
    agents: agentRepository(context),
    tenantBindings: tenantBindingRepository(context),
    clusterwideAgents: clusterwideAgentRepository(context),
    statistics: statisticsRepository(context),
    quotas: quotaRepository(context),
    v1Pools: table('v1_pools', 'pool_id', V1_POOL_COLUMNS),
    v1Monitors: table('v1_monitors', 'id', V1_MONITOR_COLUMNS),
    v1Associations: table('v1_associations', 'healthmonitor_id', V1_ASSOCIATION_COLUMNS),
    portReleases: table('port_releases', 'port_id', PORT_RELEASE_COLUMNS),
    vipClaims: table('vip_claims', 'id', VIP_CLAIM_COLUMNS),
    providerEnvironments: table('provider_environments', 'provider', PROVIDER_ENVIRONMENT_COLUMNS),
    loadTree: (id) =>
      context.snapshot((db) => readTree(resourcesOf({ kind: context.kind, db }), id)),
  };
}

/** One query per kind, however many objects there are. */
async function readTree(resources: ByKind, id: string): Promise<LoadBalancerTree | undefined> {
  const loadbalancer = await resources.loadbalancers.find(id);
  if (loadbalancer === undefined) return undefined;
  const below = { where: { loadbalancer_id: id } };
  return {
    loadbalancer,
    listeners: await resources.listeners.list(below),
    pools: await resources.pools.list(below),
    members: await resources.members.list(below),
    healthmonitors: await resources.healthmonitors.list(below),
    l7policies: await resources.l7policies.list(below),
    l7rules: await resources.l7rules.list(below),
  };
}
