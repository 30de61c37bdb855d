// Health monitors: create, read, change, delete. None is added to a pool that has one; LBaaS v1 does that its own way.
import type { HealthMonitor, Pool } from '@f5-lbaas/model';

import { changesFrom } from '../change/attributes.ts';
import { acceptChange, type ChangeUnit } from '../change/accept-change.ts';
import {
  checkHealthMonitor,
  checkNewHealthMonitor,
  healthMonitorDefaults,
  newHealthMonitor,
  type HealthMonitorChanges,
  type HealthMonitorSpec,
} from './health-monitor-row.ts';
import { getRow, listRows, type ListRequest } from '../reading/listing.ts';
import { checkQuota } from '../quotas/quota-check.ts';
import { refuse } from '../refusals.ts';
import type { ServiceDeps } from '../service-deps.ts';
import { claimPool, claimRow } from '../change/state-gate.ts';

export class HealthMonitorService {
  readonly #deps: ServiceDeps;

  constructor(deps: ServiceDeps) {
    this.#deps = deps;
  }

  async list(request: ListRequest): Promise<HealthMonitor[]> {
    return listRows(this.#deps.storage.read, 'healthmonitors', request);
  }

  async get(id: string): Promise<HealthMonitor> {
    return getRow(this.#deps.storage.read, 'healthmonitors', id);
  }

  async create(pool: Pool, spec: HealthMonitorSpec): Promise<HealthMonitor> {
    const { settings, random } = this.#deps;
    return acceptChange(this.#deps, async (unit) => {
      const { repositories } = unit;
      const identity = {
        id: random.uuid(),
        projectId: pool.project_id,
        loadbalancerId: pool.loadbalancer_id,
        poolId: pool.id,
        now: unit.now,
      };
      const monitor = newHealthMonitor(spec, identity);
      checkNewHealthMonitor(monitor, pool.protocol, settings);
      await checkQuota(repositories, settings.quotas, pool.project_id, { healthmonitors: 1 });
      await claimPool(unit, pool);
      const [other] = await repositories.healthmonitors.list({ where: { pool_id: pool.id } });
      if (other !== undefined) {
        throw refuse('ERR_POOL_HAS_MONITOR', { id: pool.id, healthmonitor_id: other.id });
      }
      await unit.insert('healthmonitors', monitor);
      return this.#outcome(unit, 'create', monitor.id);
    });
  }

  async update(id: string, input: HealthMonitorChanges): Promise<HealthMonitor> {
    const { settings, storage } = this.#deps;
    const known = await getRow(storage.read, 'healthmonitors', id);
    return acceptChange(this.#deps, async (unit) => {
      const pool = await getRow(unit.repositories, 'pools', known.pool_id);
      const { delay, timeout, max_retries } = input;
      const changes = {
        ...changesFrom(input, healthMonitorDefaults(known.type)),
        ...(delay === undefined ? {} : { delay }),
        ...(timeout === undefined ? {} : { timeout }),
        ...(max_retries === undefined ? {} : { max_retries }),
      };
      checkHealthMonitor({ ...known, ...changes }, pool.protocol, settings);
      await claimPool(unit, pool);
      await claimRow(unit, 'healthmonitors', id);
      await unit.revise('healthmonitors', id, changes);
      return this.#outcome(unit, 'update', id);
    });
  }

  async delete(id: string): Promise<void> {
    const known = await getRow(this.#deps.storage.read, 'healthmonitors', id);
    await acceptChange(this.#deps, async (unit) => {
      await claimPool(unit, await getRow(unit.repositories, 'pools', known.pool_id));
      await claimRow(unit, 'healthmonitors', id);
      await unit.pend('healthmonitors', id, 'PENDING_DELETE');
      return this.#outcome(unit, 'delete', id);
    });
  }

  async #outcome(unit: ChangeUnit, verb: 'create' | 'update' | 'delete', id: string) {
    const row = await unit.repositories.healthmonitors.get(id);
    return {
      change: { verb, kind: 'healthmonitors' as const, id, loadbalancerId: row.loadbalancer_id },
      answer: row,
    };
  }
}
