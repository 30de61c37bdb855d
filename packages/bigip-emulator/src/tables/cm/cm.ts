// cm: devices, device groups, traffic groups, trust (iControl REST 6.21).
import { scalarText } from '../../json.ts';
import { nameKey } from '../../schema/schema.ts';
import { configurationError, mcpError } from '../../errors.ts';
import { defineType, type SubcollectionEntry } from '../../schema/define-type.ts';
import {
  choice,
  computed,
  constant,
  enabledDisabled,
  integer,
  internal,
  text,
  textList,
  trueFalse,
} from '../../schema/fields.ts';
import { reference } from '../../schema/reference-fields.ts';
import type { ObjectType } from '../../schema/types.ts';
import { nestedObject } from '../ltm/common-fields.ts';

const deviceType: ObjectType = defineType({
  path: 'cm/device',
  className: 'device',
  syncs: 'never',
  refuses: ['POST', 'DELETE'],
  fields: {
    activeModules: internal(),
    baseMac: internal(),
    build: computed((_, { runtime }) => runtime.version.build),
    cert: constant('/Common/dtdi.crt'),
    chassisId: internal(),
    chassisType: constant('individual'),
    comment: text(),
    configsyncIp: text({ default: 'none' }),
    contact: text(),
    edition: constant('Final'),
    failoverState: computed((record, { runtime }) => runtime.failoverStateOf(record.name)),
    haCapacity: integer(0, 100_000, { default: 0 }),
    hostname: computed((record) => record.name),
    key: constant('/Common/dtdi.key'),
    location: text(),
    managementIp: internal(),
    marketingName: constant('BIG-IP Virtual Edition'),
    mirrorIp: text({ default: 'any6' }),
    mirrorSecondaryIp: text({ default: 'any6' }),
    multicastInterface: text(),
    multicastIp: text({ default: 'any6' }),
    multicastPort: integer(0, 65535, { default: 0 }),
    optionalModules: internal(),
    platformId: internal({ default: 'Z100' }),
    product: constant('BIG-IP'),
    selfDevice: computed((record, { runtime }) => String(record.name === runtime.hostname)),
    timeZone: constant('UTC'),
    unicastAddress: { parse: (input) => input },
    version: computed((_, { runtime }) => runtime.version.full),
  },
});

const groupDevices: SubcollectionEntry = {
  path: 'devices',
  naming: 'attachment',
  className: 'device',
  usageName: 'device group device',
  description: false,
  attaches: (record) => ({ family: 'cm/device', path: record.fullPath }),
  attachMissing: (path) => mcpError('01070712:3', `Device (${path}) is not in the trust domain.`),
  fields: { setSyncLeader: { parse: () => undefined, access: 'write-only' } },
  rules: {
    check: (record, { store }) => {
      const groupOf = (path: string): string =>
        scalarText(store.find(nameKey('cm/device-group', path))?.fields['type']);
      if (groupOf(record.keys[0] ?? '') !== 'sync-failover') return;
      const others = store
        .referrers(nameKey('cm/device', record.fullPath))
        .filter((other) => other.type === record.type && other.keys[0] !== record.keys[0]);
      const clash = others.find((other) => groupOf(other.keys[0] ?? '') === 'sync-failover');
      if (clash !== undefined) {
        throw configurationError(
          `Device (${record.fullPath}) is already in a sync-failover device group (${clash.keys[0] ?? ''}).`,
        );
      }
    },
  },
};

const deviceGroupType: ObjectType = defineType({
  path: 'cm/device-group',
  className: 'device group',
  keepsSeeds: true,
  syncs: 'never',
  fields: {
    asmSync: enabledDisabled('disabled'),
    autoSync: enabledDisabled('disabled'),
    fullLoadOnSync: trueFalse('false'),
    incrementalConfigSyncSizeMax: integer(128, 65536, { default: 1024 }),
    networkFailover: enabledDisabled('disabled'),
    saveOnAutoSync: trueFalse('false'),
    type: choice(['sync-only', 'sync-failover'], { default: 'sync-only', access: 'create-only' }),
  },
  subcollections: [groupDevices],
  seeds: [
    { name: 'device_trust_group', fields: { autoSync: 'enabled', type: 'sync-only' } },
    { name: 'gtm', fields: { type: 'sync-only' } },
  ],
  rules: {
    check: (record, { store }) => {
      const oneNic = store.find(nameKey('sys/db', 'provision.1nic'))?.fields['value'];
      if (record.fields['networkFailover'] !== 'enabled' || oneNic !== 'enable') return;
      throw mcpError(
        '01071ac2:3',
        `Device-group (${record.fullPath}): network-failover property must be disabled in VE-1NIC.`,
      );
    },
    beforeRemove: (record, { store }) => {
      if (store.count('cm/device-group/devices', record.keys) === 0) return;
      throw configurationError(
        `Device group (${record.fullPath}) still has devices: remove them before deleting the group.`,
      );
    },
  },
});

const trafficGroupType: ObjectType = defineType({
  path: 'cm/traffic-group',
  className: 'traffic group',
  keepsSeeds: true,
  syncs: 'never',
  fields: {
    autoFailbackEnabled: trueFalse('false'),
    autoFailbackTime: integer(0, 300, { default: 60 }),
    failoverMethod: choice(['ha-order', 'ha-score', 'load-aware'], { default: 'ha-order' }),
    haGroup: text(),
    haLoadFactor: integer(1, 1000, { default: 1 }),
    haOrder: textList(),
    isFloating: computed((record) => String(record.name !== 'traffic-group-local-only')),
    mac: text({ default: 'none' }),
    monitor: nestedObject({}),
    unitId: internal(),
  },
  seeds: [{ name: 'traffic-group-1', fields: { unitId: 1 } }, { name: 'traffic-group-local-only' }],
  rules: {
    created: (record, context) => {
      const used = new Set(
        context.store.list('cm/traffic-group').map(({ fields }) => fields['unitId']),
      );
      let unit = 1;
      while (used.has(unit)) unit += 1;
      context.update(record, { unitId: unit });
    },
  },
});

const trustDomainType: ObjectType = defineType({
  path: 'cm/trust-domain',
  className: 'trust domain',
  syncs: 'never',
  refuses: ['POST', 'DELETE'],
  fields: {
    caCert: constant('/Common/dtca.crt'),
    caDevices: computed((_record, { store }) =>
      store.list('cm/device').map(({ fullPath }) => fullPath),
    ),
    caKey: constant('/Common/dtca.key'),
    status: constant('standalone'),
    trustGroup: reference('cm/device-group', {
      default: '/Common/device_trust_group',
      companion: 'none',
    }),
  },
  seeds: [{ name: 'Root' }],
});

export const cmTypes: ObjectType[] = [
  deviceType,
  deviceGroupType,
  trafficGroupType,
  trustDomainType,
];
