// net/tunnels/* (iControl REST 6.3).
import { inUse } from '../../errors.ts';
import { scalarText } from '../../json.ts';
import { appService } from '../../schema/app-service.ts';
import { defineType } from '../../schema/define-type.ts';
import { choice, computed, enabledDisabled, integer, text } from '../../schema/fields.ts';
import { address, reference } from '../../schema/reference-fields.ts';
import { nameKey } from '../../schema/schema.ts';
import type { Field, ObjectType, RuleContext } from '../../schema/types.ts';
import type { ConfigRecord } from '../../store/record.ts';
import { joinDefaultRouteDomain, leaveRouteDomains } from './route-domain-vlans.ts';
import { ifIndex } from './vlan.ts';

const TUNNEL_PROFILE = 'tunnel-profile';

interface TunnelProfile {
  kind: string;
  fields?: Record<string, Field>;
}

const FLOODING = ['multicast', 'multipoint', 'replicator', 'none'];

const PROFILES: TunnelProfile[] = [
  {
    kind: 'vxlan',
    fields: {
      encapsulationType: choice(['vxlan', 'vxlan-gpe'], { default: 'vxlan' }),
      floodingType: choice(FLOODING, { default: 'multicast' }),
      port: integer(1, 65535, { default: 4789 }),
    },
  },
  {
    kind: 'gre',
    fields: {
      encapsulation: choice(['standard', 'nvgre', 'transparent-ethernet-bridging'], {
        default: 'standard',
      }),
      floodingType: choice(['none', 'multipoint'], { default: 'none' }),
      keepAliveInterval: integer(0, 65535, { default: 0 }),
      keepAliveMaxRetries: integer(0, 255, { default: 0 }),
      rxCsum: enabledDisabled('disabled'),
      txCsum: enabledDisabled('disabled'),
    },
  },
  ...['ipip', 'ipsec', 'fec', 'ppp', 'wccp', 'v6rd', 'lw4o6', 'map', 'etherip'].map((kind) => ({
    kind,
  })),
  {
    kind: 'geneve',
    fields: {
      floodingType: choice(FLOODING, { default: 'multipoint' }),
      port: integer(1, 65535, { default: 6081 }),
    },
  },
  { kind: 'tcp-forward' },
];

function profileType({ kind, fields }: TunnelProfile): ObjectType {
  return defineType({
    path: `net/tunnels/${kind}`,
    className: `${kind} tunnel profile`,
    family: TUNNEL_PROFILE,
    keepsSeeds: true,
    inherits: 'defaultsFrom',
    fields: {
      appService: appService(),
      ...fields,
      defaultsFrom: reference(TUNNEL_PROFILE, { default: 'none' }),
    },
    seeds: [{ name: kind }],
    rules: { prepare: (body) => ({ defaultsFrom: `/Common/${kind}`, ...body }) },
  });
}

/** Every tunnel has a forwarding table (iControl REST 6.4). */
function created(record: ConfigRecord, context: RuleContext): void {
  if (!context.store.hasName(nameKey('net/fdb/tunnel', record.fullPath))) {
    context.create('net/fdb/tunnel', [], { name: record.fullPath });
  }
  joinDefaultRouteDomain(record, context);
}

function removed(record: ConfigRecord, context: RuleContext): void {
  const table = context.store.find(nameKey('net/fdb/tunnel', record.fullPath));
  if (table !== undefined) context.remove(table);
  leaveRouteDomains(record, context);
}

const tunnelType: ObjectType = defineType({
  path: 'net/tunnels/tunnel',
  className: 'Tunnel',
  family: 'vlan',
  syncs: 'never',
  keepsSeeds: true,
  usedError: (record, by) =>
    inUse('Tunnel', record.fullPath, by.type === 'net/self' ? 'self IP' : by.type, by.fullPath),
  ignoresReferrer: (by) => by.type === 'net/route-domain',
  fields: {
    appService: appService(),
    autoLasthop: choice(['default', 'enabled', 'disabled'], { default: 'default' }),
    idleTimeout: integer(0, 2 ** 32 - 1, { default: 300 }),
    ifIndex: computed(ifIndex),
    key: integer(0, 2 ** 32 - 1, { default: 0 }),
    localAddress: address('localAddress', { required: true, words: ['any', 'any6'] }),
    mode: choice(['bidirectional', 'inbound', 'outbound'], { default: 'bidirectional' }),
    mtu: integer(0, 65515, { default: 0 }),
    profile: reference(TUNNEL_PROFILE, { required: true, access: 'create-only' }),
    remoteAddress: address('remoteAddress', { default: 'any6', words: ['any', 'any6'] }),
    secondaryAddress: address('secondaryAddress', { default: 'any6', words: ['any', 'any6'] }),
    tos: text({ default: 'preserve' }),
    trafficGroup: reference('cm/traffic-group', { crossPartition: true }),
    transparent: enabledDisabled('disabled'),
    usePmtu: enabledDisabled('enabled'),
  },
  unique: [
    {
      family: 'tunnel-endpoints',
      key: ({ fields }) =>
        fields['localAddress'] === 'any6'
          ? undefined
          : ['localAddress', 'remoteAddress', 'key', 'profile']
              .map((name) => scalarText(fields[name]))
              .join('|'),
      clash: (record, other) =>
        inUse('Tunnel', record.fullPath, 'tunnel with the same endpoints', other.fullPath),
    },
  ],
  seeds: ['http-tunnel', 'socks-tunnel'].map((name) => ({
    name,
    fields: { profile: '/Common/tcp-forward', localAddress: 'any6' },
  })),
  rules: { created, removed },
});

export const tunnelTypes: ObjectType[] = [...PROFILES.map(profileType), tunnelType];
