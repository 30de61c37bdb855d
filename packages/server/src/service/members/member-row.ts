// Member rows: defaults, and the rules that hold for one member.
import type { Member } from '@f5-lbaas/model';
import ipaddr from 'ipaddr.js';

import { settle, type Settable } from '../change/attributes.ts';
import type { RowIdentity } from '../listeners/listener-row.ts';
import { newRow } from '../change/new-row.ts';
import { refuse } from '../refusals.ts';

type Changeable = Pick<
  Member,
  'name' | 'admin_state_up' | 'tags' | 'weight' | 'backup' | 'monitor_address' | 'monitor_port'
>;

export type MemberChanges = Settable<Member, keyof Changeable>;
export interface MemberSpec extends MemberChanges {
  address: string;
  /** 1..65535 */
  protocol_port: number;
  subnet_id?: string | null;
  request_sriov?: boolean | null;
}

export const MEMBER_DEFAULTS: Changeable = {
  name: '',
  admin_state_up: true,
  tags: [],
  weight: 1,
  backup: false,
  monitor_address: null,
  monitor_port: null,
};

/** @param monitored the pool has a health monitor, so the member's health is going to be known */
export function newMember(
  spec: MemberSpec,
  identity: RowIdentity & { poolId: string },
  monitored: boolean,
): Member {
  return {
    ...settle(spec, MEMBER_DEFAULTS),
    ...newRow(identity.id, identity.projectId, identity.now),
    operating_status: monitored ? 'OFFLINE' : 'NO_MONITOR',
    loadbalancer_id: identity.loadbalancerId,
    pool_id: identity.poolId,
    address: spec.address,
    protocol_port: spec.protocol_port,
    subnet_id: spec.subnet_id ?? null,
    vnic_type: 'normal',
  };
}

export function checkMember(
  spec: Pick<MemberSpec, 'address' | 'request_sriov'>,
  reservedIps: readonly string[],
): void {
  if (isReserved(spec.address, reservedIps)) {
    throw refuse('ERR_INVALID_OPTION', { value: spec.address, option: 'member address' });
  }
  if (spec.request_sriov === true) throw refuse('ERR_SRIOV_MEMBERS', {});
}

function isReserved(address: string, reservedIps: readonly string[]): boolean {
  const normal = ipaddr.process(address).toNormalizedString();
  return reservedIps.some((ip) => ipaddr.process(ip).toNormalizedString() === normal);
}
