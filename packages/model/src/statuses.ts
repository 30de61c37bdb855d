// Provisioning and operating statuses: the closed sets and the questions everyone asks of them.

/** @see Octavia API v2, provisioning_status. `DELETED` rows are invisible to clients. */
export const PROVISIONING_STATUSES = [
  'ACTIVE',
  'PENDING_CREATE',
  'PENDING_UPDATE',
  'PENDING_DELETE',
  'DELETED',
  'ERROR',
] as const;
export type ProvisioningStatus = (typeof PROVISIONING_STATUSES)[number];

/** @see Octavia API v2, operating_status. */
export const OPERATING_STATUSES = [
  'ONLINE',
  'OFFLINE',
  'DEGRADED',
  'ERROR',
  'DRAINING',
  'NO_MONITOR',
] as const;
export type OperatingStatus = (typeof OPERATING_STATUSES)[number];

export type PendingStatus = 'PENDING_CREATE' | 'PENDING_UPDATE' | 'PENDING_DELETE';

export function isPending(status: ProvisioningStatus): status is PendingStatus {
  return status.startsWith('PENDING_');
}

/** A load balancer accepts changes below it only when `ACTIVE`. */
export function isMutable(status: ProvisioningStatus): boolean {
  return status === 'ACTIVE';
}

/** Deletion and failover are also accepted from `ERROR`. */
export function isDeletable(status: ProvisioningStatus): boolean {
  return status === 'ACTIVE' || status === 'ERROR';
}
