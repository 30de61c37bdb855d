// THE table of device object types: where they live, what is managed of them, what they refer to, and in which
// phase of a plan they are written. Planner, normaliser and applier read it; nothing else knows these facts.
// @see F5 iControl REST: objects; f5-openstack-agent for names and fields that existing devices carry
import * as application from './application-properties.ts';
import type { Fields, ObjectTypeName } from './device-object.ts';
import {
  address,
  flags,
  monitorRule,
  number,
  reference,
  referenceList,
  text,
  words,
  type Property,
} from './property.ts';
import { givenTrafficGroup, NETWORK_TYPES, outsideDeviceGroup } from './network-types.ts';
import * as policy from './policy-properties.ts';
import { recordNames, ruleDefinition } from './rule-properties.ts';
import * as ssl from './ssl-properties.ts';
import * as virtual from './virtual-properties.ts';

export interface ObjectType {
  /** Collection below `/mgmt/tm`; for a subcollection, its name below the parent's item. */
  collection: string;
  /** Type whose subcollection this is. */
  parent?: ObjectTypeName;
  /** Read with `expandSubcollections`. */
  expand?: true;
  properties: Readonly<Record<string, Property>>;
  /**
   * container: the partition; made before and removed after everything else, outside of transactions.
   * implicit: the device makes it by itself, but leaves it behind; removed last and only if nothing uses it.
   * shared: made by us for whoever refers to it; stays as long as somebody does, removed last.
   * released: still counts as used in the transaction that releases it, so it is removed after that.
   * service: makes objects of its own; never in a transaction, removed before anything is made in their place.
   * network: removed one by one after all that may use it. space: a route domain, removed after what is in it.
   * attached: comes and goes with another object of its name; only ever modified.
   */
  life?:
    'container' | 'implicit' | 'shared' | 'released' | 'service' | 'network' | 'space' | 'attached';
  /** Sent along with every modification. */
  alsoOnModify?: Fields;
  /** Below load balancing: read and planned on its own. */
  layer?: 'network';
}

const MONITORS = [
  'monitor-http',
  'monitor-https',
  'monitor-tcp',
  'monitor-udp',
  'monitor-gateway-icmp',
] as const satisfies readonly ObjectTypeName[];

const timing = {
  description: text('description'),
  interval: number('interval', { default: 5 }),
  timeout: number('timeout', { default: 16 }),
  // `*:*`: whatever member it probes. It cannot be changed while the monitor is in use.
  destination: text('destination', { default: '*:*', immutable: true }),
};
/** Send and receive strings carry backslash escapes literally, `\r\n` as four characters. */
const probe = { send: text('send', {}), recv: text('recv') };

const tls = {
  defaultsFrom: reference('defaultsFrom', []),
  ciphers: text('ciphers', { default: 'DEFAULT' }),
  tmOptions: ssl.options,
  caFile: reference('caFile', ['ssl-cert']),
  crlFile: reference('crlFile', ['ssl-crl']),
};

