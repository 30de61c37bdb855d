// What goes to a device together in deployment mode `iapp`: a pool with what is below it and what is in front of it.
import type { ServiceDefinition } from '@f5-lbaas/model';
import { l7PoliciesOf, l7RulesOf } from '../compile/service-view.ts';
import type { Owner } from '../object-types/device-object.ts';

interface Part {
  owner: Owner;
  /** Something was to be done with it, or went wrong before. */
  isOpen: boolean;
}

type Resource = { id: string; provisioning_status: string };

function partsOf(kind: Owner['kind'], resources: readonly Resource[]): Part[] {
  return resources.map(({ id, provisioning_status: status }) => ({
    owner: { kind, id },
    isOpen: status !== 'ACTIVE' && status !== 'DELETED',
  }));
}

function listenerParts(
  service: ServiceDefinition,
  isOurs: (listener: ServiceDefinition['listeners'][0]) => boolean,
): Part[] {
  const listeners = service.listeners.filter(isOurs);
  const listenerIds = new Set(listeners.map(({ id }) => id));
  const policies = l7PoliciesOf(service).filter((one) => listenerIds.has(one.listener_id));
  const policyIds = new Set(policies.map(({ id }) => id));
  const rules = l7RulesOf(service).filter((one) => policyIds.has(one.policy_id));
  return [
    ...partsOf('listeners', listeners),
    ...partsOf('l7policies', policies),
    ...partsOf('l7rules', rules),
  ];
}

/** Also of what is on its way out. */
export function partsOfPool(service: ServiceDefinition, poolId: string): Part[] {
  const isOfPool = (one: { pool_id: string }): boolean => one.pool_id === poolId;
  return [
    ...partsOf(
      'pools',
      service.pools.filter(({ id }) => id === poolId),
    ),
    ...listenerParts(service, (listener) => listener.default_pool_id === poolId),
    ...partsOf('members', service.members.filter(isOfPool)),
    ...partsOf('healthmonitors', service.healthmonitors.filter(isOfPool)),
  ];
}

export function partsOfListener(service: ServiceDefinition, listenerId: string): Part[] {
  return listenerParts(service, ({ id }) => id === listenerId);
}

/** Whom the application service of a pool stands for: what is being changed, or the pool. */
export function ownersOfPoolService(service: ServiceDefinition, poolId: string): Owner[] {
  const open = partsOfPool(service, poolId).filter(({ isOpen }) => isOpen);
  return open.length === 0 ? [{ kind: 'pools', id: poolId }] : open.map(({ owner }) => owner);
}
