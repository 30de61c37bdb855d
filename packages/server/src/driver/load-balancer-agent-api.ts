// LoadBalancerAgentApi: what the driver tells an agent. All casts: the answer is the agent's later report.
import { invariant, type ResourceKind, type ServiceDefinition } from '@f5-lbaas/model';
import {
  agentTopic,
  type AgentApiMethod,
  type AgentApiNoun,
  type RpcContext,
  type RpcTransport,
} from '@f5-lbaas/rpc';
import { environmentOf, type Providers } from '../providers/providers.ts';
import type { ChangeVerb } from './provider-driver.ts';

/** Wire noun of each kind, and where the service definition keeps its objects. */
const NOUNS: Record<ResourceKind, AgentApiNoun> = {
  loadbalancers: 'loadbalancer',
  listeners: 'listener',
  pools: 'pool',
  members: 'member',
  healthmonitors: 'health_monitor',
  l7policies: 'l7policy',
  l7rules: 'l7rule',
};

export interface AnnouncedChange {
  verb: ChangeVerb;
  kind: ResourceKind;
  id: string;
}

/** @see F5 LBaaSv2 driver `agent_rpc.py` for method names and arguments */
export class LoadBalancerAgentApi {
  readonly #transport: RpcTransport;
  readonly #providers: Providers;

  /** @param providers say on which topic the agents of a load balancer's environment listen */
  constructor(transport: RpcTransport, providers: Providers) {
    this.#transport = transport;
    this.#providers = providers;
  }

  /**
   * The object goes along for F5's agents and for logs; only `service` is acted on. An object that is gone
   * meanwhile is announced as an update of its load balancer.
   * @throws RpcUnavailableError
   */
  async announce(host: string, change: AnnouncedChange, service: ServiceDefinition): Promise<void> {
    const object = objectOf(service, change);
    if (object === undefined) {
      const { id } = service.loadbalancer;
      await this.announce(host, { verb: 'update', kind: 'loadbalancers', id }, service);
      return;
    }
    const noun = NOUNS[change.kind];
    const args = {
      ...(change.verb === 'update' ? { [`old_${noun}`]: object } : {}),
      [noun]: object,
      service,
    };
    await this.#cast(host, `${change.verb}_${noun}`, args, service);
  }

  /** @throws RpcUnavailableError */
  async updateLoadBalancerStats(host: string, service: ServiceDefinition): Promise<void> {
    const { loadbalancer } = service;
    await this.#cast(host, 'update_loadbalancer_stats', { loadbalancer, service }, service);
  }

  async #cast(
    host: string,
    method: AgentApiMethod,
    args: Record<string, unknown>,
    service: ServiceDefinition,
  ): Promise<void> {
    const environment = environmentOf(this.#providers, service.loadbalancer.provider ?? '');
    invariant(environment !== undefined, 'An agent was found by the environment of the provider.');
    const context = contextOf(service);
    await this.#transport.cast(agentTopic(environment, host), method, args, { context });
  }
}

/** An admin context for the tenant; the user and the user's token stay here. */
function contextOf({ loadbalancer }: ServiceDefinition): RpcContext {
  const tenant = loadbalancer.tenant_id;
  return { is_admin: true, user_id: null, tenant_id: tenant, project_id: tenant };
}

function objectOf(service: ServiceDefinition, { kind, id }: AnnouncedChange): object | undefined {
  if (kind === 'loadbalancers') return service.loadbalancer;
  const objects = kind === 'l7rules' ? service.l7policy_rules : service[kind];
  return objects.find((object) => object.id === id);
}
