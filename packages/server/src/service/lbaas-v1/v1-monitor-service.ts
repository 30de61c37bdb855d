// Health monitors of LBaaS v1: they belong to a tenant and are associated with pools. Each association is a monitor
// of the pool, which is all that the devices and the other APIs know; a monitor made by another API is shown as one
// that is associated with its pool.
import type { HealthMonitor, Pool } from '@f5-lbaas/model';
import { isoNow } from '@f5-lbaas/platform';
import type { Condition, Repositories, V1MonitorRow } from '@f5-lbaas/storage';

import { acceptChange, type ChangeUnit } from '../change/accept-change.ts';
import { claimPool, claimRow, noSuch } from '../change/state-gate.ts';
import { checkHealthMonitor, newHealthMonitor } from '../health-monitors/health-monitor-row.ts';
import { checkQuota } from '../quotas/quota-check.ts';
import { getRow, listRows } from '../reading/listing.ts';
import { refuse } from '../refusals.ts';
import type { ServiceDeps } from '../service-deps.ts';
import { monitorIds } from './v1-reading.ts';

export type V1MonitorAttributes = Omit<V1MonitorRow, 'id' | 'project_id' | 'created_at'>;

export interface V1Monitor {
  monitor: Omit<V1MonitorRow, 'created_at'>;
  /** One per pool that it is associated with. */
  rows: HealthMonitor[];
  /** Kept as a monitor of v1; otherwise another API made it. */
  isKept: boolean;
}

export class V1MonitorService {
  readonly #deps: ServiceDeps;

  constructor(deps: ServiceDeps) {
    this.#deps = deps;
  }

  async list(where: Record<string, Condition>): Promise<V1Monitor[]> {
    const { read } = this.#deps.storage;
    const kept = await read.v1Monitors.list(where);
    const rows = await listRows(read, 'healthmonitors', { where });
    const names = await monitorIds(read, rows);
    const plain = rows.filter((row) => !names.has(row.id));
    return [
      ...kept.map((monitor) =>
        keptMonitor(
          monitor,
          rows.filter((row) => names.get(row.id) === monitor.id),
        ),
      ),
      ...plain.map(plainMonitor),
    ];
  }

  get(id: string): Promise<V1Monitor> {
    return readMonitor(this.#deps.storage.read, id);
  }

  async create(projectId: string, attributes: V1MonitorAttributes): Promise<V1Monitor> {
    const { storage, settings, random, clock } = this.#deps;
    checkTimes(attributes);
    const identity = { id: random.uuid(), project_id: projectId, created_at: isoNow(clock) };
    const row = { ...attributes, ...identity };
    await storage.transaction(async (repositories) => {
      await checkQuota(repositories, settings.quotas, projectId, { healthmonitors: 1 });
      await repositories.v1Monitors.insert(row);
    });
    return keptMonitor(row, []);
  }

  /** Reaches every pool that it is associated with. */
  async update(id: string, changes: Partial<V1MonitorAttributes>): Promise<V1Monitor> {
    return acceptChange(this.#deps, async (unit) => {
      const { repositories } = unit;
      await repositories.v1Monitors.lock(id);
      const { monitor, rows, isKept } = await readMonitor(repositories, id);
      checkTimes({ ...monitor, ...changes });
      if (isKept) await repositories.v1Monitors.update(id, changes);
      const [first, ...others] = await this.#push(unit, rows, changes);
      return {
        ...(first === undefined ? {} : { change: first.change }),
        elsewhere: others,
        answer: await readMonitor(repositories, id),
      };
    });
  }

