// Vips of LBaaS v1: a listener, and the address that its load balancer gets with it and loses with it.
import type { Listener, LoadBalancer, Pool } from '@f5-lbaas/model';
import type { Condition } from '@f5-lbaas/storage';

import { acceptChange, type ChangeUnit } from '../change/accept-change.ts';
import { claimRow, claimTree, noSuch } from '../change/state-gate.ts';
import { newListener, type ListenerSpec } from '../listeners/listener-row.ts';
import { checkPoolProtocol } from '../listeners/listener-service.ts';
import {
  checkPersistence,
  settlePersistence,
  type SessionPersistenceChange,
} from '../pools/session-persistence.ts';
import { checkQuota } from '../quotas/quota-check.ts';
import { getRow } from '../reading/listing.ts';
import { refuse } from '../refusals.ts';
import type { Caller, ServiceDeps } from '../service-deps.ts';
import { settleVipClaim } from '../vip/vip-claims.ts';
import { VipService, type VipColumns } from '../vip/vip-service.ts';
import { swapPools } from './pool-moves.ts';
import { NO_VIP } from './v1-pool-service.ts';
import { readVips, type V1Vip } from './v1-reading.ts';

export interface V1VipCreate {
  spec: ListenerSpec;
  poolId: string;
  subnetId: string;
  address: string | null;
  persistence: SessionPersistenceChange | null;
}

export interface V1VipChanges {
  listener: Partial<Pick<Listener, 'name' | 'description' | 'connection_limit' | 'admin_state_up'>>;
  poolId?: string | undefined;
  persistence: SessionPersistenceChange | null;
}

export class V1VipService {
  readonly #deps: ServiceDeps;
  readonly #vips: VipService;

  constructor(deps: ServiceDeps) {
    this.#deps = deps;
    this.#vips = new VipService(deps);
  }

  list(where: Record<string, Condition>): Promise<V1Vip[]> {
    return readVips(this.#deps.storage.read, where);
  }

  /** @throws not found */
  async get(id: string): Promise<V1Vip> {
    const [vip] = await readVips(this.#deps.storage.read, { id });
    if (vip === undefined) throw refuse('ERR_NO_SUCH_RESOURCE', { resource: 'Vip', id });
    return vip;
  }

  /** Makes the address in Neutron when the pool's load balancer has none yet. */
  async create(caller: Caller, request: V1VipCreate): Promise<V1Vip> {
    const { storage, rules, random } = this.#deps;
    const pool = await getRow(storage.read, 'pools', request.poolId);
    checkPoolProtocol(rules, pool.protocol, request.spec.protocol);
    checkPersistence(settlePersistence(request.persistence, null), pool.protocol, 'create');
    const loadbalancer = await getRow(storage.read, 'loadbalancers', pool.loadbalancer_id);
    const id = random.uuid();
    if (loadbalancer.vip_address !== null) {
      checkSamePlace(loadbalancer, pool, request);
      return this.#store(id, pool, request, undefined);
    }
    const wanted = { vip_subnet_id: request.subnetId, vip_address: request.address };
    const plan = await this.#vips.plan(caller, wanted);
    const vip = await this.#vips.claim(plan, id, pool.project_id);
    try {
      return await this.#store(id, pool, request, vip);
    } catch (error) {
      if (vip.vip_port_id !== null)
        await this.#vips.release(id, vip.vip_port_id, vip.vip_port_owned);
      throw error;
    }
  }

  /** @param vip the address that the load balancer gets; undefined: it has one */
  async #store(
    id: string,
    { id: poolId }: Pool,
    { spec, persistence }: V1VipCreate,
    vip: VipColumns | undefined,
  ): Promise<V1Vip> {
    const { settings } = this.#deps;
    return acceptChange(this.#deps, async (unit) => {
      const pool = await getRow(unit.repositories, 'pools', poolId);
      await checkQuota(unit.repositories, settings.quotas, pool.project_id, { listeners: 1 });
      const loadbalancer = await claimTree(unit, pool.loadbalancer_id);
      await claimRow(unit, 'pools', poolId);
      await checkNoVip(unit, poolId);
      if (vip !== undefined && loadbalancer.vip_address !== null) {
        throw refuse('ERR_POOL_TAKES_NO_VIP', { id: poolId });
      }
      if (vip !== undefined) {
        await settleVipClaim(unit.repositories, id);
        await unit.pend('loadbalancers', loadbalancer.id, 'PENDING_UPDATE', vip);
      }
      const identity = {
        id,
        projectId: pool.project_id,
        loadbalancerId: loadbalancer.id,
        now: unit.now,
      };
      const listener = newListener({ ...spec, default_pool_id: poolId }, identity, settings);
      await checkPortFree(unit, listener);
      await unit.insert('listeners', listener);
      const session_persistence = settlePersistence(persistence, null);
      await unit.revise('pools', poolId, { session_persistence });
      return outcome(unit, 'create', listener);
    });
  }

