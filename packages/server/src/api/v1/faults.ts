// Words of LBaaS v1 for what the domain service refuses. What v1 answered with 500 is a conflict here.
// @see neutron-lbaas (Kilo) `extensions/loadbalancer.py`
import type { LbaasError } from '@f5-lbaas/model';

import type { FaultWords, Words } from '../shared/neutron/faults.ts';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Names of the service's kinds and sentences -> what v1 calls them. */
const NAMES: Readonly<Record<string, string>> = {
  Vip: 'Vip',
  Listener: 'Vip',
  listeners: 'Vip',
  Pool: 'Pool',
  pools: 'Pool',
  Member: 'Member',
  members: 'Member',
  'Health Monitor': 'Health_monitor',
  healthmonitors: 'Health_monitor',
  'Load Balancer': 'Pool',
  loadbalancers: 'Pool',
};
const QUOTAS: Readonly<Record<string, string>> = {
  Listener: 'vip',
  Pool: 'pool',
  Member: 'member',
  'Health Monitor': 'health_monitor',
  // Of the pool; v1 does not show it, but it is one for the other APIs.
  'Load Balancer': 'loadbalancer',
};

function notFound(name: unknown, id: unknown): Words {
  const known = NAMES[textOf(name)] ?? 'Resource';
  const type = known === 'Health_monitor' ? 'HealthMonitorNotFound' : `${known}NotFound`;
  return { type, message: `${known} ${textOf(id)} could not be found` };
}

function stateInvalid({ context }: LbaasError): Words {
  const message = `Invalid state ${textOf(context.state)} of Loadbalancer resource ${textOf(context.id)}`;
  return { type: 'StateInvalid', status: 409, message };
}

function noBackend(): Words {
  return { type: 'NoEligibleBackend', status: 404, message: 'No eligible backend for pool' };
}

const persistence = (message: string) => (): Words => ({
  type: 'SessionPersistenceConfigurationInvalid',
  message: `Session Persistence Invalid: ${message}`,
});

export const V1_WORDS: FaultWords = {
  ERR_NO_SUCH_RESOURCE: ({ context }) => notFound(context.resource, context.id),
  ERR_NOT_FOUND: ({ context }) => notFound(context.kind, context.id),
  ERR_IMMUTABLE: stateInvalid,
  ERR_INVALID_STATE: stateInvalid,
  ERR_POOL_PROTOCOL: ({ context }) => ({
    type: 'ProtocolMismatch',
    status: 400,
    message:
      `Protocol ${textOf(context.listener_protocol)} does not match pool protocol ` +
      textOf(context.pool_protocol),
  }),
  ERR_VIP_EXISTS: () => ({ type: 'VipExists' }),
  ERR_POOL_HAS_VIP: () => ({ type: 'PoolInUse' }),
  ERR_LISTENER_PORT_IN_USE: ({ context }) => ({
    type: 'VipExists',
    message: `Another Vip already has protocol_port ${Number(context.protocol_port)} at this address`,
  }),
  ERR_MEMBER_EXISTS: ({ context }) => ({
    type: 'MemberExists',
    message:
      `Member with address ${textOf(context.address)} and port ${Number(context.protocol_port)} ` +
      `already present in pool ${textOf(context.pool_id)}`,
  }),
  ERR_MONITOR_ASSOCIATED: () => ({ type: 'HealthMonitorInUse' }),
  ERR_ASSOCIATION_EXISTS: () => ({ type: 'PoolMonitorAssociationExists' }),
  ERR_NOT_ASSOCIATED: () => ({ type: 'PoolMonitorAssociationNotFound' }),
  ERR_DELAY_BELOW_TIMEOUT: () => ({ type: 'DelayOrTimeoutInvalid' }),
  ERR_QUOTA_MET: ({ context }) => {
    const name = QUOTAS[textOf(context.resource)] ?? 'pool';
    return { type: 'OverQuota', message: `Quota exceeded for resources: ['${name}'].` };
  },
  ERR_COOKIE_NAME_MISSING: persistence(
    "'cookie_name' should be specified for this type of session persistence.",
  ),
  ERR_COOKIE_NAME_FORBIDDEN: persistence(
    "'cookie_name' is not allowed for this type of session persistence",
  ),
  ERR_COOKIE_NAME: persistence("'cookie_name' has invalid characters"),
  ERR_NO_ACTIVE_AGENT: noBackend,
  ERR_NO_ELIGIBLE_AGENT: noBackend,
  ERR_PROVIDER_NOT_ENABLED: ({ context }) => ({
    type: 'ServiceProviderNotFound',
    status: 404,
    message:
      `Service provider '${textOf(context.provider)}' could not be found for ` +
      'service type LOADBALANCER',
  }),
};
