// What operators ask when something is in ERROR or does not go on. Reads only.
import { LbaasError, type LoadBalancerTree } from '@f5-lbaas/model';

import { AgentService, type Agent } from '../agents/agent-service.ts';
import type { ServiceDeps } from '../service-deps.ts';
import { listErrors, type KindedRow } from './unfinished.ts';

type Deps = Pick<ServiceDeps, 'storage' | 'settings' | 'driver'>;

export class OperatorService {
  readonly #deps: Deps;
  readonly #agents: AgentService;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#agents = new AgentService(deps);
  }

  /** Everything in ERROR, in all projects, the newest first. */
  errors(limit: number): Promise<{ errors: KindedRow[]; isTruncated: boolean }> {
    return listErrors(this.#deps.storage.read, limit);
  }

  /** @throws LbaasError `not_found` */
  async loadBalancer(id: string): Promise<{ tree: LoadBalancerTree; agent: Agent | undefined }> {
    const tree = await this.#deps.storage.read.loadTree(id);
    if (tree === undefined) {
      throw new LbaasError('not_found', 'ERR_NOT_FOUND', `There is no load balancer '${id}'.`);
    }
    return { tree, agent: await this.#agents.hosting(tree.loadbalancer) };
  }
}
