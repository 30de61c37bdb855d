// The six requests of an ordinary set-up, as the services that arrive one after the other.
import type { ProvisioningStatus, ServiceDefinition } from '@f5-lbaas/model';
import { aService, type ServiceParts } from '@f5-lbaas/testkit';

const LISTENER = { default_pool_id: null, name: 'web' };
const POOL_ID = 'lb-1-pool-1';

const FULL = {
  tenantId: 'tenant-1',
  loadbalancer: { name: 'lb', provisioning_status: 'PENDING_UPDATE' },
} satisfies ServiceParts;

const MEMBERS = [{ address: '127.20.0.1' }, { address: '127.20.0.2' }];

/** Load balancer; listener; pool on it; member; member; monitor. */
export function sixRequests(): ServiceDefinition[] {
  const withPool = { ...LISTENER, default_pool_id: POOL_ID };
  return [
    aService({
      ...FULL,
      loadbalancer: { ...FULL.loadbalancer, provisioning_status: 'PENDING_CREATE' },
    }),
    aService({ ...FULL, listeners: [LISTENER] }),
    aService({ ...FULL, listeners: [withPool], pools: [{}] }),
    aService({ ...FULL, listeners: [withPool], pools: [{}], members: MEMBERS.slice(0, 1) }),
    aService({ ...FULL, listeners: [withPool], pools: [{}], members: MEMBERS }),
    aService({
      ...FULL,
      listeners: [withPool],
      pools: [{}],
      members: MEMBERS,
      healthmonitors: [{}],
    }),
  ];
}

/** All of it at once. */
export function fullService(members = 2): ServiceDefinition {
  return aService({
    ...FULL,
    loadbalancer: { name: 'lb' },
    listeners: [{ ...LISTENER, default_pool_id: POOL_ID }],
    pools: [{}],
    members: Array.from({ length: members }, (_, n) => ({
      address: `127.20.${Math.floor(n / 250)}.${(n % 250) + 1}`,
    })),
    healthmonitors: [{}],
  });
}

export function deleted(service: ServiceDefinition): ServiceDefinition {
  const gone: ProvisioningStatus = 'PENDING_DELETE';
  return { ...service, loadbalancer: { ...service.loadbalancer, provisioning_status: gone } };
}
