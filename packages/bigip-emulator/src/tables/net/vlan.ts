// net/vlan with its interfaces, net/interface, net/trunk (iControl REST 6.2).
import { scalarText } from '../../json.ts';
import { mcpError, notFound, inUse } from '../../errors.ts';
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
} from '../../schema/fields.ts';
import { nameKey } from '../../schema/schema.ts';
import type { ObjectType, RuleContext } from '../../schema/types.ts';
import type { ConfigRecord } from '../../store/record.ts';
import { nestedObject } from '../ltm/common-fields.ts';
import { joinDefaultRouteDomain, leaveRouteDomains } from './route-domain-vlans.ts';

const TAG = 'vlan-tag';
const TAG_MAX = 4094;

function freeTag({ store }: RuleContext): number {
  let tag = TAG_MAX;
  while (store.hasName(nameKey(TAG, String(tag)))) tag -= 1;
  return tag;
}

const interfaces: SubcollectionEntry = {
  path: 'interfaces',
  naming: 'plain',
  className: 'interface',
  usageName: 'vlan interface',
  description: false,
  attaches: (record) => ({ family: 'net/interface', path: record.name }),
  fields: {
    tagMode: choice(['none', 'service', 'customer', 'double'], { default: 'none' }),
  },
  flags: [{ names: ['tagged', 'untagged'], default: 'tagged', exclusive: true }],
  rules: {
    prepare: (body, { store }) => {
      if (body['name'] === 'mgmt') {
        throw mcpError(
          '01070607:3',
          'The management interface cannot be configured as a(n) vlan member.',
        );
      }
      const name = scalarText(body['name'] ?? '');
      if (!store.hasName(nameKey('net/interface', name))) throw notFound('interface', name);
      return body;
    },
    check: (record, { store }) => {
      if (record.fields['untagged'] !== true) return;
      const others = store
        .referrers(nameKey('net/interface', record.name))
        .filter((other) => other !== record && other.fields['untagged'] === true);
      if (others.length > 0) {
        throw mcpError(
          '01070651:3',
          `Interface ${record.name} is already an untagged member of vlan ${others[0]?.keys[0] ?? ''}.`,
        );
      }
    },
  },
};

/** Stable number of a VLAN-like object, derived from its path. */
export function ifIndex(record: ConfigRecord): number {
  let sum = 0;
  for (const char of record.fullPath) sum = (sum * 31 + char.charCodeAt(0)) % 4000;
  return 96 + sum * 16;
}

export const vlanType: ObjectType = defineType({
  path: 'net/vlan',
  className: 'VLAN',
  family: 'vlan',
  syncs: 'never',
  usedError: (record, by) => {
    const byClass =
      by.type === 'net/self' ? 'self IP' : by.type === 'ltm/virtual' ? 'virtual server' : by.type;
    return inUse('VLAN', record.fullPath, byClass, by.fullPath);
  },
  ignoresReferrer: (by) => by.type === 'net/route-domain',
  fields: {
    autoLasthop: choice(['default', 'enabled', 'disabled'], { default: 'default' }),
    cmpHash: choice(['default', 'src-ip', 'dst-ip'], { default: 'default' }),
    customerTag: internal(),
    dagAdjustment: choice(['none', 'xor-5mid-xor-5low', 'xor-5low-xor-5mid'], { default: 'none' }),
    dagRoundRobin: enabledDisabled('disabled'),
    dagTunnel: choice(['outer', 'inner'], { default: 'outer' }),
    failsafe: enabledDisabled('disabled'),
    failsafeAction: choice(['failover-restart-tm', 'failover', 'reboot', 'restart-all'], {
      default: 'failover-restart-tm',
    }),
    failsafeTimeout: integer(10, 3600, { default: 90 }),
    fwdMode: choice(['l3', 'virtual-wire'], { default: 'l3' }),
    hardwareSyncookie: enabledDisabled('disabled'),
    ifIndex: computed(ifIndex),
    learning: choice(['enable-forward', 'disable-forward', 'disable-drop'], {
      default: 'enable-forward',
    }),
    mtu: integer(576, 9198, { default: 1500 }),
    sflow: nestedObject({
      pollInterval: 0,
      pollIntervalGlobal: 'yes',
      samplingRate: 0,
      samplingRateGlobal: 'yes',
    }),
    sourceChecking: enabledDisabled('disabled'),
    synFloodRateLimit: integer(0, 2 ** 31, { default: 1000 }),
    syncacheThreshold: integer(0, 2 ** 31, { default: 6000 }),
    tag: integer(1, TAG_MAX),
  },
  subcollections: [interfaces],
  unique: [
    {
      family: TAG,
      key: ({ fields }) => (fields['tag'] === undefined ? undefined : scalarText(fields['tag'])),
      clash: (record, other) =>
        mcpError(
          '01070257:3',
          `Requested VLAN tag ${scalarText(record.fields['tag'])} for VLAN ${record.fullPath} is in use by VLAN ${other.fullPath}.`,
        ),
    },
  ],
  rules: {
    created: (record, context) => {
      if (record.fields['tag'] === undefined) context.update(record, { tag: freeTag(context) });
      joinDefaultRouteDomain(record, context);
      context.create('net/fdb/vlan', [], { name: record.fullPath });
    },
    removed: (record, context) => {
      const table = context.store.find(nameKey('net/fdb/vlan', record.fullPath));
      if (table !== undefined) context.remove(table);
      leaveRouteDomains(record, context);
    },
  },
});

