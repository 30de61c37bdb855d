// ltm/snatpool, ltm/snat-translation, ltm/snat (iControl REST 6.18).
import { mcpError, validationError } from '../../errors.ts';
import { asString, isJsonObject, isStringArray, type Json, scalarText } from '../../json.ts';
import {
  storedAddress,
  tryParseAddress,
  parseAddress,
  withoutRouteDomain,
} from '../../schema/address.ts';
import { appService } from '../../schema/app-service.ts';
import { defineType } from '../../schema/define-type.ts';
import {
  choice,
  computed,
  enabledDisabled,
  flag,
  integer,
  internal,
  numericText,
  trueFalse,
} from '../../schema/fields.ts';
import { address, reference, referenceList } from '../../schema/reference-fields.ts';
import { nameKey } from '../../schema/schema.ts';
import type { Field, InputContext, ObjectType, RuleContext } from '../../schema/types.ts';
import type { ConfigRecord } from '../../store/record.ts';
import { LOCAL_TRAFFIC_GROUP } from '../sys/folder.ts';
import { metadata } from './common-fields.ts';
import { trafficGroupOf } from './virtual-address.ts';

const SNAT_IP = 'snat-translation-ip';
const FOREVER = ['indefinite'];

function translationPath(input: Json, context: InputContext): string {
  const name = isJsonObject(input) ? (asString(input['name']) ?? '') : scalarText(input);
  return context.resolve('ltm/snat-translation', name);
}

function members(): Field {
  const list = referenceList('ltm/snat-translation');
  return {
    ...list,
    required: true,
    parse: (input, context) => {
      const items = Array.isArray(input) ? input : [input];
      if (items.length === 0) throw validationError('"members" must be specified');
      return items.map((item) => translationPath(item, context));
    },
  };
}

function memberPaths(record: ConfigRecord | undefined): string[] {
  const paths = record?.fields['members'];
  return isStringArray(paths) ? paths : [];
}

/** Addresses named by a SNAT pool become translations of that name. */
function ensureTranslations(record: ConfigRecord, context: RuleContext): void {
  for (const path of memberPaths(record)) {
    if (context.store.hasName(nameKey('ltm/snat-translation', path))) continue;
    const host = path.slice(path.lastIndexOf('/') + 1);
    const place = { ...record, partition: path.split('/')[1] ?? 'Common' };
    const parsed = tryParseAddress(
      host,
      context.read.defaultRouteDomain({ ...place, keys: [path] }),
    );
    if (parsed === undefined) throw validationError(`"${host}" invalid address`);
    const made = context.create('ltm/snat-translation', [], {
      name: path,
      address: storedAddress(parsed),
    });
    context.update(made, { isImplicit: true });
  }
}

/** Translations that a SNAT pool brought go when the last one drops them. */
function dropTranslations(
  before: ConfigRecord,
  after: ConfigRecord | undefined,
  context: RuleContext,
): void {
  const kept = new Set(memberPaths(after));
  for (const path of memberPaths(before)) {
    const name = nameKey('ltm/snat-translation', path);
    const record = context.store.find(name);
    if (kept.has(path) || record?.fields['isImplicit'] !== true) continue;
    if (!context.store.isReferenced(name)) context.remove(record);
  }
}

export const snatPoolType: ObjectType = defineType({
  path: 'ltm/snatpool',
  className: 'SNAT Pool',
  referenceName: 'snat pool',
  usedCountsCommitted: true,
  usedError: (record) =>
    mcpError('01070320:3', `Snatpool ${record.fullPath} is still referenced by a virtual server.`),
  fields: { appService: appService(), members: members(), metadata: metadata() },
  rules: {
    created: ensureTranslations,
    changed: (record, before, context) => {
      ensureTranslations(record, context);
      dropTranslations(before, record, context);
    },
    removed: (record, context) => dropTranslations(record, undefined, context),
  },
});

export const snatTranslationType: ObjectType = defineType({
  path: 'ltm/snat-translation',
  className: 'SNAT Translation',
  usedError: (record, by) =>
    mcpError(
      '01070321:3',
      `SNAT Translation ${record.fullPath} is still referenced by a snat pool (${by.fullPath}).`,
    ),
  fields: {
    address: address('address', { access: 'create-only', required: true }),
    appService: appService(),
    arp: enabledDisabled('enabled'),
    connectionLimit: integer(0, 2 ** 32 - 1, { default: 0 }),
    inheritedTrafficGroup: trueFalse('true'),
    ipIdleTimeout: numericText(FOREVER, { default: 'indefinite' }),
    isImplicit: internal({ show: () => undefined }),
    metadata: metadata(),
    tcpIdleTimeout: numericText(FOREVER, { default: 'indefinite' }),
    trafficGroup: reference('cm/traffic-group', {
      read: (record, context) => trafficGroupOf(record, context),
    }),
    udpIdleTimeout: numericText(FOREVER, { default: 'indefinite' }),
    unit: computed((record, context) =>
      trafficGroupOf(record, context) === LOCAL_TRAFFIC_GROUP ? 0 : 1,
    ),
  },
  flags: [{ names: ['enabled', 'disabled'], default: 'enabled' }],
  unique: [
    {
      family: SNAT_IP,
      key: ({ fields }) => asString(fields['address']),
      clash: (record, other) =>
        mcpError(
          '0107176c:3',
          `Invalid SNAT Translation, the IP address ` +
            `${withoutRouteDomain(scalarText(record.fields['address']))} already exists (${other.fullPath}).`,
        ),
    },
  ],
  rules: {
    prepare: (body) => {
      if (body['address'] !== undefined) return body;
      const name =
        scalarText(body['name'] ?? '')
          .split('/')
          .at(-1) ?? '';
      return tryParseAddress(name, 0) === undefined ? body : { ...body, address: name };
    },
    check: (record, { store }) => {
      const stored = asString(record.fields['address']);
      if (stored === undefined || !store.hasName(nameKey('self-ip', stored))) return;
      throw mcpError(
        '01070627:3',
        `SNAT Translation ${record.fullPath} address ${stored} conflicts with a self IP.`,
      );
    },
  },
});

function origins(): Field {
  return {
    required: true,
    parse: (input, { property }) => {
      const items = Array.isArray(input) ? input : [input];
      if (items.length === 0) throw validationError(`"${property}" cannot be empty`);
      return items.map((item) => {
        const name = isJsonObject(item) ? asString(item['name']) : asString(item);
        const parsed = parseAddress(name ?? '', 0);
        const bits = parsed.family === 'ipv4' ? 32 : 128;
        return { name: storedAddress({ ...parsed, prefix: parsed.prefix ?? bits }) };
      });
    },
  };
}

export const snatType: ObjectType = defineType({
  path: 'ltm/snat',
  className: 'SNAT',
  fields: {
    appService: appService(),
    autoLasthop: choice(['default', 'enabled', 'disabled'], { default: 'default' }),
    automap: flag(),
    metadata: metadata(),
    mirror: enabledDisabled('disabled'),
    origins: origins(),
    snatpool: reference('ltm/snatpool'),
    sourcePort: choice(['preserve', 'preserve-strict', 'change'], { default: 'preserve' }),
    translation: reference('ltm/snat-translation'),
    vlans: referenceList('vlan'),
  },
  flags: [{ names: ['vlansEnabled', 'vlansDisabled'], default: 'vlansDisabled' }],
  rules: {
    check: (record) => {
      const ways = ['automap', 'snatpool', 'translation'].filter(
        (key) => record.fields[key] !== undefined,
      );
      if (ways.length === 0)
        throw validationError('one of automap, snatpool, translation must be specified');
    },
  },
});
