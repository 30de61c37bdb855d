// Load balancers: create (see load-balancer-create), read, change, delete, fail over, status, statistics.
import { type LoadBalancer, type LoadBalancerTree, type Statistics } from '@f5-lbaas/model';
import type { Repositories } from '@f5-lbaas/storage';

import { changesFrom } from '../change/attributes.ts';
import { acceptChange, type ChangeUnit } from '../change/accept-change.ts';
import { getRow, listRows, type ListRequest } from '../reading/listing.ts';
import { createLoadBalancer } from './load-balancer-create.ts';
import {
  LOAD_BALANCER_DEFAULTS,
  type LoadBalancerChanges,
  type LoadBalancerCreate,
} from './load-balancer-row.ts';
import { refuse } from '../refusals.ts';
import { detailLoadBalancers, detailOf, type LoadBalancerDetail } from '../reading/relations.ts';
import type { Caller, ServiceDeps } from '../service-deps.ts';
import { claimLoadBalancer, noSuch } from '../change/state-gate.ts';
import { sumStatistics } from '../reading/statistics.ts';
import { statusTree, type StatusTree } from '../reading/status-tree.ts';
import { VipService } from '../vip/vip-service.ts';

export class LoadBalancerService {
  readonly #deps: ServiceDeps;
  readonly #vips: VipService;

  constructor(deps: ServiceDeps) {
    this.#deps = deps;
    this.#vips = new VipService(deps);
  }

  async list(request: ListRequest): Promise<LoadBalancerDetail[]> {
    const { read } = this.#deps.storage;
    return detailLoadBalancers(read, await listRows(read, 'loadbalancers', request));
  }

  async detail(rows: readonly LoadBalancer[]): Promise<LoadBalancerDetail[]> {
    return detailLoadBalancers(this.#deps.storage.read, rows);
  }

  async get(id: string): Promise<LoadBalancerDetail> {
    const { read } = this.#deps.storage;
    return detailOf(detailLoadBalancers, read, await getRow(read, 'loadbalancers', id));
  }

  async create(
    caller: Caller,
    request: { projectId: string; input: LoadBalancerCreate },
  ): Promise<LoadBalancerTree> {
    return createLoadBalancer(this.#deps, this.#vips, caller, request);
  }

  async update(
    caller: Caller,
    id: string,
    input: LoadBalancerChanges,
  ): Promise<LoadBalancerDetail> {
    const known = await getRow(this.#deps.storage.read, 'loadbalancers', id);
    const vip = await this.#vipChanges(caller, known, input);
    const port = known.vip_port_id;
    const change = (): Promise<LoadBalancerDetail> =>
      acceptChange(this.#deps, async (unit) => {
        await claimLoadBalancer(unit, id, 'update');
        const changes = { ...changesFrom(input, LOAD_BALANCER_DEFAULTS), ...vip };
        await unit.revise('loadbalancers', id, changes);
        return this.#outcome(unit, 'update', id);
      });
    if (port === null || Object.keys(vip).length === 0) return change();
    await this.#vips.updatePort(port, portAttributes(vip));
    try {
      return await change();
    } catch (error) {
      await this.#vips.updatePort(port, portAttributes(previous(known, vip)));
      throw error;
    }
  }

  /** @throws when it has listeners or pools and `cascade` is not asked for */
  async delete(id: string, options: { cascade: boolean }): Promise<void> {
    await getRow(this.#deps.storage.read, 'loadbalancers', id);
    await acceptChange(this.#deps, async (unit) => {
      await claimLoadBalancer(unit, id, 'delete');
      if (!options.cascade) await checkNoChildren(unit.repositories, id);
      await unit.pend('loadbalancers', id, 'PENDING_DELETE');
      return this.#outcome(unit, 'delete', id);
    });
  }

  /** Applies everything to the devices once more. */
  async failover(id: string): Promise<void> {
    await getRow(this.#deps.storage.read, 'loadbalancers', id);
    await acceptChange(this.#deps, async (unit) => {
      await claimLoadBalancer(unit, id, 'failover');
      await unit.revise('loadbalancers', id, {});
      return this.#outcome(unit, 'update', id);
    });
  }

  async status({ id }: LoadBalancer): Promise<StatusTree> {
    return statusTree(await this.tree(id));
  }

  /** With everything below it. @throws not found */
  async tree(id: string): Promise<LoadBalancerTree> {
    const tree = await this.#deps.storage.read.loadTree(id);
    if (tree === undefined || tree.loadbalancer.provisioning_status === 'DELETED') {
      throw noSuch('loadbalancers', id);
    }
    return tree;
  }

  /** As last reported, summed over the listeners; asks the agent for newer numbers. */
  async statistics(id: string): Promise<Statistics> {
    const stored = await this.#deps.storage.read.statistics.listByLoadBalancer(id);
    this.#deps.driver.requestStatistics(id);
    return sumStatistics(stored);
  }

  /** Only what really changes is checked and sent to Neutron. */
  async #vipChanges(
    caller: Caller,
    known: LoadBalancer,
    input: LoadBalancerChanges,
  ): Promise<VipChanges> {
    const { vip_qos_policy_id: qos, vip_sg_ids: groups } = input;
    const changes: VipChanges = {};
    if (qos !== undefined && qos !== known.vip_qos_policy_id) {
      await this.#vips.checkQosPolicy(caller, qos);
      changes.vip_qos_policy_id = qos;
    }
    if (groups !== undefined) {
      const target = [...(groups ?? [])];
      await this.#vips.checkSecurityGroups(caller, target);
      if (target.length > 0) await this.#checkNoCidrs(known.id);
      changes.vip_sg_ids = target;
    }
    return changes;
  }

  async #checkNoCidrs(loadbalancerId: string): Promise<void> {
    const where = { loadbalancer_id: loadbalancerId };
    const listeners = await this.#deps.storage.read.listeners.list({ where });
    if (listeners.some((listener) => listener.allowed_cidrs.length > 0)) {
      throw refuse('ERR_CIDRS_WITH_SECURITY_GROUPS', {});
    }
  }

  async #outcome(unit: ChangeUnit, verb: 'create' | 'update' | 'delete', id: string) {
    const row = await unit.repositories.loadbalancers.get(id);
    return {
      change: { verb, kind: 'loadbalancers' as const, id, loadbalancerId: id },
      answer: await detailOf(detailLoadBalancers, unit.repositories, row),
    };
  }
}

type VipChanges = Partial<Pick<LoadBalancer, 'vip_qos_policy_id' | 'vip_sg_ids'>>;

function previous(known: LoadBalancer, changed: VipChanges): VipChanges {
  return {
    ...(changed.vip_qos_policy_id === undefined
      ? {}
      : { vip_qos_policy_id: known.vip_qos_policy_id }),
    ...(changed.vip_sg_ids === undefined ? {} : { vip_sg_ids: known.vip_sg_ids }),
  };
}

function portAttributes(changes: VipChanges): Record<string, unknown> {
  const { vip_qos_policy_id: qos, vip_sg_ids: groups } = changes;
  return {
    ...(qos === undefined ? {} : { qos_policy_id: qos }),
    ...(groups === undefined ? {} : { security_groups: groups }),
  };
}

async function checkNoChildren(repositories: Repositories, id: string): Promise<void> {
  const where = { loadbalancer_id: id };
  for (const kind of ['listeners', 'pools'] as const) {
    const [child] = await repositories[kind].list({ where, limit: 1 });
    const name = kind.slice(0, -1);
    if (child !== undefined) {
      throw refuse('ERR_HAS_CHILDREN', { id, child: name, child_id: child.id });
    }
  }
}
