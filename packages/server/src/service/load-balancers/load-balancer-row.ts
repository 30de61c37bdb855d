// Load balancer rows: defaults, and what a request makes of them.
import type { LoadBalancer } from '@f5-lbaas/model';

import { settle, type Settable } from '../change/attributes.ts';
import type { TreeSpec } from './fully-populated.ts';
import { newRow } from '../change/new-row.ts';
import type { VipRequest } from '../vip/vip-plan.ts';
import type { VipColumns } from '../vip/vip-service.ts';

type Changeable = Pick<LoadBalancer, 'name' | 'description' | 'admin_state_up' | 'tags'>;

export interface LoadBalancerChanges extends Settable<LoadBalancer, keyof Changeable> {
  vip_qos_policy_id?: string | null;
  vip_sg_ids?: readonly string[] | null;
}
export interface LoadBalancerCreate
  extends Settable<LoadBalancer, keyof Changeable>, VipRequest, TreeSpec {
  provider?: string | null;
  flavor_id?: string | null;
  availability_zone?: string | null;
}

export const LOAD_BALANCER_DEFAULTS: Changeable = {
  name: '',
  description: '',
  admin_state_up: true,
  tags: [],
};

export function newLoadBalancer(
  input: LoadBalancerCreate,
  identity: { id: string; projectId: string; provider: string; now: string },
  vip: VipColumns,
): LoadBalancer {
  return {
    ...settle(input, LOAD_BALANCER_DEFAULTS),
    ...newRow(identity.id, identity.projectId, identity.now),
    ...vip,
    provider: identity.provider,
    flavor_id: null,
    availability_zone: null,
    vip_vnic_type: 'normal',
    applied_revision: 0,
    pending_since: null,
    notified_at: null,
  };
}