export const OBJECT_TYPES: Readonly<Record<ObjectTypeName, ObjectType>> = {
  ...NETWORK_TYPES,
  folder: {
    collection: '/sys/folder',
    life: 'container',
    // Said when the partition is made and left to operators afterwards.
    properties: { trafficGroup: givenTrafficGroup, isLocal: outsideDeviceGroup },
  },
  'virtual-address': {
    collection: '/ltm/virtual-address',
    properties: {
      address: address('address', { immutable: true }),
      description: text('description'),
      enabled: words('enabled', 'yes', 'no', { default: true }),
      autoDelete: words('autoDelete', 'true', 'false', { default: true }),
      trafficGroup: reference('trafficGroup', []),
    },
  },
  'monitor-http': {
    collection: '/ltm/monitor/http',
    life: 'released',
    properties: { ...timing, ...probe },
  },
  'monitor-https': {
    collection: '/ltm/monitor/https',
    life: 'released',
    properties: { ...timing, ...probe },
  },
  'monitor-tcp': { collection: '/ltm/monitor/tcp', life: 'released', properties: timing },
  'monitor-udp': { collection: '/ltm/monitor/udp', life: 'released', properties: timing },
  'monitor-gateway-icmp': {
    collection: '/ltm/monitor/gateway-icmp',
    life: 'released',
    properties: timing,
  },
  pool: {
    collection: '/ltm/pool',
    expand: true,
    properties: {
      description: text('description'),
      loadBalancingMode: text('loadBalancingMode', { default: 'round-robin' }),
      minActiveMembers: number('minActiveMembers', { default: 0 }),
      monitor: monitorRule(MONITORS, 'none'),
    },
  },
  'pool-member': {
    collection: 'members',
    parent: 'pool',
    properties: {
      address: address('address', { immutable: true }),
      ratio: number('ratio', { default: 1 }),
      priorityGroup: number('priorityGroup', { default: 0 }),
      // Instead of the pool's.
      monitor: monitorRule(MONITORS, 'default'),
      // With a monitor the device shows `monitor-enabled`, which it does not take back.
      session: words('session', 'user-enabled', 'user-disabled', { default: true }),
      // Anything but `user-down` is the monitor's verdict, not configuration.
      state: words('state', 'user-up', 'user-down', { default: true }),
    },
  },
  node: { collection: '/ltm/node', life: 'implicit', properties: {} },
  'data-group': {
    collection: '/ltm/data-group/internal',
    properties: { type: text('type', { immutable: true }), records: recordNames },
  },
  rule: { collection: '/ltm/rule', properties: { apiAnonymous: ruleDefinition } },
  policy: {
    collection: '/ltm/policy',
    expand: true,
    properties: {
      strategy: policy.strategy,
      requires: policy.declared('requires', 'http'),
      controls: policy.declared('controls', 'forwarding'),
      legacy: policy.legacy,
      rules: policy.rules,
    },
  },
  'persistence-universal': {
    collection: '/ltm/persistence/universal',
    properties: { rule: reference('rule', ['rule']) },
  },
  'persistence-source-addr': {
    collection: '/ltm/persistence/source-addr',
    properties: { mask: text('mask', { default: 'none' }), timeout: text('timeout', {}) },
  },
  'ssl-cert': { collection: '/sys/file/ssl-cert', life: 'shared', properties: ssl.file },
  'ssl-key': { collection: '/sys/file/ssl-key', life: 'shared', properties: ssl.file },
  'ssl-crl': { collection: '/sys/file/ssl-crl', life: 'shared', properties: ssl.file },
  'profile-client-ssl': {
    collection: '/ltm/profile/client-ssl',
    life: 'shared',
    properties: {
      ...tls,
      certKeyChain: ssl.certKeyChain,
      clientCertCa: reference('clientCertCa', ['ssl-cert']),
      peerCertMode: text('peerCertMode', { default: 'ignore' }),
      renegotiation: words('renegotiation', 'enabled', 'disabled', { default: true }),
      sniDefault: words('sniDefault', 'true', 'false', { default: false }),
    },
  },
  'profile-server-ssl': {
    collection: '/ltm/profile/server-ssl',
    life: 'shared',
    properties: {
      ...tls,
      cert: reference('cert', ['ssl-cert']),
      key: reference('key', ['ssl-key']),
      chain: reference('chain', ['ssl-cert']),
      peerCertMode: text('peerCertMode', { default: 'ignore' }),
    },
  },
  virtual: {
    collection: '/ltm/virtual',
    expand: true,
    properties: {
      description: text('description'),
      destination: virtual.destination,
      mask: text('mask', {}),
      ipProtocol: text('ipProtocol', {}),
      profiles: virtual.profiles,
      pool: reference('pool', ['pool']),
      connectionLimit: number('connectionLimit', { default: 0 }),
      enabled: flags('enabled', 'disabled'),
      sourceAddressTranslation: virtual.sourceAddressTranslation,
      vlans: virtual.vlans,
      persist: virtual.persist,
      fallbackPersistence: reference('fallbackPersistence', [
        'persistence-universal',
        'persistence-source-addr',
      ]),
      rules: referenceList('rules', ['rule']),
      policies: virtual.policies,
    },
  },
  'application-service': {
    collection: '/sys/application/service',
    life: 'service',
    // Variables take effect when the template's script is run again.
    alsoOnModify: { 'execute-action': 'definition' },
    properties: {
      template: reference('template', []),
      strictUpdates: words('strictUpdates', 'enabled', 'disabled', { default: true }),
      variables: application.variables,
      tables: application.tables,
      vip: application.vip,
      nodes: application.nodes,
    },
  },
};

/** Objects that live only as long as something refers to them. */
export function livesByUse({ type }: { type: ObjectTypeName }): boolean {
  const { life } = OBJECT_TYPES[type];
  return life === 'implicit' || life === 'shared';
}

/** Types of load balancing that are read as collections of their own. */
export const READ_TYPES: readonly ObjectTypeName[] = (
  Object.keys(OBJECT_TYPES) as ObjectTypeName[]
).filter((name) => {
  const { parent, layer } = OBJECT_TYPES[name];
  return name !== 'folder' && parent === undefined && layer === undefined;
});
