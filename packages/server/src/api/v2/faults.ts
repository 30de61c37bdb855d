// Words of neutron-lbaas v2 for what the domain service refuses.
// @see neutron-lbaas `extensions/loadbalancerv2.py`, `extensions/l7.py`, `common/exceptions.py`
import { RESOURCE_KINDS, type LbaasError, type ResourceKind } from '@f5-lbaas/model';

import { RESOURCE_NAMES } from '../../service/change/state-gate.ts';
import type { FaultWords, Words } from '../shared/neutron/faults.ts';

const ENTITIES: Record<ResourceKind, string> = {
  loadbalancers: 'loadbalancer',
  listeners: 'listener',
  pools: 'pool',
  members: 'member',
  healthmonitors: 'healthmonitor',
  l7policies: 'l7policy',
  l7rules: 'l7rule',
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function entityOf(name: unknown): string {
  const kind = RESOURCE_KINDS.find((one) => one === name || RESOURCE_NAMES[one] === name);
  return kind === undefined ? 'resource' : ENTITIES[kind];
}

function notFound(name: string, id: unknown): Words {
  return { type: 'EntityNotFound', message: `${name} ${textOf(id)} could not be found` };
}

function stateInvalid({ context }: LbaasError): Words {
  const message = `Invalid state ${textOf(context.state)} of loadbalancer resource ${textOf(context.id)}`;
  return { type: 'StateInvalid', status: 409, message };
}

function inUse(user: unknown, used: unknown, id: unknown): Words {
  const message = `${textOf(user)} is using ${textOf(used)} ${textOf(id)}`;
  return { type: 'EntityInUse', status: 409, message };
}

function persistence(what: string): Words {
  const type = 'SessionPersistenceConfigurationInvalid';
  return { type, message: `Session Persistence Invalid: ${what}` };
}

function noAgent(): Words {
  const message = 'No eligible agent found for loadbalancer.';
  return { type: 'NoEligibleLbaasAgent', status: 404, message };
}

const RULE_DETAILS: Readonly<Record<string, Words>> = {
  'Invalid L7 Rule: L7 rule type requires a key': {
    type: 'L7RuleKeyMissing',
    status: 404,
    message: 'Rule key is missing. Key should be specified for rules of HEADER and COOKIE types.',
  },
  'Invalid characters in key': {
    type: 'L7RuleInvalidKey',
    message: 'Invalid characters in key. See RFCs 2616, 2965, 6265, 7230.',
  },
  'Invalid characters in header value': {
    type: 'L7RuleInvalidHeaderValue',
    message: 'Invalid characters in value. See RFC 7230.',
  },
  'Invalid characters in cookie value': {
    type: 'L7RuleInvalidCookieValue',
    message: 'Invalid characters in value. See RFCs 2616, 2965, 6265.',
  },
  'Invalid L7 Rule: invalid comparison type for rule type': {
    type: 'L7RuleUnsupportedCompareType',
    message: 'Unsupported compare type for rule of FILE_TYPE type.',
  },
};

function ruleWords({ context }: LbaasError): Words {
  const detail = textOf(context.detail);
  return (
    RULE_DETAILS[detail] ??
    (detail.startsWith('Unable to parse regular expression')
      ? { type: 'L7RuleInvalidRegex', message: `${detail}.` }
      : { type: 'BadRequest', message: detail })
  );
}

export const V2_WORDS: FaultWords = {
  ERR_NO_SUCH_RESOURCE: ({ context }) => notFound(entityOf(context.resource), context.id),
  ERR_NOT_FOUND: ({ context }) => notFound(entityOf(context.kind), context.id),
  ERR_NO_SUCH_NETWORK_OBJECT: ({ context }) => ({
    ...notFound(textOf(context.resource), context.id),
    status: 404,
  }),
  ERR_IMMUTABLE: stateInvalid,
  ERR_INVALID_STATE: stateInvalid,
  ERR_LISTENER_PORT_IN_USE: ({ context }) => ({
    type: 'LoadBalancerListenerProtocolPortExists',
    message:
      `Load Balancer ${textOf(context.loadbalancer_id)} already has a listener ` +
      `with protocol_port of ${Number(context.protocol_port)}`,
  }),
  ERR_MEMBER_EXISTS: ({ context }) => ({
    type: 'MemberExists',
    message:
      `Member with address ${textOf(context.address)} and protocol_port ` +
      `${Number(context.protocol_port)} already present in pool ${textOf(context.pool_id)}`,
  }),
  ERR_POOL_HAS_MONITOR: ({ context }) => ({
    type: 'OneHealthMonitorPerPool',
    message:
      `Only one health monitor per pool allowed.  Pool ${textOf(context.id)} is already using ` +
      `Health Monitor ${textOf(context.healthmonitor_id)}.`,
  }),
  ERR_LISTENER_HAS_POOL: ({ context }) => ({
    type: 'ListenerDefaultPoolAlreadySet',
    message: `Listener ${textOf(context.id)} is already using default pool ${textOf(context.default_pool_id)}.`,
  }),
  ERR_POOL_PROTOCOL: ({ context }) => ({
    type: 'ListenerPoolProtocolMismatch',
    status: 409,
    message:
      `Listener protocol ${textOf(context.listener_protocol)} and pool protocol ` +
      `${textOf(context.pool_protocol)} are not compatible.`,
  }),
  ERR_HAS_CHILDREN: ({ context }) => inUse('loadbalancer', context.child, context.child_id),
  ERR_IN_USE: ({ context }) => inUse(context.user, context.used, context.used_id),
  ERR_QUOTA_MET: ({ context }) => {
    const name = entityOf(context.resource);
    return { type: 'OverQuota', message: `Quota exceeded for resources: ['${name}'].` };
  },
  ERR_COOKIE_NAME_MISSING: () =>
    persistence("'cookie_name' should be specified for APP_COOKIE session persistence."),
  ERR_COOKIE_NAME_FORBIDDEN: () =>
    persistence("'cookie_name' is not allowed for HTTP_COOKIE session persistence"),
  ERR_COOKIE_NAME: () => persistence("'cookie_name' has invalid characters"),
  ERR_TLS_WITHOUT_CERTIFICATE: () => ({
    type: 'TLSDefaultContainerNotSpecified',
    message: 'Default TLS container was not specified',
  }),
  ERR_L7_RULE: ruleWords,
  ERR_NO_ACTIVE_AGENT: noAgent,
  ERR_NO_ELIGIBLE_AGENT: noAgent,
  ERR_PROVIDER_NOT_ENABLED: ({ context }) => ({
    type: 'ServiceProviderNotFound',
    status: 404,
    message:
      `Service provider '${textOf(context.provider)}' could not be found for ` +
      'service type LOADBALANCERV2',
  }),
};
