// What became of each object of a service, from what failed on the devices.
import type {
  OperatingStatus,
  ProvisioningStatus,
  ResourceKind,
  ServiceDefinition,
} from '@f5-lbaas/model';
import type { ObjectReport } from '@f5-lbaas/rpc';
import { l7PoliciesOf, l7RulesOf } from '../compile/service-view.ts';
import { ownerKey, type OwnerKey } from '../plan/desired-partition.ts';
import type { ServiceOutcome } from './agent-driver.ts';

interface Reported {
  id: string;
  provisioning_status: ProvisioningStatus;
  operating_status?: OperatingStatus;
  admin_state_up: boolean;
}

/** An object, and what it goes down with. */
interface Entry {
  kind: ResourceKind;
  object: Reported;
  parent: Entry | undefined;
  /** Operating status of a new object that is up; null: the first health poll tells. */
  initially: OperatingStatus | null;
}

function entriesOf(service: ServiceDefinition): Entry[] {
  const root: Entry = {
    kind: 'loadbalancers',
    object: service.loadbalancer,
    parent: undefined,
    initially: 'ONLINE',
  };
  const child = (
    kind: ResourceKind,
    object: Reported,
    parent: Entry | undefined,
    initially: OperatingStatus | null = 'ONLINE',
  ): Entry => ({ kind, object, parent: parent ?? root, initially });
  const listeners = service.listeners.map((one) => child('listeners', one, root));
  const pools = service.pools.map((one) => child('pools', one, root));
  const policies = l7PoliciesOf(service).map((one) =>
    child('l7policies', one, find(listeners, one.listener_id)),
  );
  const monitored = new Set(
    service.healthmonitors
      .filter((one) => one.admin_state_up && !isGoing(one))
      .map(({ pool_id }) => pool_id),
  );
  return [
    root,
    ...listeners,
    ...pools,
    ...service.members.map((one) =>
      child(
        'members',
        one,
        find(pools, one.pool_id),
        monitored.has(one.pool_id) ? null : 'NO_MONITOR',
      ),
    ),
    ...service.healthmonitors.map((one) => child('healthmonitors', one, find(pools, one.pool_id))),
    ...policies,
    ...l7RulesOf(service).map((one) => child('l7rules', one, find(policies, one.policy_id))),
  ];
}

function find(entries: readonly Entry[], id: string): Entry | undefined {
  return entries.find(({ object }) => object.id === id);
}

function isGoing(object: { provisioning_status: ProvisioningStatus }): boolean {
  return (
    object.provisioning_status === 'PENDING_DELETE' || object.provisioning_status === 'DELETED'
  );
}

/** The entry that is deleted and takes this one along; undefined when it stays. */
function deletedWith(entry: Entry): Entry | undefined {
  const above = entry.parent === undefined ? undefined : deletedWith(entry.parent);
  return above ?? (isGoing(entry.object) ? entry : undefined);
}

function operatingStatus({ object, initially }: Entry): OperatingStatus | null {
  if (!object.admin_state_up) return 'OFFLINE';
  if (object.provisioning_status === 'PENDING_CREATE') return initially;
  const wasDown = object.operating_status === 'OFFLINE';
  return object.provisioning_status === 'PENDING_UPDATE' && wasDown ? initially : null;
}

function reportOf(entry: Entry, failures: ReadonlyMap<OwnerKey, string>): ObjectReport {
  const root = deletedWith(entry);
  const own = failures.get(ownerKey({ kind: entry.kind, id: entry.object.id }));
  const reason = own ?? (root && failures.get(ownerKey({ kind: root.kind, id: root.object.id })));
  if (reason !== undefined) return { provisioning_status: 'ERROR', reason };
  if (root !== undefined) return { provisioning_status: 'DELETED' };
  const operating_status = operatingStatus(entry);
  return {
    provisioning_status: 'ACTIVE',
    ...(operating_status === null ? {} : { operating_status }),
  };
}

export function outcomeOf(
  service: ServiceDefinition,
  failures: ReadonlyMap<OwnerKey, string>,
  skippedDevices: string[],
): ServiceOutcome {
  const objects: ServiceOutcome['objects'] = {};
  for (const entry of entriesOf(service)) {
    (objects[entry.kind] ??= {})[entry.object.id] = reportOf(entry, failures);
  }
  return { loadbalancerId: service.loadbalancer.id, objects, skippedDevices };
}

/** Objects of a service that were in error before this run. */
export function knownBadOf(service: ServiceDefinition): Set<OwnerKey> {
  return new Set(
    entriesOf(service)
      .filter(({ object }) => object.provisioning_status === 'ERROR')
      .map(({ kind, object }) => ownerKey({ kind, id: object.id })),
  );
}

/** Objects of a service that something was to be done with. */
export function pendingIn(service: ServiceDefinition): OwnerKey[] {
  return entriesOf(service)
    .filter(({ object: { provisioning_status: status } }) => status !== 'ACTIVE')
    .map(({ kind, object }) => ownerKey({ kind, id: object.id }));
}

/** Nothing of the service is pending or in error: the devices should show it as it is. */
export function isSettled(service: ServiceDefinition): boolean {
  return entriesOf(service).every(({ object }) => object.provisioning_status === 'ACTIVE');
}
