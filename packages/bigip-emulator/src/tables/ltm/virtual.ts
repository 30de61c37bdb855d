// ltm/virtual: what the device listens on (iControl REST 6.9).
import { inUse, mcpError, type DeviceError } from '../../errors.ts';
import { asString, isJsonObject, isStringArray, scalarText } from '../../json.ts';
import { showAddress, storedAddress, parseAddress } from '../../schema/address.ts';
import { appService } from '../../schema/app-service.ts';
import { defineType, type SubcollectionEntry } from '../../schema/define-type.ts';
import {
  choice,
  constant,
  enabledDisabled,
  integer,
  internal,
  text,
  verbatim,
} from '../../schema/fields.ts';
import {
  reference,
  referenceList,
  routeDomainMissing,
  routeDomainReference,
} from '../../schema/reference-fields.ts';
import { nameKey } from '../../schema/schema.ts';
import type { Field, ObjectType, RuleContext } from '../../schema/types.ts';
import type { ConfigRecord } from '../../store/record.ts';
import { metadata } from './common-fields.ts';
import {
  checkSource,
  defaultSource,
  parseDestination,
  settleDestination,
} from './virtual-destination.ts';
import { releaseVirtualAddress } from './virtual-address.ts';
import { persist, persistenceMissing, sourceAddressTranslation } from './virtual-fields.ts';
import { checkPersistence, checkPolicies, checkRules } from './virtual-checks.ts';
import { checkProfiles, completeProfiles, contextOf, profileKind } from './virtual-profiles.ts';

const LISTENER = 'virtual-listener';
const INDEX = 'virtual-index';

const vlanMissing = (path: string): DeviceError =>
  mcpError(
    '01070094:3',
    `Referenced vlan (${path}) is hidden, does not already exist, or is on a different partition.`,
  );

function destination(): Field {
  return {
    ...verbatim(),
    references: (value) =>
      typeof value === 'string' && value.startsWith('/')
        ? [{ family: 'ltm/virtual-address', path: parseDestination(value).addressPath }]
        : [],
    crossPartition: true,
  };
}

function source(): Field {
  return {
    parse: (input, context) => {
      const parsed = parseAddress(scalarText(input), context.defaultRouteDomain);
      const bits = parsed.family === 'ipv4' ? 32 : 128;
      return storedAddress({ ...parsed, prefix: parsed.prefix ?? bits });
    },
    references: (value) => (typeof value === 'string' ? routeDomainReference(value) : []),
    missing: routeDomainMissing('source'),
    read: (record, context) =>
      showAddress(
        asString(record.fields['source']) ?? defaultSource(record),
        context.defaultRouteDomain(record),
      ),
  };
}

const profiles: SubcollectionEntry = {
  path: 'profiles',
  naming: 'attachment',
  className: 'virtual server profile',
  usageName: 'virtual server profile',
  description: false,
  attaches: (record) => ({ family: 'profile', path: record.fullPath }),
  fields: { context: choice(['all', 'clientside', 'serverside'], { default: 'all' }) },
  rules: {
    created: (record, context) => {
      if (record.fields['context'] !== undefined) return;
      const side = contextOf(profileKind(context.store, record.fullPath));
      if (side !== 'all') context.update(record, { context: side });
    },
    check: checkOwner,
  },
};

const policies: SubcollectionEntry = {
  path: 'policies',
  naming: 'attachment',
  className: 'virtual server policy',
  usageName: 'virtual server policy',
  description: false,
  attaches: (record) => ({ family: 'ltm/policy', path: record.fullPath }),
  attachMissing: (path, record) =>
    mcpError(
      '01070712:3',
      `Values (${path}) specified for virtual server policy (${record.keys.join(' ')}): foreign ` +
        'key index (policy_FK) do not point at an item that exists in the database.',
    ),
  rules: { check: checkOwner },
};

/** What is attached changes what the virtual server needs. */
function checkOwner(record: ConfigRecord, context: RuleContext): void {
  const owner = context.store.find(nameKey('ltm/virtual', record.keys[0] ?? ''));
  if (owner !== undefined) check(owner, context);
}

function check(record: ConfigRecord, context: RuleContext): void {
  checkSource(record);
  checkTranslation(record);
  checkProfiles(record, context);
  checkPersistence(record, context);
  checkPolicies(record, context);
  checkRules(record, context);
}

function checkTranslation(record: ConfigRecord): void {
  const translation = record.fields['sourceAddressTranslation'];
  if (!isJsonObject(translation) || translation['type'] !== 'snat') return;
  if (translation['pool'] === undefined) {
    throw mcpError(
      '01071811:3',
      `Virtual Server ${record.fullPath} references non-existent snatpool <no name>.`,
    );
  }
}

function vlanSet(record: ConfigRecord): { only: boolean; vlans: string[] } {
  const vlans = isStringArray(record.fields['vlans']) ? record.fields['vlans'] : [];
  return { only: record.fields['vlansEnabled'] === true, vlans };
}

/** Two listeners clash where a packet could reach both. */
function overlap(a: ConfigRecord, b: ConfigRecord): boolean {
  const left = vlanSet(a);
  const right = vlanSet(b);
  if (left.only && right.only) return left.vlans.some((vlan) => right.vlans.includes(vlan));
  if (left.only) return left.vlans.some((vlan) => !right.vlans.includes(vlan));
  if (right.only) return right.vlans.some((vlan) => !left.vlans.includes(vlan));
  return true;
}

