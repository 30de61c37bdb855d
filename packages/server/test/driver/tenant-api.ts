// Accepted API changes as the domain service writes them, reduced to what the driver depends on: statuses,
// the delete mark, and the driver's record in the same transaction.
import { isDeletable, isMutable, type ResourceKind } from '@f5-lbaas/model';
import { isoNow, type Clock } from '@f5-lbaas/platform';
import type { Repositories, Storage } from '@f5-lbaas/storage';
import {
  aHealthMonitorRow,
  aListenerRow,
  aLoadBalancerRow,
  aMemberRow,
  anL7PolicyRow,
  aPoolRow,
} from '@f5-lbaas/testkit';
import type { ChangeVerb, ProviderDriver } from '../../src/driver/provider-driver.ts';
import type { InMemoryNeutron } from './in-memory-neutron.ts';

const NEW = {
  provisioning_status: 'PENDING_CREATE',
  revision: 0,
  operating_status: 'OFFLINE',
} as const;
type Touched = { kind: ResourceKind; id: string }[];

/** The load balancer's state does not allow the change: what the API answers 409. */
export class RefusedError extends Error {}

export class TenantApi {
  readonly #deps: {
    storage: Storage;
    driver: ProviderDriver;
    clock: Clock;
    neutron: InMemoryNeutron;
  };

  constructor(deps: {
    storage: Storage;
    driver: ProviderDriver;
    clock: Clock;
    neutron: InMemoryNeutron;
  }) {
    this.#deps = deps;
  }

  async createLoadBalancer(
    given: Partial<ReturnType<typeof aLoadBalancerRow>> = {},
  ): Promise<string> {
    const { neutron } = this.#deps;
    const network = neutron.addNetwork();
    const subnet = neutron.addSubnet({ network_id: network.id });
    const port = neutron.addPort({
      network_id: network.id,
      fixed_ips: [{ subnet_id: subnet.id, ip_address: '10.0.0.10' }],
    });
    const row = aLoadBalancerRow({
      ...NEW,
      applied_revision: 0,
      vip_port_id: port.id,
      vip_subnet_id: subnet.id,
      vip_network_id: network.id,
      created_at: isoNow(this.#deps.clock),
      ...given,
    });
    try {
      await this.#accept('create', 'loadbalancers', row.id, row.id, async (r) => {
        await r.loadbalancers.insert(row);
        return [];
      });
    } catch (error) {
      neutron.ports.delete(port.id);
      throw error;
    }
    return row.id;
  }

  createListener(lb: string, poolId: string | null = null): Promise<string> {
    const row = aListenerRow({ ...NEW, loadbalancer_id: lb, default_pool_id: poolId });
    return this.#below('create', 'listeners', row.id, lb, async (r) => {
      await r.listeners.insert(row);
      return [];
    });
  }

  createPool(lb: string): Promise<string> {
    const row = aPoolRow({ ...NEW, loadbalancer_id: lb });
    return this.#below('create', 'pools', row.id, lb, async (r) => {
      await r.pools.insert(row);
      return [];
    });
  }

  createMember(lb: string, pool: string, address = '10.0.1.1'): Promise<string> {
    const row = aMemberRow({ ...NEW, loadbalancer_id: lb, pool_id: pool, address });
    return this.#below('create', 'members', row.id, lb, async (r) => {
      await r.members.insert(row);
      return [{ kind: 'pools', id: pool }];
    });
  }

  createHealthMonitor(lb: string, pool: string): Promise<string> {
    const row = aHealthMonitorRow({ ...NEW, loadbalancer_id: lb, pool_id: pool });
    return this.#below('create', 'healthmonitors', row.id, lb, async (r) => {
      await r.healthmonitors.insert(row);
      return [];
    });
  }

  createL7Policy(lb: string, listener: string, position: number): Promise<string> {
    const row = anL7PolicyRow({ ...NEW, loadbalancer_id: lb, listener_id: listener, position });
    return this.#below('create', 'l7policies', row.id, lb, async (r) => {
      await r.l7policies.insert(row);
      return [];
    });
  }

  async rename(kind: Exclude<ResourceKind, 'loadbalancers'>, id: string, lb: string) {
    await this.#below('update', kind, id, lb, async (r) => {
      await r.resource(kind).update(id, {
        name: `renamed at ${this.#deps.clock.nowMs()}`,
        provisioning_status: 'PENDING_UPDATE',
      });
      return [];
    });
  }

  async remove(kind: Exclude<ResourceKind, 'loadbalancers'>, id: string, lb: string) {
    await this.#below('delete', kind, id, lb, async (r) => {
      await r.resource(kind).update(id, {
        provisioning_status: 'PENDING_DELETE',
        delete_requested: true,
      });
      return [];
    });
  }

  async deleteLoadBalancer(id: string): Promise<void> {
    await this.#accept('delete', 'loadbalancers', id, id, async (r) => {
      const { provisioning_status: status } = await r.loadbalancers.lock(id);
      if (!isDeletable(status)) throw new RefusedError(status);
      await r.loadbalancers.update(id, {
        provisioning_status: 'PENDING_DELETE',
        delete_requested: true,
      });
      return [];
    });
  }

  #below(
    verb: ChangeVerb,
    kind: ResourceKind,
    id: string,
    lb: string,
    write: (r: Repositories) => Promise<Touched>,
  ): Promise<string> {
    return this.#accept(verb, kind, id, lb, async (r) => {
      const { provisioning_status: status } = await r.loadbalancers.lock(lb);
      if (!isMutable(status)) throw new RefusedError(status);
      const touched = await write(r);
      for (const parent of touched) {
        await r.resource(parent.kind).update(parent.id, { provisioning_status: 'PENDING_UPDATE' });
      }
      await r.loadbalancers.update(lb, { provisioning_status: 'PENDING_UPDATE' });
      return [...touched, { kind, id }];
    });
  }

  async #accept(
    verb: ChangeVerb,
    kind: ResourceKind,
    id: string,
    loadbalancerId: string,
    write: (r: Repositories) => Promise<Touched>,
  ): Promise<string> {
    const change = { verb, kind, id, loadbalancerId };
    const { storage, driver } = this.#deps;
    await storage.transaction(async (r) => {
      const touched = await write(r);
      await driver.record(r, change, [...touched, { kind: 'loadbalancers', id: loadbalancerId }]);
    });
    driver.notify(change);
    return id;
  }
}
