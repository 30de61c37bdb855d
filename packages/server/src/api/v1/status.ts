// The one status of an LBaaS v1 object, from the two that the service keeps.
import type { Member, ProvisioningStatus, Resource } from '@f5-lbaas/model';

type V1Status = Exclude<ProvisioningStatus, 'DELETED'> | 'INACTIVE';

export function statusOf({ provisioning_status }: Pick<Resource, 'provisioning_status'>): V1Status {
  return provisioning_status === 'DELETED' ? 'PENDING_DELETE' : provisioning_status;
}

/** A member that its monitor finds down is INACTIVE. */
export function memberStatus(member: Member): V1Status {
  const status = statusOf(member);
  const isDown = member.operating_status === 'OFFLINE' || member.operating_status === 'ERROR';
  return status === 'ACTIVE' && member.admin_state_up && isDown ? 'INACTIVE' : status;
}

/** Tenants are not told the device's words: those are for operators. */
export function statusDescription(row: Pick<Resource, 'provisioning_status'>): string | null {
  return row.provisioning_status === 'ERROR' ? 'The load balancer could not be configured.' : null;
}