export const interfaceType: ObjectType = defineType({
  path: 'net/interface',
  className: 'interface',
  naming: 'plain',
  syncs: 'never',
  refuses: ['POST', 'DELETE'],
  fields: {
    bundle: text({ default: 'not-supported' }),
    bundleSpeed: text({ default: 'not-supported' }),
    flowControl: choice(['none', 'tx-rx', 'tx', 'rx'], { default: 'tx-rx' }),
    forceGigabitFiber: enabledDisabled('disabled'),
    forwardErrorCorrection: text({ default: 'not-supported' }),
    ifIndex: computed(ifIndex),
    lldpAdmin: choice(['disable', 'txonly', 'rxonly', 'txrx'], { default: 'txonly' }),
    lldpTlvmap: integer(0, 2 ** 31, { default: 130943 }),
    macAddress: computed((record) => macOf(record.name)),
    mediaActive: constant('10000T-FD'),
    mediaFixed: text({ default: '10000T-FD' }),
    mediaMax: text({ default: 'auto' }),
    mediaSfp: text({ default: 'auto' }),
    mtu: integer(576, 9198, { default: 9198 }),
    portFwdMode: choice(['l3', 'passive', 'virtual-wire'], { default: 'l3' }),
    preferPort: choice(['sfp', 'fixed'], { default: 'sfp' }),
    stp: enabledDisabled('enabled'),
    stpAutoEdgePort: enabledDisabled('enabled'),
    stpEdgePort: choice(['true', 'false'], { default: 'true' }),
    stpLinkType: choice(['auto', 'p2p', 'shared'], { default: 'auto' }),
  },
  flags: [{ names: ['enabled', 'disabled'], default: 'enabled' }],
  seeds: ['1.1', '1.2', '1.3', '2.1', 'mgmt'].map((name) => ({ name })),
});

/** Hardware address that a device would have given it. */
export function macOf(name: string): string {
  const digits = Buffer.from(name).toString('hex').slice(-4).padStart(4, '0');
  return `00:94:a1:00:${digits.slice(0, 2)}:${digits.slice(2)}`;
}

export const trunkType: ObjectType = defineType({
  path: 'net/trunk',
  className: 'trunk',
  naming: 'plain',
  family: 'net/interface',
  syncs: 'never',
  fields: {
    distributionHash: choice(['dst-mac', 'src-dst-ipport', 'src-dst-mac'], { default: 'dst-mac' }),
    interfaces: textList(),
    lacp: enabledDisabled('disabled'),
    lacpMode: choice(['active', 'passive'], { default: 'active' }),
    lacpTimeout: choice(['long', 'short'], { default: 'long' }),
    linkSelectPolicy: choice(['auto', 'maximum-bandwidth'], { default: 'auto' }),
    stp: enabledDisabled('enabled'),
  },
});
