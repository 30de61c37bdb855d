// ServiceBuilder: the newest state of one load balancer, complete, for the agent that it is bound to.
import type { LoadBalancerTree, ServiceDefinition } from '@f5-lbaas/model';
import type { AgentRow } from '@f5-lbaas/storage';
import type { DriverDeps } from '../driver/driver-deps.ts';
import { agentFacts } from '../scheduler/agent-facts.ts';
import { assembleService } from './assemble-service.ts';
import { gatherNeutronFacts } from './neutron-facts.ts';

export class ServiceBuilder {
  readonly #deps: Pick<DriverDeps, 'storage' | 'neutron' | 'logger'>;

  constructor(deps: Pick<DriverDeps, 'storage' | 'neutron' | 'logger'>) {
    this.#deps = deps;
  }

  /**
   * Undefined when there is no such load balancer.
   * @throws LbaasError kind `unavailable` when the database, or Neutron where it is needed, is away
   */
  async build(loadbalancerId: string, agent: AgentRow): Promise<ServiceDefinition | undefined> {
    const tree = await this.#deps.storage.read.loadTree(loadbalancerId);
    return tree === undefined ? undefined : this.buildFrom(tree, agent);
  }

  async buildFrom(tree: LoadBalancerTree, agent: AgentRow): Promise<ServiceDefinition> {
    const facts = agentFacts(agent);
    const neutron = await gatherNeutronFacts(this.#deps, tree, facts.globalRoutedMode);
    return assembleService(tree, neutron, facts);
  }
}