  /** A session persistence that is not given is taken away, as v1 does. */
  async update(id: string, { listener, poolId, persistence }: V1VipChanges): Promise<V1Vip> {
    const known = await getRow(this.#deps.storage.read, 'listeners', id);
    return acceptChange(this.#deps, async (unit) => {
      const { repositories } = unit;
      const current = await getRow(repositories, 'listeners', id);
      const target = await getRow(repositories, 'pools', poolId ?? current.default_pool_id ?? '');
      checkPoolProtocol(unit.rules, target.protocol, current.protocol);
      const session_persistence = settlePersistence(persistence, null);
      checkPersistence(session_persistence, target.protocol, 'update');
      const isMoved = target.id !== current.default_pool_id;
      if (isMoved) await checkNoVip(unit, target.id);
      const elsewhere =
        target.loadbalancer_id === current.loadbalancer_id
          ? []
          : [await swapPools(unit, current, target)];
      await claimTree(unit, current.loadbalancer_id);
      await claimRow(unit, 'listeners', id);
      await unit.revise('listeners', id, { ...listener, default_pool_id: target.id });
      await unit.revise('pools', target.id, { session_persistence });
      return { ...(await outcome(unit, 'update', known)), elsewhere };
    });
  }

  /** The address goes with the vip that brought it; its port is given back once the devices let go of it. */
  async delete(id: string): Promise<void> {
    const known = await getRow(this.#deps.storage.read, 'listeners', id);
    await acceptChange(this.#deps, async (unit) => {
      const loadbalancer = await claimTree(unit, known.loadbalancer_id);
      const listener = await claimRow(unit, 'listeners', id);
      if (await broughtAddress(unit, listener)) {
        const { vip_port_id: portId, vip_port_owned: owned } = loadbalancer;
        if (portId !== null && owned) {
          const revision = loadbalancer.revision + 1;
          const row = { port_id: portId, loadbalancer_id: loadbalancer.id, revision };
          await unit.repositories.portReleases.insert(row);
        }
        await unit.pend('loadbalancers', loadbalancer.id, 'PENDING_UPDATE', NO_VIP);
      }
      await unit.pend('listeners', id, 'PENDING_DELETE');
      if (listener.default_pool_id !== null) {
        await unit.revise('pools', listener.default_pool_id, { session_persistence: null });
      }
      const { change } = await outcome(unit, 'delete', listener);
      return { change, answer: undefined };
    });
  }
}

async function outcome(
  { repositories }: ChangeUnit,
  verb: 'create' | 'update' | 'delete',
  { id, loadbalancer_id: loadbalancerId }: Listener,
) {
  const [answer] = await readVips(repositories, { id });
  if (answer === undefined) throw noSuch('listeners', id);
  return { change: { verb, kind: 'listeners' as const, id, loadbalancerId }, answer };
}

async function checkNoVip({ repositories }: ChangeUnit, poolId: string): Promise<void> {
  const taken = await repositories.listeners.count({ default_pool_id: poolId });
  if (taken > 0) throw refuse('ERR_VIP_EXISTS', { id: poolId });
}

async function checkPortFree({ repositories }: ChangeUnit, listener: Listener): Promise<void> {
  const { loadbalancer_id, protocol, protocol_port } = listener;
  const taken = await repositories.listeners.count({ loadbalancer_id, protocol_port });
  if (taken === 0) return;
  throw refuse('ERR_LISTENER_PORT_IN_USE', { loadbalancer_id, protocol, protocol_port });
}

/** A pool whose load balancer has an address takes a vip at that address only. */
function checkSamePlace(loadbalancer: LoadBalancer, pool: Pool, request: V1VipCreate): void {
  const fits =
    request.subnetId === loadbalancer.vip_subnet_id &&
    (request.address === null || request.address === loadbalancer.vip_address);
  if (!fits) throw refuse('ERR_POOL_TAKES_NO_VIP', { id: pool.id });
}

/** The load balancer is v1's, and nobody else uses its address. */
async function broughtAddress({ repositories }: ChangeUnit, listener: Listener): Promise<boolean> {
  const known = await repositories.v1Pools.find(listener.default_pool_id ?? '');
  if (known?.owns_loadbalancer !== true) return false;
  const { loadbalancer_id } = listener;
  return (await repositories.listeners.count({ loadbalancer_id })) === 1;
}