function listenerKey(record: ConfigRecord): string | undefined {
  const { fields } = record;
  if (fields['resolvedAddress'] === undefined) return undefined;
  const { port } = parseDestination(scalarText(fields['destination']));
  const from = asString(fields['source']) ?? defaultSource(record);
  const protocol = asString(fields['ipProtocol']) ?? 'any';
  const address = scalarText(fields['resolvedAddress']);
  return [address, scalarText(fields['mask']), port, from, protocol].join('|');
}

function listenerClash(record: ConfigRecord, other: ConfigRecord): DeviceError | undefined {
  if (!overlap(record, other)) return undefined;
  return mcpError(
    '01070333:3',
    `Virtual Server ${record.fullPath} illegally shares destination address, source address, ` +
      `service port, ip-protocol, and vlan with Virtual Server ${other.fullPath}.`,
  );
}

function nextIndex({ store }: RuleContext): number {
  let index = store.count('ltm/virtual') + 1;
  while (store.hasName(nameKey(INDEX, String(index)))) index += 1;
  return index;
}

export const virtualType: ObjectType = defineType({
  path: 'ltm/virtual',
  className: 'Virtual Server',
  usedError: (record, by) =>
    by.type.endsWith('-adapt')
      ? mcpError(
          '0107160c:3',
          `Virtual server '${record.fullPath}' is referenced by ` +
            `${by.type.includes('request') ? 'request' : 'response'}-adapt profile '${by.fullPath}'.`,
        )
      : inUse(
          'Virtual Server',
          record.fullPath,
          by.type.split('/').at(-1) ?? '',
          by.keys.join(' '),
        ),
  fields: {
    addressStatus: constant('yes'),
    appService: appService(),
    autoLasthop: choice(['default', 'enabled', 'disabled'], { default: 'default' }),
    bwcPolicy: text(),
    cmpEnabled: constant('yes'),
    connectionLimit: integer(0, 2 ** 32 - 1, { default: 0 }),
    creationTime: internal(),
    destination: destination(),
    evictionProtected: enabledDisabled('disabled'),
    fallbackPersistence: reference('persistence', { missing: persistenceMissing }),
    flowEvictionPolicy: text(),
    gtmScore: constant(0),
    ipProtocol: choice(
      [
        'any',
        'tcp',
        'udp',
        'sctp',
        'icmp',
        'ipv6-icmp',
        'gre',
        'esp',
        'ah',
        'ipencap',
        'udplite',
        'ospf',
      ],
      { default: 'any' },
    ),
    lastHopPool: reference('ltm/pool'),
    lastModifiedTime: internal(),
    mask: text({ default: 'any' }),
    metadata: metadata(),
    mirror: enabledDisabled('disabled'),
    mobileAppTunnel: enabledDisabled('disabled'),
    nat64: enabledDisabled('disabled'),
    persist: persist(),
    pool: reference('ltm/pool'),
    rateClass: text(),
    rateLimit: text({ default: 'disabled' }),
    rateLimitDstMask: integer(0, 128, { default: 0 }),
    rateLimitMode: text({ default: 'object' }),
    rateLimitSrcMask: integer(0, 128, { default: 0 }),
    resolvedAddress: internal({ show: () => undefined }),
    rules: referenceList('ltm/rule'),
    serversslUseSni: enabledDisabled('disabled'),
    serviceDownImmediateAction: choice(['none', 'reset', 'drop'], { default: 'none' }),
    source: source(),
    sourceAddressTranslation: sourceAddressTranslation(),
    sourcePort: choice(['preserve', 'preserve-strict', 'change'], { default: 'preserve' }),
    synCookieStatus: constant('not-activated'),
    translateAddress: enabledDisabled('enabled'),
    translatePort: enabledDisabled('enabled'),
    vlans: referenceList('vlan', { missing: vlanMissing }),
    vsIndex: internal(),
  },
  flags: [
    { names: ['enabled', 'disabled'], default: 'enabled' },
    { names: ['vlansEnabled', 'vlansDisabled'], default: 'vlansDisabled' },
    { names: ['internal', 'ipForward', 'l2Forward', 'reject', 'stateless', 'dhcpRelay'] },
  ],
  subcollections: [policies, profiles],
  unique: [
    { family: LISTENER, key: listenerKey, clash: listenerClash },
    {
      family: INDEX,
      key: ({ fields }) =>
        typeof fields['vsIndex'] === 'number' ? String(fields['vsIndex']) : undefined,
    },
  ],
  rules: {
    prepare: completeProfiles,
    created: (record, context) => {
      const settled = settleDestination(record, undefined, context);
      const now = timestamp(context);
      context.update(settled, {
        vsIndex: nextIndex(context),
        creationTime: now,
        lastModifiedTime: now,
      });
    },
    changed: (record, before, context) => {
      const settled = settleDestination(record, before, context);
      context.update(settled, { lastModifiedTime: timestamp(context) });
    },
    removed: (record, context) => {
      const stored = asString(record.fields['destination']);
      if (stored !== undefined)
        releaseVirtualAddress(parseDestination(stored).addressPath, context);
    },
    check,
  },
});

function timestamp({ runtime }: RuleContext): string {
  return `${new Date(runtime.clock.nowMs()).toISOString().slice(0, 19)}Z`;
}
