// TenantScheduler: a tenant's permanent agent, chosen once, moved only when the agent is dead or disabled.
// Concurrent creates of one tenant all get the binding that was stored first.
import { LbaasError } from '@f5-lbaas/model';
import { AGENT_TYPE } from '@f5-lbaas/rpc';
import type { AgentRow, Repositories } from '@f5-lbaas/storage';
import type { DriverDeps } from '../driver/driver-deps.ts';
import { agentFacts, isActive, type Liveness } from './agent-facts.ts';
import { chooseAgent, chooseSuccessor, type Candidates, type Choice } from './choose-agent.ts';

export type SchedulerDeps = Pick<DriverDeps, 'clock' | 'random' | 'logger' | 'options'>;

export class TenantScheduler {
  readonly #deps: SchedulerDeps;

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
  }

  /**
   * The tenant's agent, bound now when it had none. A bound agent that is dead or disabled is replaced by one
   * of its group; without such it is kept, and the work waits for it.
   * @throws LbaasError kind `unavailable`, code ERR_NO_ACTIVE_AGENT or ERR_NO_ELIGIBLE_AGENT
   */
  async schedule(repositories: Repositories, projectId: string): Promise<AgentRow> {
    const bound = await this.findBound(repositories, projectId);
    if (bound !== undefined) return this.#replaceWhenDown(repositories, projectId, bound);
    const choice = chooseAgent(await this.#candidates(repositories));
    if (!('agent' in choice)) throw refusal(choice, this.#deps.options.environment);
    const { agent_id } = await repositories.tenantBindings.bind({
      project_id: projectId,
      environment: this.#deps.options.environment,
      agent_id: choice.agent.id,
    });
    return agent_id === choice.agent.id ? choice.agent : getAgent(repositories, agent_id);
  }

  /** The agent that a tenant is bound to, whatever its state. */
  async findBound(repositories: Repositories, projectId: string): Promise<AgentRow | undefined> {
    const { environment } = this.#deps.options;
    const binding = await repositories.tenantBindings.find(projectId, environment);
    return binding === undefined ? undefined : getAgent(repositories, binding.agent_id);
  }

  /** Alive, enabled: worth telling anything. */
  isActive(agent: AgentRow): boolean {
    return isActive(agent, this.#liveness());
  }

  /**
   * Moves the tenants of agents that are dead or disabled to active ones of the same group.
   * @param group only agents of this group; undefined = all
   * @returns tenants moved
   */
  async rebindTenantsOfDeadAgents(repositories: Repositories, group?: number): Promise<number> {
    const { environment } = this.#deps.options;
    const agents = await repositories.agents.list({ agent_type: AGENT_TYPE });
    const dead = agents.filter((agent) => {
      const facts = agentFacts(agent);
      const inGroup = group === undefined || facts.groupNumber === group;
      return facts.environment === environment && inGroup && !this.isActive(agent);
    });
    let moved = 0;
    for (const agent of dead) {
      const bindings = await repositories.tenantBindings.listByAgent(agent.id);
      for (const { project_id } of bindings.filter((row) => row.environment === environment)) {
        const now = await this.#replaceWhenDown(repositories, project_id, agent);
        if (now.id !== agent.id) moved += 1;
      }
    }
    return moved;
  }

  async #replaceWhenDown(
    repositories: Repositories,
    projectId: string,
    bound: AgentRow,
  ): Promise<AgentRow> {
    if (this.isActive(bound)) return bound;
    const successor = chooseSuccessor(bound, await this.#candidates(repositories));
    if (successor === undefined) return bound;
    const { environment } = this.#deps.options;
    const row = { project_id: projectId, environment, agent_id: successor.id };
    const moved = await repositories.tenantBindings.rebind(row, bound.id);
    if (!moved) return (await this.findBound(repositories, projectId)) ?? bound;
    this.#deps.logger.warn(
      { tenant_id: projectId, agent_host: successor.host, previous_agent_host: bound.host },
      'tenant moved to another agent because its own is down',
    );
    return successor;
  }

  async #candidates(repositories: Repositories): Promise<Candidates> {
    const { random, options } = this.#deps;
    const load = new Map<string, number>();
    for (const { agent_id } of await repositories.tenantBindings.list(options.environment)) {
      load.set(agent_id, (load.get(agent_id) ?? 0) + 1);
    }
    return {
      agents: await repositories.agents.list({ agent_type: AGENT_TYPE }),
      environment: options.environment,
      liveness: this.#liveness(),
      load,
      random,
    };
  }

  #liveness(): Liveness {
    const { clock, options } = this.#deps;
    return { nowMs: clock.nowMs(), agentDownTimeMs: options.agentDownTimeMs };
  }
}

async function getAgent(repositories: Repositories, id: string): Promise<AgentRow> {
  const agent = await repositories.agents.find(id);
  if (agent !== undefined) return agent;
  throw new LbaasError('bug', 'ERR_BINDING_WITHOUT_AGENT', `There is no agent '${id}'.`);
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
