// Names of everything the agent puts on a device. They are those of F5's agent, so that a device configured by
// it is adopted as it is. @see f5-openstack-agent lbaasv2/drivers/bigip/service_adapter.py
import type { ResourceKind } from '@f5-lbaas/model';
import {
  nameOf,
  type ObjectRef,
  type ObjectTypeName,
  type Owner,
} from '../object-types/device-object.ts';

/** F5's agent falls back to this constant and appends its separator all the same. */
const PREFIX_WITHOUT_ENVIRONMENT = 'uuid_';

/** `Project` -> `Project_`; empty -> `uuid__`. */
export function objectPrefix(environmentPrefix: string): string {
  return `${environmentPrefix === '' ? PREFIX_WITHOUT_ENVIRONMENT : environmentPrefix}_`;
}

export function partitionName(prefix: string, tenantId: string): string {
  return prefix + tenantId.replaceAll('/', '');
}

/**
 * Tenant of a partition name; undefined when it is not ours. A rest with `_` belongs to an environment whose
 * prefix starts like ours (`Project` and `Project_2`).
 */
export function tenantOfPartition(prefix: string, partition: string): string | undefined {
  if (!partition.startsWith(prefix)) return undefined;
  const rest = partition.slice(prefix.length);
  return rest === '' || rest.includes('_') ? undefined : rest;
}

/** Path of the object that stands for an LBaaS object. */
export function objectPath(partition: string, prefix: string, id: string): string {
  return `/${partition}/${prefix}${id}`;
}

/** What an additional VIP adds to the name of the virtual address or server; unknown to F5's agent. */
export function additionalVipPath(path: string, subnetId: string): string {
  return `${path}_${subnetId}`;
}

/** Path of the application service that carries a pool and the virtual server in front of it, in mode `iapp`. */
export function applicationServicePath(partition: string, prefix: string, poolId: string): string {
  const name = prefix + poolId;
  return `/${partition}/${name}.app/${name}`;
}

/** Types of the objects that make up each part. What is made for one listener beside its virtual server; all but the first are unknown to F5's agent. */
export const LISTENER_PARTS = {
  app_cookie: ['rule', 'persistence-universal'],
  source_ip: ['persistence-source-addr'],
  allowed_cidrs: ['rule', 'data-group'],
  timeouts: ['rule'],
  l7_rules: ['rule'],
  insert_headers: ['rule'],
  hsts: ['rule'],
  proxy_protocol: ['rule'],
} as const satisfies Record<string, readonly ObjectTypeName[]>;
export type ListenerPart = keyof typeof LISTENER_PARTS;

/** Objects for a part of a listener carry the virtual server's name after the part's. */
export function listenerPartPath(
  partition: string,
  prefix: string,
  part: ListenerPart,
  listenerId: string,
): string {
  return `/${partition}/${part}_${prefix}${listenerId}`;
}

const WRAPPER_POLICY = 'wrapper_policy_';

/** The LTM policy that holds all L7 policies of a listener; its name carries no prefix. */
export function wrapperPolicyPath(partition: string, listenerId: string): string {
  return `/${partition}/${WRAPPER_POLICY}${listenerId}`;
}

/** Secrets and containers go by what stands last in the reference. */
function secretName(prefix: string, ref: string): string {
  return prefix + (ref.split('/').findLast((part) => part !== '') ?? '');
}

const SECRET_SUFFIXES = {
  certificate: '.crt',
  chain: '_inter.crt',
  privateKey: '.key',
  crl: '.crl',
} as const;

export type SecretPart = keyof typeof SECRET_SUFFIXES;

/** Path of a file made from a secret; shared by all of the tenant's objects that refer to the secret. */
export function secretFilePath(
  partition: string,
  prefix: string,
  ref: string,
  part: SecretPart,
): string {
  return `/${partition}/${secretName(prefix, ref)}${SECRET_SUFFIXES[part]}`;
}

/**
 * TLS settings belong to a listener and certificates to a secret; a profile is one certificate of one listener.
 * DIFFERS: F5's agent has one profile per container in /Common, so listeners cannot differ and tenants share it.
 */
export function clientSslPath(
  partition: string,
  prefix: string,
  listenerId: string,
  ref: string,
): string {
  return `/${partition}/${prefix}${listenerId}_${secretName('', ref)}`;
}

const KIND_OF_TYPE: Partial<Record<ObjectTypeName, ResourceKind>> = {
  'virtual-address': 'loadbalancers',
  virtual: 'listeners',
  pool: 'pools',
  'application-service': 'pools',
  'monitor-http': 'healthmonitors',
  'monitor-https': 'healthmonitors',
  'monitor-tcp': 'healthmonitors',
  'monitor-udp': 'healthmonitors',
  'monitor-gateway-icmp': 'healthmonitors',
  policy: 'listeners',
  rule: 'listeners',
  'data-group': 'listeners',
  'persistence-universal': 'listeners',
  'persistence-source-addr': 'listeners',
  'profile-client-ssl': 'listeners',
  'profile-server-ssl': 'pools',
};

/** An LBaaS object may have several of them. */
const SEVERAL_FOR_ONE: readonly ObjectTypeName[] = [
  'profile-client-ssl',
  'virtual-address',
  'virtual',
];

/** What may stand before the id in the name of an object of ours. */
function stemsOf(type: ObjectTypeName, prefix: string): string[] {
  if (type === 'policy') return [WRAPPER_POLICY];
  const parts = Object.entries<readonly ObjectTypeName[]>(LISTENER_PARTS).filter(([, types]) =>
    types.includes(type),
  );
  return parts.length === 0 ? [prefix] : parts.map(([part]) => `${part}_${prefix}`);
}

/** The LBaaS object that an object's name tells of; undefined when the name is not one of ours. */
export function ownerOfName(prefix: string, ref: ObjectRef): Owner | undefined {
  const kind = KIND_OF_TYPE[ref.type];
  if (kind === undefined) return undefined;
  const name = nameOf(ref.path);
  const stem = stemsOf(ref.type, prefix).find((one) => name.startsWith(one));
  if (stem === undefined) return undefined;
  const rest = name.slice(stem.length);
  // What follows an underscore tells which certificate of the listener it is, or which additional VIP.
  const [id = rest] = SEVERAL_FOR_ONE.includes(ref.type) ? rest.split('_') : [rest];
  return { kind, id };
}