  /** @throws conflict while it is associated with a pool */
  async delete(id: string): Promise<void> {
    await this.#deps.storage.transaction(async (repositories) => {
      await repositories.v1Monitors.lock(id);
      const { rows } = await readMonitor(repositories, id);
      if (rows.length > 0) throw refuse('ERR_MONITOR_ASSOCIATED', { id });
      await repositories.v1Monitors.delete(id);
    });
  }

  /** Beside those that the pool has already: all have to succeed. @throws conflict when it is associated */
  async associate(pool: Pool, monitorId: string): Promise<void> {
    const { settings, random } = this.#deps;
    await acceptChange(this.#deps, async (unit) => {
      const { repositories } = unit;
      await repositories.v1Monitors.lock(monitorId);
      const found = await readMonitor(repositories, monitorId);
      await claimPool(unit, pool);
      checkNotAssociated(found, pool);
      await keep(unit, found);
      const { project_id } = found.monitor;
      const identity = {
        id: random.uuid(),
        projectId: project_id,
        loadbalancerId: pool.loadbalancer_id,
        poolId: pool.id,
        now: unit.now,
      };
      const row = newHealthMonitor(attributesOf(found.monitor), identity);
      checkHealthMonitor(row, pool.protocol, settings);
      await unit.insert('healthmonitors', row);
      const association = { healthmonitor_id: row.id, monitor_id: monitorId };
      await repositories.v1Associations.insert(association);
      return { change: changeOf('create', row), answer: undefined };
    });
  }

  /** The monitor itself stays. @throws not found when it is not associated with the pool */
  async disassociate(pool: Pool, monitorId: string): Promise<void> {
    await acceptChange(this.#deps, async (unit) => {
      await unit.repositories.v1Monitors.lock(monitorId);
      const found = await readMonitor(unit.repositories, monitorId);
      const row = associated(found, pool);
      await keep(unit, found);
      await claimPool(unit, pool);
      await claimRow(unit, 'healthmonitors', row.id);
      await unit.pend('healthmonitors', row.id, 'PENDING_DELETE');
      return { change: changeOf('delete', row), answer: undefined };
    });
  }

  /** Writes changes to monitors of pools, one unit per load balancer. */
  async #push(
    unit: ChangeUnit,
    rows: readonly HealthMonitor[],
    changes: Partial<V1MonitorAttributes>,
  ) {
    const units = new Map<string, { change: ReturnType<typeof changeOf>; unit: ChangeUnit }>();
    // In the same order always, so that two such changes do not wait for each other.
    const ordered = rows
      .filter((row) => row.provisioning_status !== 'PENDING_DELETE')
      .sort((a, b) => (a.loadbalancer_id < b.loadbalancer_id ? -1 : 1));
    for (const row of ordered) {
      const pool = await getRow(unit.repositories, 'pools', row.pool_id);
      const own = units.get(row.loadbalancer_id)?.unit ?? (units.size === 0 ? unit : unit.beside());
      checkHealthMonitor({ ...row, ...changes }, pool.protocol, this.#deps.settings);
      await claimPool(own, pool);
      await own.revise('healthmonitors', row.id, changes);
      units.set(row.loadbalancer_id, { change: changeOf('update', row), unit: own });
    }
    return [...units.values()];
  }
}

function changeOf(
  verb: 'create' | 'update' | 'delete',
  { id, loadbalancer_id: loadbalancerId }: HealthMonitor,
) {
  return { verb, kind: 'healthmonitors' as const, id, loadbalancerId };
}

async function readMonitor(repositories: Repositories, id: string): Promise<V1Monitor> {
  const monitor = await repositories.v1Monitors.find(id);
  if (monitor !== undefined) {
    const associations = await repositories.v1Associations.list({ monitor_id: id });
    const ids = associations.map((row) => row.healthmonitor_id);
    return keptMonitor(
      monitor,
      await listRows(repositories, 'healthmonitors', { where: { id: ids } }),
    );
  }
  const row = await repositories.healthmonitors.find(id);
  const isStandIn = (await repositories.v1Associations.find(id)) !== undefined;
  if (row === undefined || isStandIn) throw noSuch('healthmonitors', id);
  return plainMonitor(row);
}

/** With one association the pool's monitor is what counts: another API may have changed it. */
function keptMonitor(stored: V1MonitorRow, rows: HealthMonitor[]): V1Monitor {
  const [only, ...more] = rows;
  const current = only === undefined || more.length > 0 ? stored : only;
  return {
    monitor: { ...attributesOf(current), id: stored.id, project_id: stored.project_id },
    rows,
    isKept: true,
  };
}

function plainMonitor(row: HealthMonitor): V1Monitor {
  const { id, project_id } = row;
  return { monitor: { ...attributesOf(row), id, project_id }, rows: [row], isKept: false };
}

function attributesOf(row: V1MonitorAttributes): V1MonitorAttributes {
  return {
    type: row.type,
    delay: row.delay,
    timeout: row.timeout,
    max_retries: row.max_retries,
    http_method: row.http_method,
    url_path: row.url_path,
    expected_codes: row.expected_codes,
    admin_state_up: row.admin_state_up,
  };
}

/** From here on it exists whether or not it is associated, with the attributes that it has now. */
async function keep({ repositories, now }: ChangeUnit, found: V1Monitor): Promise<void> {
  const { monitor, rows, isKept } = found;
  if (isKept) {
    await repositories.v1Monitors.update(monitor.id, attributesOf(monitor));
    return;
  }
  await repositories.v1Monitors.insert({ ...monitor, created_at: now });
  for (const { id } of rows) {
    await repositories.v1Associations.insert({ healthmonitor_id: id, monitor_id: monitor.id });
  }
}

function checkTimes({ delay, timeout }: Pick<V1MonitorAttributes, 'delay' | 'timeout'>): void {
  if (delay < timeout) throw refuse('ERR_DELAY_BELOW_TIMEOUT', {});
}

function checkNotAssociated({ monitor, rows }: V1Monitor, pool: Pool): void {
  if (!rows.some((row) => row.pool_id === pool.id)) return;
  throw refuse('ERR_ASSOCIATION_EXISTS', { id: pool.id, monitor_id: monitor.id });
}

/** The pool's monitor that stands for it. */
export function associated({ monitor, rows }: V1Monitor, pool: Pool): HealthMonitor {
  const row = rows.find((one) => one.pool_id === pool.id);
  if (row !== undefined) return row;
  throw refuse('ERR_NOT_ASSOCIATED', { id: pool.id, monitor_id: monitor.id });
}
