// What agents ask about services: the definition of one, which ones are theirs, what still exists.
// 'Unknown' is said only of what is proven absent; any failure fails the call, because agents delete what they are told
// does not exist. `{}` is what is not theirs.
import {
  isPending,
  type LoadBalancer,
  type ProvisioningStatus,
  type ResourceKind,
} from '@f5-lbaas/model';
import {
  AGENT_TYPE,
  type LoadBalancerBinding,
  type RpcArgs,
  type RpcEndpoint,
} from '@f5-lbaas/rpc';
import type { AgentRow } from '@f5-lbaas/storage';
import type { DriverDeps } from '../driver/driver-deps.ts';
import { environmentOf } from '../providers/providers.ts';
import { agentFacts } from '../scheduler/agent-facts.ts';
import { notConfigured, TenantScheduler } from '../scheduler/tenant-scheduler.ts';
import { ServiceBuilder } from '../service-builder/service-builder.ts';
import { optionalNumber, optionalText, textArg, textListArg } from './arguments.ts';
import { listByValues } from './chunks.ts';

/** @param topicEnvironment of callers who name none, and of those who cannot */
export function serviceQueries(deps: DriverDeps, topicEnvironment: string): RpcEndpoint {
  const scheduler = new TenantScheduler(deps);
  const builder = new ServiceBuilder(deps);
  const { read } = deps.storage;
  const bindings = (args: RpcArgs, matches: (status: ProvisioningStatus) => boolean) =>
    listBindings(deps, questionOf(args, topicEnvironment), (row) =>
      matches(row.provisioning_status),
    );
  const states = async (kind: ResourceKind, ids: readonly string[]) => {
    const rows = await listByValues(read, kind, 'id', ids);
    const known = new Map(rows.map((row) => [row.id, row.provisioning_status]));
    return Object.fromEntries(ids.map((id) => [id, known.get(id) ?? 'Unknown']));
  };
  return {
    async get_service_by_loadbalancer_id(args) {
      const tree = await read.loadTree(textArg(args, 'loadbalancer_id'));
      if (tree === undefined) return {};
      const { loadbalancer } = tree;
      const environment = environmentOf(deps.providers, loadbalancer.provider);
      // Another server may be configured for it.
      if (environment === undefined) throw notConfigured(loadbalancer);
      // Nothing for an agent that would put it under another prefix.
      if (environment !== topicEnvironment) return {};
      const agent = await scheduler.findBound(read, loadbalancer);
      return agent === undefined ? {} : builder.buildFrom(tree, agent);
    },
    get_all_loadbalancers: (args) => bindings(args, () => true),
    get_active_loadbalancers: (args) => bindings(args, (status) => status === 'ACTIVE'),
    get_pending_loadbalancers: (args) => bindings(args, isPending),
    get_errored_loadbalancers: (args) => bindings(args, (status) => status === 'ERROR'),
    async get_loadbalancers_by_network(args) {
      const networkId = textArg(args, 'network_id');
      const question = questionOf(args, topicEnvironment);
      return listBindings(deps, question, (row) => row.vip_network_id === networkId);
    },
    validate_loadbalancers_state: (args) =>
      states('loadbalancers', textListArg(args, 'loadbalancers')),
    validate_listeners_state: (args) => states('listeners', textListArg(args, 'listeners')),
    validate_pools_state: (args) => states('pools', textListArg(args, 'pools')),
    // Ours: F5's driver has no such question for the other kinds that leave objects on a device.
    validate_members_state: (args) => states('members', textListArg(args, 'members')),
    validate_healthmonitors_state: (args) =>
      states('healthmonitors', textListArg(args, 'healthmonitors')),
    validate_l7policies_state: (args) => states('l7policies', textListArg(args, 'l7policies')),
    async validate_l7policys_state_by_listener(args) {
      const ids = textListArg(args, 'listeners');
      const policies = await listByValues(read, 'l7policies', 'listener_id', ids);
      const having = new Set(policies.map((policy) => policy.listener_id));
      return Object.fromEntries(ids.map((id) => [id, having.has(id)]));
    },
    async get_pools_members(args) {
      const ids = textListArg(args, 'pools');
      const members = await listByValues(read, 'members', 'pool_id', ids);
      return Object.fromEntries(
        ids.map((id) => [
          id,
          members
            .filter((member) => member.pool_id === id)
            .map(({ project_id, ...member }) => ({ ...member, tenant_id: project_id })),
        ]),
      );
    },
  };
}

interface BindingQuestion {
  environment: string;
  group: number | undefined;
  host: string | undefined;
}

function questionOf(args: RpcArgs, topicEnvironment: string): BindingQuestion {
  return {
    environment: optionalText(args, 'env') ?? topicEnvironment,
    group: optionalNumber(args, 'group'),
    host: optionalText(args, 'host'),
  };
}

/** Load balancers of the tenants bound to agents of the environment, group and host that are asked for. */
async function listBindings(
  deps: DriverDeps,
  { environment, group, host }: BindingQuestion,
  matches: (row: LoadBalancer) => boolean,
): Promise<LoadBalancerBinding[]> {
  const { read } = deps.storage;
  const agents = (await read.agents.list({ agent_type: AGENT_TYPE })).filter(
    (agent) =>
      (host === undefined || agent.host === host) &&
      (group === undefined || agentFacts(agent).groupNumber === group),
  );
  const hosts = await hostsByTenant(deps, environment, agents);
  const rows = await listByValues(read, 'loadbalancers', 'project_id', [...hosts.keys()]);
  const isThere = (row: LoadBalancer) =>
    environmentOf(deps.providers, row.provider) === environment;
  return rows
    .filter((row) => isThere(row) && matches(row))
    .map((row) => ({
      agent_host: hosts.get(row.project_id) ?? '',
      lb_id: row.id,
      tenant_id: row.project_id,
      revision: row.revision,
    }));
}

async function hostsByTenant(
  deps: DriverDeps,
  environment: string,
  agents: readonly AgentRow[],
): Promise<ReadonlyMap<string, string>> {
  const hosts = new Map(agents.map((agent) => [agent.id, agent.host]));
  const bindings = await deps.storage.read.tenantBindings.list(environment);
  return new Map(
    bindings.flatMap(({ project_id, agent_id }) => {
      const host = hosts.get(agent_id);
      return host === undefined ? [] : [[project_id, host] as const];
    }),
  );
}
