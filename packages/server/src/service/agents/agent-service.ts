// Agents as operators see them: which one serves a load balancer, which load balancers one serves.
import type { LoadBalancer } from '@f5-lbaas/model';
import type { AgentRow } from '@f5-lbaas/storage';

import { environmentOf } from '../../providers/providers.ts';
import { listRows } from '../reading/listing.ts';
import { refuse } from '../refusals.ts';
import type { ServiceDeps } from '../service-deps.ts';

export interface Agent extends AgentRow {
  /** Heard of within the down time. */
  alive: boolean;
}

export class AgentService {
  readonly #deps: Pick<ServiceDeps, 'storage' | 'settings' | 'driver'>;

  constructor(deps: Pick<ServiceDeps, 'storage' | 'settings' | 'driver'>) {
    this.#deps = deps;
  }

  /** Undefined: the tenant is not bound to any in the load balancer's environment. */
  async hosting(loadbalancer: LoadBalancer): Promise<Agent | undefined> {
    const { read } = this.#deps.storage;
    const environment = this.#environmentOf(loadbalancer);
    if (environment === undefined) return undefined;
    const binding = await read.tenantBindings.find(loadbalancer.project_id, environment);
    const agent = binding && (await read.agents.find(binding.agent_id));
    return agent && { ...agent, alive: this.#deps.driver.isAlive(agent) };
  }

  /** @throws not found when there is no such agent */
  async loadBalancersOn(agentId: string): Promise<LoadBalancer[]> {
    const { read } = this.#deps.storage;
    if ((await read.agents.find(agentId)) === undefined) {
      throw refuse('ERR_NO_SUCH_RESOURCE', { resource: 'Agent', id: agentId });
    }
    const bindings = await read.tenantBindings.listByAgent(agentId);
    const projects = [...new Set(bindings.map((binding) => binding.project_id))];
    if (projects.length === 0) return [];
    const rows = await listRows(read, 'loadbalancers', { where: { project_id: projects } });
    const keyOf = (projectId: string, environment?: string) =>
      JSON.stringify([projectId, environment]);
    const bound = new Set(bindings.map((row) => keyOf(row.project_id, row.environment)));
    return rows.filter((row) => bound.has(keyOf(row.project_id, this.#environmentOf(row))));
  }

  #environmentOf({ provider }: LoadBalancer): string | undefined {
    return environmentOf(this.#deps.settings.providers, provider);
  }
}
