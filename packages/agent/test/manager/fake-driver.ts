// A device driver without devices: keeps what it was given, takes the time it is told to take, and refuses or is
// unavailable when told so.
import { LbaasError, RESOURCE_KINDS, isPending, type ResourceKind } from '@f5-lbaas/model';
import type { OperatingStatus, ServiceDefinition, Statistics } from '@f5-lbaas/model';
import type { Clock } from '@f5-lbaas/platform';
import type { IcontrolEndpoint, ObjectReport } from '@f5-lbaas/rpc';
import type {
  AgentDriver,
  ResyncMode,
  ServiceOutcome,
  ServicePlan,
  TenantResync,
} from '../../src/driver/agent-driver.ts';
import { objectsOf } from '../../src/manager/outcomes.ts';

type ResyncListener = (tenants: readonly string[] | 'all', reason: string) => void;

export class FakeDriver implements AgentDriver {
  operational = true;
  /** Time one application takes. */
  applyMs = 0;
  /** Load balancer id -> what the device says when it refuses. */
  readonly refusals = new Map<string, string>();
  readonly orphans = new Map<string, TenantResync['orphans']>();
  health: Partial<Record<ResourceKind, Record<string, OperatingStatus>>> = {};
  statistics: Record<string, Statistics> = {};
  score = 0;
  readonly esds = new Set<string>();

  /** `<lb>@<revision>` in the order of applications. */
  readonly applied: string[] = [];
  readonly resynced: { tenantId: string; loadbalancers: string[] }[] = [];
  readonly modes: ResyncMode[] = [];
  /** By tenant. */
  readonly differences = new Map<string, ServicePlan[]>();
  readonly removed: string[] = [];
  /** What is on the devices. */
  readonly devices = new Map<string, ServiceDefinition>();
  mostAtOnce = 0;
  mostOfOneTenant = 0;
  healthPolls = 0;

  readonly #clock: Clock;
  readonly #listeners: ResyncListener[] = [];
  readonly #running: string[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(): void {
    // Nothing to connect to.
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  onResyncNeeded(listener: ResyncListener): void {
    this.#listeners.push(listener);
  }

  askForResync(tenants: readonly string[] | 'all', reason = 'test'): void {
    for (const listener of this.#listeners) listener(tenants, reason);
  }

  endpoints(): Record<string, IcontrolEndpoint> {
    return {
      'bigip-a': {
        status: this.operational ? 'active' : 'error',
        status_message: '',
        failover_state: this.operational ? 'active' : 'unknown',
      },
    };
  }

  capacityScore(): Promise<number> {
    return Promise.resolve(this.score);
  }

  async applyService(service: ServiceDefinition, signal: AbortSignal): Promise<ServiceOutcome> {
    this.#assertAvailable();
    const { id, tenant_id: tenantId } = service.loadbalancer;
    this.#running.push(tenantId);
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#running.length);
    const ofTenant = this.#running.filter((running) => running === tenantId).length;
    this.mostOfOneTenant = Math.max(this.mostOfOneTenant, ofTenant);
    try {
      if (this.applyMs > 0) await this.#clock.sleep(this.applyMs, signal);
      this.#assertAvailable();
      this.applied.push(`${id}@${String(service.revision ?? 'none')}`);
      return this.#apply(service);
    } finally {
      this.#running.splice(this.#running.indexOf(tenantId), 1);
    }
  }

  esdNames(): Promise<readonly string[]> {
    return Promise.resolve([...this.esds].sort());
  }

  planService(): Promise<ServicePlan[]> {
    return Promise.resolve([]);
  }

  resyncTenant(
    tenantId: string,
    services: readonly ServiceDefinition[],
    _signal: AbortSignal,
    mode: ResyncMode = 'repair',
  ): Promise<TenantResync> {
    if (!this.operational) return Promise.reject(unavailable());
    this.modes.push(mode);
    this.resynced.push({ tenantId, loadbalancers: services.map((s) => s.loadbalancer.id) });
    return Promise.resolve({
      tenantId,
      outcomes: services.map((service) => this.#apply(service)),
      differences: this.differences.get(tenantId) ?? [],
      orphans: this.orphans.get(tenantId) ?? [],
    });
  }

  removeOrphans(tenantId: string, orphans: TenantResync['orphans']): Promise<void> {
    this.removed.push(...orphans.map((orphan) => `${orphan.kind}/${orphan.id}`));
    const left = (this.orphans.get(tenantId) ?? []).filter((orphan) => !orphans.includes(orphan));
    if (left.length === 0) this.orphans.delete(tenantId);
    else this.orphans.set(tenantId, left);
    return Promise.resolve();
  }

  listTenants(): Promise<string[]> {
    if (!this.operational) return Promise.reject(unavailable());
    const tenants = [...this.devices.values()].map((service) => service.loadbalancer.tenant_id);
    return Promise.resolve([...new Set([...tenants, ...this.orphans.keys()])]);
  }

  pollHealth(): Promise<FakeDriver['health']> {
    this.healthPolls += 1;
    return Promise.resolve(this.health);
  }

  pollStatistics(services: readonly ServiceDefinition[]): Promise<Record<string, Statistics>> {
    const ids = services.flatMap((service) => service.listeners.map((listener) => listener.id));
    return Promise.resolve(
      Object.fromEntries(Object.entries(this.statistics).filter(([id]) => ids.includes(id))),
    );
  }

  updateForwarding(): Promise<void> {
    return Promise.resolve();
  }

  tunnelEndPoints(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  #apply(service: ServiceDefinition): ServiceOutcome {
    const { id } = service.loadbalancer;
    const refusal = this.refusals.get(id);
    const objects: ServiceOutcome['objects'] = {};
    for (const kind of RESOURCE_KINDS) {
      const reports = objectsOf(service)[kind].map((object): [string, ObjectReport] => {
        if (refusal !== undefined && isPending(object.provisioning_status)) {
          return [object.id, { provisioning_status: 'ERROR', reason: refusal }];
        }
        const isGone = object.provisioning_status === 'PENDING_DELETE';
        return [object.id, { provisioning_status: isGone ? 'DELETED' : 'ACTIVE' }];
      });
      if (reports.length > 0) objects[kind] = Object.fromEntries(reports);
    }
    if (refusal === undefined) {
      if (service.loadbalancer.provisioning_status === 'PENDING_DELETE') this.devices.delete(id);
      else this.devices.set(id, service);
    }
    return { loadbalancerId: id, objects, skippedDevices: [] };
  }

  #assertAvailable(): void {
    if (!this.operational) throw unavailable();
  }
}

function unavailable(): LbaasError {
  return new LbaasError('unavailable', 'ERR_NO_DEVICE', 'No device is reachable.');
}
