// Pools of LBaaS v1, the root there: each gets a load balancer of its own, without an address until a vip is made.
import type { LoadBalancer, Pool, Statistics } from '@f5-lbaas/model';
import { isoNow } from '@f5-lbaas/platform';
import type { Condition } from '@f5-lbaas/storage';

import { acceptChange, type ChangeUnit } from '../change/accept-change.ts';
import {
  claimLoadBalancer,
  claimRow,
  claimTree,
  noSuch,
  pendListenersOfPool,
} from '../change/state-gate.ts';
import { newLoadBalancer } from '../load-balancers/load-balancer-row.ts';
import { checkPool, newPool, type PoolSpec } from '../pools/pool-row.ts';
import { checkQuota } from '../quotas/quota-check.ts';
import { getRow } from '../reading/listing.ts';
import { sumStatistics } from '../reading/statistics.ts';
import { refuse } from '../refusals.ts';
import type { Caller, ServiceDeps } from '../service-deps.ts';
import { checkSubnets } from '../vip/network-objects.ts';
import type { VipColumns } from '../vip/vip-service.ts';
import { readPools, type V1Pool } from './v1-reading.ts';

export const NO_VIP: VipColumns = {
  vip_address: null,
  vip_port_id: null,
  vip_subnet_id: null,
  vip_network_id: null,
  vip_qos_policy_id: null,
  vip_sg_ids: [],
  additional_vips: [],
  vip_port_owned: false,
};

export interface V1PoolCreate {
  spec: PoolSpec;
  /** Of the members. */
  subnetId: string;
  provider: string | undefined;
}

export class V1PoolService {
  readonly #deps: ServiceDeps;

  constructor(deps: ServiceDeps) {
    this.#deps = deps;
  }

  list(where: Record<string, Condition>): Promise<V1Pool[]> {
    return readPools(this.#deps.storage.read, where);
  }

  /** @throws not found */
  async get(id: string): Promise<V1Pool> {
    const [pool] = await readPools(this.#deps.storage.read, { id });
    if (pool === undefined) throw noSuch('pools', id);
    return pool;
  }

  async create(
    caller: Caller,
    projectId: string,
    { spec, subnetId, provider = this.#deps.settings.defaultProvider }: V1PoolCreate,
  ): Promise<V1Pool> {
    const { settings, random, clock } = this.#deps;
    if (!Object.hasOwn(settings.providers, provider)) {
      throw refuse('ERR_PROVIDER_NOT_ENABLED', { provider });
    }
    await checkSubnets(this.#deps, caller, [subnetId]);
    const now = isoNow(clock);
    const root = { id: random.uuid(), projectId, provider, now };
    const plain = { name: spec.name ?? '', description: spec.description ?? '' };
    const loadbalancer = newLoadBalancer(plain, root, NO_VIP);
    const identity = { id: random.uuid(), projectId, loadbalancerId: root.id, now };
    const pool = newPool(spec, identity, settings);
    checkPool(pool, pool, settings, 'create');
    return acceptChange(this.#deps, async (unit) => {
      const wanted = { loadbalancers: 1, pools: 1 };
      await checkQuota(unit.repositories, settings.quotas, projectId, wanted);
      await unit.insert('loadbalancers', loadbalancer);
      await unit.insert('pools', pool);
      const known = { pool_id: pool.id, subnet_id: subnetId, owns_loadbalancer: true };
      await unit.repositories.v1Pools.insert(known);
      return this.#outcome(unit, 'create', pool);
    });
  }

  /** The load balancer goes with its pool, unless something of another API lives on it. */
  async delete(id: string): Promise<void> {
    const known = await getRow(this.#deps.storage.read, 'pools', id);
    await acceptChange(this.#deps, async (unit) => {
      const { repositories } = unit;
      const listeners = await repositories.listeners.list({ where: { default_pool_id: id } });
      const [vip] = listeners;
      if (vip !== undefined) throw refuse('ERR_POOL_HAS_VIP', { id });
      if (await this.#isAlone(unit, known)) {
        await claimLoadBalancer(unit, known.loadbalancer_id, 'delete');
        await unit.pend('loadbalancers', known.loadbalancer_id, 'PENDING_DELETE');
        await unit.pend('pools', id, 'PENDING_DELETE');
        return { change: deletionOf(known.loadbalancer_id), answer: undefined };
      }
      await claimTree(unit, known.loadbalancer_id);
      await claimRow(unit, 'pools', id);
      await pendListenersOfPool(unit, id);
      await unit.pend('pools', id, 'PENDING_DELETE');
      return { ...(await this.#outcome(unit, 'delete', known)), answer: undefined };
    });
  }

  /** As last reported, of the listeners that send to the pool; asks the agent for newer numbers. */
  async statistics(pool: Pool): Promise<Statistics> {
    const { read } = this.#deps.storage;
    const listeners = await read.listeners.list({ where: { default_pool_id: pool.id } });
    const stored = await Promise.all(listeners.map(({ id }) => read.statistics.forListener(id)));
    this.#deps.driver.requestStatistics(pool.loadbalancer_id);
    return sumStatistics(stored.filter((one) => one !== undefined));
  }

  async loadBalancerOf(pool: Pool): Promise<LoadBalancer> {
    return getRow(this.#deps.storage.read, 'loadbalancers', pool.loadbalancer_id);
  }

  async #isAlone({ repositories }: ChangeUnit, pool: Pool): Promise<boolean> {
    const known = await repositories.v1Pools.find(pool.id);
    if (known?.owns_loadbalancer !== true) return false;
    const where = { loadbalancer_id: pool.loadbalancer_id };
    const [pools, listeners] = [
      await repositories.pools.count(where),
      await repositories.listeners.count(where),
    ];
    return pools === 1 && listeners === 0;
  }

  async #outcome({ repositories }: ChangeUnit, verb: 'create' | 'delete', pool: Pool) {
    const [answer] = await readPools(repositories, { id: pool.id });
    if (answer === undefined) throw noSuch('pools', pool.id);
    const { id, loadbalancer_id: loadbalancerId } = pool;
    return { change: { verb, kind: 'pools' as const, id, loadbalancerId }, answer };
  }
}

function deletionOf(id: string) {
  return { verb: 'delete', kind: 'loadbalancers', id, loadbalancerId: id } as const;
}
