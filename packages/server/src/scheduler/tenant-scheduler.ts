// TenantScheduler: a tenant's permanent agent in each environment, chosen once, moved only when the agent is dead,
// disabled, or has gone to another environment. The environment is that of the load balancer's provider.
// Concurrent creates of one tenant all get the binding that was stored first.
import { LbaasError, type LoadBalancer } from '@f5-lbaas/model';
import { AGENT_TYPE } from '@f5-lbaas/rpc';
import type { AgentRow, Repositories } from '@f5-lbaas/storage';
import type { DriverDeps } from '../driver/driver-deps.ts';
import { environmentOf, environmentsOf } from '../providers/providers.ts';
import { agentFacts, serves, type Liveness } from './agent-facts.ts';
import { chooseAgent, chooseSuccessor, type Candidates, type Choice } from './choose-agent.ts';

export type SchedulerDeps = Pick<
  DriverDeps,
  'clock' | 'random' | 'logger' | 'options' | 'providers'
>;

/** What of a load balancer decides about its agent. */
export type Scheduled = Pick<LoadBalancer, 'project_id' | 'provider'>;

/** What a binding is about: a tenant's load balancers in one environment. */
interface Tenancy {
  project_id: string;
  environment: string;
}

export class TenantScheduler {
  readonly #deps: SchedulerDeps;

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
  }

  /**
   * The tenant's agent in the load balancer's environment, bound now when it had none. A bound agent that does not
   * serve the environment is replaced by one of its group; without such it is kept, and the work waits for it.
   * @throws LbaasError kind `unavailable`, code ERR_NO_ACTIVE_AGENT, ERR_NO_ELIGIBLE_AGENT or
   *   ERR_PROVIDER_NOT_CONFIGURED
   */
  async schedule(repositories: Repositories, loadbalancer: Scheduled): Promise<AgentRow> {
    const tenancy = this.#tenancyOf(loadbalancer);
    if (tenancy === undefined) throw notConfigured(loadbalancer);
    const bound = await findBound(repositories, tenancy);
    if (bound !== undefined) return this.#replaceWhenDown(repositories, tenancy, bound);
    const choice = chooseAgent(await this.#candidates(repositories, tenancy.environment));
    if (!('agent' in choice)) throw refusal(choice, tenancy.environment);
    const wanted = { ...tenancy, agent_id: choice.agent.id };
    const { agent_id } = await repositories.tenantBindings.bind(wanted);
    return agent_id === choice.agent.id ? choice.agent : getAgent(repositories, agent_id);
  }

  /**
   * The agent that has the load balancer, whatever its state; undefined also when the provider is not configured
   * here, so that nobody knows the environment.
   */
  async findBound(
    repositories: Repositories,
    loadbalancer: Scheduled,
  ): Promise<AgentRow | undefined> {
    const tenancy = this.#tenancyOf(loadbalancer);
    return tenancy === undefined ? undefined : findBound(repositories, tenancy);
  }

  /** Alive, enabled, and in the load balancer's environment: worth telling anything about it. */
  serves(agent: AgentRow, { provider }: Pick<Scheduled, 'provider'>): boolean {
    const environment = environmentOf(this.#deps.providers, provider);
    return environment !== undefined && this.servesEnvironment(agent, environment);
  }

  servesEnvironment(agent: AgentRow, environment: string): boolean {
    return serves(agent, environment, this.#liveness());
  }

  /**
   * Moves the tenants of agents that do not serve them any more to active ones of the same environment and group.
   * @param only agents of this group, bindings in these environments; absent = all
   * @returns tenants moved
   */
  async rebindTenantsOfDeadAgents(
    repositories: Repositories,
    only: { group?: number | undefined; environments?: readonly string[] } = {},
  ): Promise<number> {
    const { group, environments = environmentsOf(this.#deps.providers) } = only;
    let moved = 0;
    for (const agent of await repositories.agents.list({ agent_type: AGENT_TYPE })) {
      if (group !== undefined && agentFacts(agent).groupNumber !== group) continue;
      const lost = environments.filter((name) => !this.servesEnvironment(agent, name));
      if (lost.length === 0) continue;
      for (const binding of await repositories.tenantBindings.listByAgent(agent.id, lost)) {
        const now = await this.#replaceWhenDown(repositories, binding, agent);
        if (now.id !== agent.id) moved += 1;
      }
    }
    return moved;
  }

  #tenancyOf({ project_id, provider }: Scheduled): Tenancy | undefined {
    const environment = environmentOf(this.#deps.providers, provider);
    return environment === undefined ? undefined : { project_id, environment };
  }

  async #replaceWhenDown(
    repositories: Repositories,
    { project_id, environment }: Tenancy,
    bound: AgentRow,
  ): Promise<AgentRow> {
    if (this.servesEnvironment(bound, environment)) return bound;
    const candidates = await this.#candidates(repositories, environment);
    const successor = chooseSuccessor(bound, candidates);
    if (successor === undefined) return bound;
    const row = { project_id, environment, agent_id: successor.id };
    const moved = await repositories.tenantBindings.rebind(row, bound.id);
    if (!moved) return (await findBound(repositories, row)) ?? bound;
    this.#deps.logger.warn(
      {
        ...{ tenant_id: project_id, environment },
        ...{ agent_host: successor.host, previous_agent_host: bound.host },
      },
      'tenant moved to another agent because its own is down',
    );
    return successor;
  }

  async #candidates(repositories: Repositories, environment: string): Promise<Candidates> {
    const load = new Map<string, number>();
    for (const { agent_id } of await repositories.tenantBindings.list(environment)) {
      load.set(agent_id, (load.get(agent_id) ?? 0) + 1);
    }
    return {
      agents: await repositories.agents.list({ agent_type: AGENT_TYPE }),
      environment,
      liveness: this.#liveness(),
      load,
      random: this.#deps.random,
    };
  }

  #liveness(): Liveness {
    const { clock, options } = this.#deps;
    return { nowMs: clock.nowMs(), agentDownTimeMs: options.agentDownTimeMs };
  }
}

async function findBound(
  repositories: Repositories,
  { project_id, environment }: Tenancy,
): Promise<AgentRow | undefined> {
  const binding = await repositories.tenantBindings.find(project_id, environment);
  return binding === undefined ? undefined : getAgent(repositories, binding.agent_id);
}

async function getAgent(repositories: Repositories, id: string): Promise<AgentRow> {
  const agent = await repositories.agents.find(id);
  if (agent !== undefined) return agent;
  throw new LbaasError('bug', 'ERR_BINDING_WITHOUT_AGENT', `There is no agent '${id}'.`);
}

export function notConfigured({ provider }: Pick<Scheduled, 'provider'>): LbaasError {
  return new LbaasError(
    'unavailable',
    'ERR_PROVIDER_NOT_CONFIGURED',
    `Provider '${provider}' is not configured on this server.`,
  );
}

function refusal(choice: Exclude<Choice, { agent: AgentRow }>, environment: string): LbaasError {
  return choice.refused === 'none_active'
    ? new LbaasError(
        'unavailable',
        'ERR_NO_ACTIVE_AGENT',
        `No agent of environment '${environment}' is alive and enabled.`,
        { userMessage: 'No load balancer agent is available. Please try again later.' },
      )
    : new LbaasError(
        'unavailable',
        'ERR_NO_ELIGIBLE_AGENT',
        `Every agent of environment '${environment}' has reached its capacity.`,
        { userMessage: 'The load balancing capacity is used up. Please try again later.' },
      );
}
