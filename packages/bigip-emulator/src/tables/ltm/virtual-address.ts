// ltm/virtual-address: appears with the first virtual server on it and goes with the last (iControl REST 6.10).
import { mcpError } from '../../errors.ts';
import { asString, type JsonObject, scalarText } from '../../json.ts';
import { maskOf, tryParseAddress } from '../../schema/address.ts';
import { appService } from '../../schema/app-service.ts';
import { defineType } from '../../schema/define-type.ts';
import {
  choice,
  computed,
  enabledDisabled,
  integer,
  text,
  trueFalse,
  yesNo,
} from '../../schema/fields.ts';
import { address, reference } from '../../schema/reference-fields.ts';
import { nameKey } from '../../schema/schema.ts';
import type { Field, ObjectType, ReadContext, RuleContext } from '../../schema/types.ts';
import { folderOf, type ConfigRecord } from '../../store/record.ts';
import { folderTrafficGroup, LOCAL_TRAFFIC_GROUP } from '../sys/folder.ts';
import { metadata } from './common-fields.ts';

export const VIRTUAL_ADDRESS_IP = 'virtual-address-ip';

const ECHO = ['enabled', 'disabled', 'selective', 'always', 'any', 'all'];

/** Traffic group of a floating object: its own, or its folder's. */
export function trafficGroupOf(record: ConfigRecord, context: ReadContext): string {
  const own = asString(record.fields['trafficGroup']);
  if (own !== undefined) return own;
  const folder = context.store.find(nameKey('sys/folder', folderOf(record) ?? '/Common'));
  return folder === undefined ? '' : scalarText(folderTrafficGroup(folder, context));
}

/** Networks and the wildcard are not answered for on the wire (iControl REST 6.10). */
function quietDefaults(ip: string, mask: string): JsonObject {
  const isHost = mask === '255.255.255.255' || mask === 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff';
  return isHost && ip !== '0.0.0.0' && ip !== '::' ? {} : { arp: 'disabled', icmpEcho: 'disabled' };
}

function prepare(body: JsonObject, context: RuleContext): JsonObject {
  const name = asString(body['name'])?.split('/').at(-1) ?? '';
  const given = asString(body['address']) ?? name;
  const routeDomain = context.read.defaultRouteDomain(placeOf(body));
  const parsed = tryParseAddress(given, routeDomain);
  if (parsed === undefined)
    return body['address'] === undefined ? { ...body, address: 'any6' } : body;
  const isWildcard = parsed.ip === '0.0.0.0' || parsed.ip === '::';
  const mask = asString(body['mask']) ?? (isWildcard ? 'any' : maskOf(parsed));
  return { ...quietDefaults(parsed.ip, mask), ...body, address: given, mask };
}

function placeOf(body: JsonObject): ConfigRecord {
  const path = asString(body['name']) ?? '';
  const partition = path.startsWith('/')
    ? (path.split('/')[1] ?? null)
    : asString(body['partition']);
  const blank = { type: 'ltm/virtual-address', keys: [], name: '', subPath: null, fullPath: '' };
  return { ...blank, partition: partition ?? null, generation: 0, fields: {} };
}

/** Removes an address that its last virtual server leaves, unless it is to stay. */
export function releaseVirtualAddress(path: string, context: RuleContext): void {
  const name = nameKey('ltm/virtual-address', path);
  const record = context.store.find(name);
  if (record === undefined || record.fields['autoDelete'] === 'false') return;
  if (!context.store.isReferenced(name)) context.remove(record);
}

const ADDRESS = address('address', { access: 'create-only', words: ['any6'] });

/** The wildcards are shown in words. */
const showAddress: Field['show'] = (value, record, context) => {
  const shown = ADDRESS.show?.(value, record, context) ?? value;
  if (typeof shown !== 'string') return shown;
  return shown.replace(/^0\.0\.0\.0(?=%|$)/, 'any').replace(/^::(?=%|$)/, 'any6');
};

export const virtualAddressType: ObjectType = defineType({
  path: 'ltm/virtual-address',
  className: 'Virtual Address',
  usedError: (record) =>
    mcpError('01070344:3', `Cannot delete referenced virtual address ${record.fullPath}.`),
  fields: {
    address: { ...ADDRESS, show: showAddress },
    appService: appService(),
    arp: enabledDisabled('enabled'),
    autoDelete: trueFalse('true'),
    connectionLimit: integer(0, 2 ** 32 - 1, { default: 0 }),
    enabled: yesNo('yes'),
    floating: computed((record, context) =>
      trafficGroupOf(record, context) === LOCAL_TRAFFIC_GROUP ? 'disabled' : 'enabled',
    ),
    icmpEcho: choice(ECHO, { default: 'enabled' }),
    inheritedTrafficGroup: trueFalse('false'),
    mask: text({ default: '255.255.255.255' }),
    metadata: metadata(),
    routeAdvertisement: choice(ECHO, { default: 'disabled' }),
    serverScope: choice(['any', 'all', 'none'], { default: 'any' }),
    spanning: enabledDisabled('disabled'),
    trafficGroup: reference('cm/traffic-group', {
      read: (record, context) => trafficGroupOf(record, context),
    }),
    unit: computed((record, context) =>
      trafficGroupOf(record, context) === LOCAL_TRAFFIC_GROUP ? 0 : 1,
    ),
  },
  unique: [
    {
      family: VIRTUAL_ADDRESS_IP,
      key: ({ fields }) => {
        const ip = asString(fields['address']);
        return ip === undefined || ip === 'any6' ? undefined : ip;
      },
      clash: (record) =>
        mcpError(
          '0107176c:3',
          `Invalid Virtual Address, the IP address ${scalarText(record.fields['address'])} already exists.`,
        ),
    },
  ],
  rules: { prepare },
});
