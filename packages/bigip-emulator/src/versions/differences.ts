// What differs from TMOS 16.1, version by version (iControl REST 11). Behaviour that is no property of a type
// asks the version itself (`atLeast`) where it happens.
import { choice, enabledDisabled, integer, textList } from '../schema/fields.ts';
import type { Field } from '../schema/types.ts';
import { fdbRecordList } from '../tables/net/fdb-records.ts';
import { OLD_CHUNKING } from '../tables/ltm/profiles.ts';

export interface Difference {
  /** Type or subcollection, by path. */
  type: string;
  /** Applies to versions older than this. */
  before?: string;
  /** Applies from this version on. */
  since?: string;
  /** Properties that the version does not know. */
  without?: readonly string[];
  /** Properties that the version has instead. */
  fields?: Record<string, Field>;
  /** Subcollection that the version has as a list among the properties instead (in `fields`). */
  inline?: string;
  /** The version does not have the type. */
  absent?: boolean;
}

export const DIFFERENCES: readonly Difference[] = [
  { type: 'ltm/monitor/mqtt', before: '13.1', absent: true },
  {
    type: 'ltm/monitor/https',
    before: '13.1',
    fields: { compatibility: enabledDisabled('enabled') },
  },
  { type: 'ltm/monitor/https', before: '15.1', without: ['sslProfile'] },
  {
    type: 'ltm/virtual-address',
    before: '13.0',
    fields: {
      icmpEcho: choice(['enabled', 'disabled', 'selective'], { default: 'enabled' }),
      routeAdvertisement: enabledDisabled('disabled'),
    },
  },
  {
    type: 'ltm/virtual',
    before: '13.0',
    without: ['creationTime', 'lastModifiedTime', 'evictionProtected'],
  },
  { type: 'ltm/virtual', before: '16.1', without: ['serversslUseSni'] },
  {
    type: 'ltm/profile/http',
    before: '15.0',
    fields: {
      requestChunking: choice(OLD_CHUNKING, { default: 'preserve' }),
      responseChunking: choice(OLD_CHUNKING, { default: 'selective' }),
    },
  },
  {
    type: 'ltm/profile/http2',
    before: '14.0',
    fields: { activationModes: textList({ default: ['alpn', 'npn'] }) },
  },
  {
    type: 'net/vlan',
    before: '13.0',
    without: [
      'dagAdjustment',
      'fwdMode',
      'hardwareSyncookie',
      'synFloodRateLimit',
      'syncacheThreshold',
    ],
  },
  {
    type: 'net/route-domain',
    before: '14.0',
    fields: { throughputCapacity: integer(0, 2 ** 31, { default: 0 }) },
  },
  { type: 'net/tunnels/vxlan', before: '12.0', without: ['encapsulationType'] },
  { type: 'net/tunnels/geneve', before: '13.1', absent: true },
  {
    type: 'net/fdb/tunnel',
    before: '12.1',
    inline: 'records',
    fields: { records: fdbRecordList() },
  },
  { type: 'ltm/policy/rules', before: '12.1', without: ['description'] },
];
