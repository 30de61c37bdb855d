// Reading and making outcomes of an application.
import {
  RESOURCE_KINDS,
  isPending,
  type ProvisioningStatus,
  type ResourceKind,
  type ServiceDefinition,
} from '@f5-lbaas/model';
import type { ObjectReport } from '@f5-lbaas/rpc';
import type { ServiceOutcome } from '../driver/agent-driver.ts';

type Listed = { id: string; provisioning_status: ProvisioningStatus };

/** The objects of a service definition, by kind. */
export function objectsOf(service: ServiceDefinition): Record<ResourceKind, readonly Listed[]> {
  return {
    loadbalancers: [service.loadbalancer],
    listeners: service.listeners,
    pools: service.pools,
    members: service.members,
    healthmonitors: service.healthmonitors,
    l7policies: service.l7policies,
    l7rules: service.l7policy_rules,
  };
}

function reportsOf(outcome: ServiceOutcome): ObjectReport[] {
  return RESOURCE_KINDS.flatMap((kind) => Object.values(outcome.objects[kind] ?? {}));
}

/** The load balancer itself is gone from the devices. */
export function isRemoved(outcome: ServiceOutcome): boolean {
  const report = outcome.objects.loadbalancers?.[outcome.loadbalancerId];
  return report?.provisioning_status === 'DELETED';
}

export function hasErrors(outcome: ServiceOutcome): boolean {
  return reportsOf(outcome).some((report) => report.provisioning_status === 'ERROR');
}

/** Whether the server would learn anything from this outcome: it waits for something, or something failed. */
export function isWorthReporting(service: ServiceDefinition, outcome: ServiceOutcome): boolean {
  const waits = RESOURCE_KINDS.some((kind) =>
    objectsOf(service)[kind].some((object) => object.provisioning_status !== 'ACTIVE'),
  );
  return waits || reportsOf(outcome).some((report) => report.provisioning_status !== 'ACTIVE');
}

/** Outcome of an application that failed as a whole: what was to change, and the load balancer, are in ERROR. */
export function failedOutcome(service: ServiceDefinition, reason: string): ServiceOutcome {
  const failed: ObjectReport = { provisioning_status: 'ERROR', reason };
  const objects: ServiceOutcome['objects'] = {};
  for (const kind of RESOURCE_KINDS) {
    const ids = objectsOf(service)
      [kind].filter((object) => isPending(object.provisioning_status))
      .map((object) => object.id);
    if (ids.length > 0) objects[kind] = Object.fromEntries(ids.map((id) => [id, failed]));
  }
  objects.loadbalancers = { [service.loadbalancer.id]: failed };
  return { loadbalancerId: service.loadbalancer.id, objects, skippedDevices: [] };
}
