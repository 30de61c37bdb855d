// What the agent manager knows of a device driver. `iControlDriver` is the one we ship.
import type { ForwardingChange } from '../allocate/forwarding-change.ts';
import type { OperatingStatus, ResourceKind, ServiceDefinition, Statistics } from '@f5-lbaas/model';
import type { IcontrolEndpoint, ObjectReport } from '@f5-lbaas/rpc';
import type { PlannedStep } from '../inspect/planned-step.ts';

/** What became of each object of one service definition. */
export interface ServiceOutcome {
  loadbalancerId: string;
  objects: Partial<Record<ResourceKind, Record<string, ObjectReport>>>;
  /** Devices that were skipped because they are down; they are repaired when they return. */
  skippedDevices: string[];
}

export interface DeviceEvents {
  /** A device is reachable again, or was found without configuration it should have: these tenants need a resync. */
  onResyncNeeded(listener: (tenantIds: readonly string[] | 'all', reason: string) => void): void;
}

/** What would be sent to one device for one load balancer; no steps: it shows the load balancer as it should. */
export interface ServicePlan {
  loadbalancerId: string;
  device: string;
  steps: readonly PlannedStep[];
  /** Parts that cannot be put on a device at all. */
  problems: readonly { kind: ResourceKind; id: string; reason: string }[];
}

/**
 * repair: everything is brought in line. report: load balancers on which nothing is pending or in error are only
 * looked at. look: nothing is written.
 */
export type ResyncMode = 'repair' | 'report' | 'look';

export interface TenantResync {
  tenantId: string;
  outcomes: ServiceOutcome[];
  /** What differed from what had been applied before, by load balancer and device; repaired, unless only looked at. */
  differences: ServicePlan[];
  /** Objects under our prefix that no service explains; candidates only, nothing was deleted. */
  orphans: { kind: ResourceKind; id: string; device: string; fullPath: string }[];
}

export interface AgentDriver extends DeviceEvents {
  /** Starts connecting; returns at once. Devices that are down are retried for ever. */
  start(): void;
  stop(): Promise<void>;
  /** At least one device is ready for provisioning. */
  readonly operational: boolean;
  /** Device host -> state, for the heartbeat. */
  endpoints(): Record<string, IcontrolEndpoint>;
  /** 0..1 by the capacity policy; 0 without one. */
  capacityScore(): Promise<number>;
  /** ESDs of which the devices have something, sorted. Costs calls only when files or devices change. */
  esdNames(signal: AbortSignal): Promise<readonly string[]>;
  /**
   * Makes the devices show this service definition. Idempotent; costs calls in proportion to what differs.
   * Calls for one tenant run in order, for different tenants in parallel.
   * @throws LbaasError kind `unavailable` when no device can take it now: nothing is decided, try again
   */
  applyService(service: ServiceDefinition, signal: AbortSignal): Promise<ServiceOutcome>;
  /**
   * Reads the tenant's whole partition back (a constant number of reads per device) and, as the mode says, repairs
   * what differs.
   * `services` are all load balancers of the tenant that are bound to this agent.
   * @throws as applyService
   */
  resyncTenant(
    tenantId: string,
    services: readonly ServiceDefinition[],
    signal: AbortSignal,
    /** @default 'repair' */
    mode?: ResyncMode,
  ): Promise<TenantResync>;
  /** What applyService would do, for each device that it would write; nothing is written. @throws as applyService */
  planService(service: ServiceDefinition, signal: AbortSignal): Promise<ServicePlan[]>;
  /** Removes confirmed orphans. @throws as applyService */
  removeOrphans(
    tenantId: string,
    orphans: TenantResync['orphans'],
    signal: AbortSignal,
  ): Promise<void>;
  /** Tenants that have a partition on any device, by our naming. @throws as applyService */
  listTenants(signal: AbortSignal): Promise<string[]>;
  /**
   * Health of the given services, read from the active device in a constant number of calls.
   * Objects whose state is unknown are left out. No call at all when there is nothing to ask.
   */
  pollHealth(
    services: readonly ServiceDefinition[],
    signal: AbortSignal,
  ): Promise<Partial<Record<ResourceKind, Record<string, OperatingStatus>>>>;
  /** Whom a tunnelled network reaches; nothing happens for networks that no device takes part in. */
  updateForwarding(change: ForwardingChange, signal: AbortSignal): Promise<void>;
  /** Addresses at which the ready devices end tunnels. Costs calls only after a device was connected. */
  tunnelEndPoints(signal: AbortSignal): Promise<readonly string[]>;
  /** Counters per listener id, summed over devices, in a constant number of calls per device. */
  pollStatistics(
    services: readonly ServiceDefinition[],
    signal: AbortSignal,
  ): Promise<Record<string, Statistics>>;
}
