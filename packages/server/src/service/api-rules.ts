// Where the APIs over this service disagree about what a client may do. Everything else holds for all of them.
import {
  isDeletable,
  isMutable,
  POOL_PROTOCOLS_OF_LISTENER,
  PROVISIONING_STATUSES,
  type ListenerProtocol,
  type PoolProtocol,
  type ProvisioningStatus,
} from '@f5-lbaas/model';

export interface ApiRules {
  /** States from which a load balancer, and what is below it, takes a change. */
  changeableFrom: readonly ProvisioningStatus[];
  /** States from which a load balancer can be deleted. */
  deletableFrom: readonly ProvisioningStatus[];
  /** L7 policies and rules are also created below a load balancer that is changing. */
  policiesJoinPending: boolean;
  /** Pool protocols that a listener may send to. */
  poolProtocols: Readonly<Record<ListenerProtocol, readonly PoolProtocol[]>>;
  /** Listeners of different transports may share a port. */
  sharesPorts: boolean;
  /** Pools of a request for a whole tree have unique names, and can be referred to by them. */
  namesPools: boolean;
  /** What has L7 policies or a health monitor cannot be deleted before those are. */
  guardsDeletion: boolean;
  /** Policies that redirect to a deleted pool: an obstacle, or from then on they reject. */
  redirectsOfDeletedPool: 'refuse' | 'reject';
  /** How the VIP's Neutron port is marked. */
  vipPort(loadbalancerId: string): { name: string; device_id: string; device_owner: string };
}

const UNLESS_LEAVING = PROVISIONING_STATUSES.filter(
  (status) => status !== 'PENDING_DELETE' && status !== 'DELETED',
);

/** @see neutron-lbaas `services/loadbalancer/constants.py` LISTENER_POOL_COMPATIBLE_PROTOCOLS */
const NEUTRON_POOL_PROTOCOLS: ApiRules['poolProtocols'] = {
  ...POOL_PROTOCOLS_OF_LISTENER,
  TCP: ['TCP'],
  HTTP: ['HTTP'],
  HTTPS: ['HTTPS'],
  TERMINATED_HTTPS: ['HTTP'],
};

export const OCTAVIA_RULES: ApiRules = {
  changeableFrom: PROVISIONING_STATUSES.filter(isMutable),
  deletableFrom: PROVISIONING_STATUSES.filter(isDeletable),
  policiesJoinPending: false,
  poolProtocols: POOL_PROTOCOLS_OF_LISTENER,
  sharesPorts: true,
  namesPools: true,
  guardsDeletion: false,
  redirectsOfDeletedPool: 'refuse',
  vipPort: (id) => ({
    name: `octavia-lb-${id}`,
    device_id: `lb-${id}`,
    device_owner: 'Octavia',
  }),
};

export const LBAAS_V2_RULES: ApiRules = {
  changeableFrom: PROVISIONING_STATUSES.filter(isDeletable),
  deletableFrom: PROVISIONING_STATUSES.filter(isDeletable),
  policiesJoinPending: true,
  poolProtocols: NEUTRON_POOL_PROTOCOLS,
  sharesPorts: false,
  namesPools: false,
  guardsDeletion: true,
  redirectsOfDeletedPool: 'reject',
  vipPort: (id) => ({
    name: `loadbalancer-${id}`,
    device_id: id,
    device_owner: 'neutron:LOADBALANCERV2',
  }),
};

/** Only what is on its way out refuses changes: a newer revision overtakes an older one. */
export const LBAAS_V1_RULES: ApiRules = {
  ...LBAAS_V2_RULES,
  guardsDeletion: false,
  changeableFrom: UNLESS_LEAVING,
  deletableFrom: UNLESS_LEAVING,
  vipPort: (id) => ({
    name: `vip-${id}`,
    device_id: id,
    device_owner: 'neutron:LOADBALANCER',
  }),
};
