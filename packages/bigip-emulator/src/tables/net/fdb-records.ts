// Records of forwarding tables: who is behind a MAC address (iControl REST 6.4).
import { alreadyExists } from '../../errors.ts';
import { asString, isJsonObject, type JsonObject } from '../../json.ts';
import { parseAddress, storedAddress } from '../../schema/address.ts';
import type { SubcollectionEntry } from '../../schema/define-type.ts';
import { invalidValue, text, textOf } from '../../schema/fields.ts';
import type { Field, InputContext, ObjectType } from '../../schema/types.ts';

const MAC = /^([0-9a-f]{1,2}:){5}[0-9a-f]{1,2}$/i;

function normalMac(input: string): string {
  if (!MAC.test(input)) throw invalidValue('name', input);
  return input
    .toLowerCase()
    .split(':')
    .map((part) => part.padStart(2, '0'))
    .join(':');
}

const prepareMac: NonNullable<ObjectType['rules']['prepare']> = (body) => ({
  ...body,
  name: normalMac(asString(body['name']) ?? ''),
});

/** Shown with its route domain even when that is 0 (iControl REST 6.4). */
function endpoint(): Field {
  return {
    required: true,
    parse: (input, context) => {
      const parsed = parseAddress(textOf(context.property, input), context.defaultRouteDomain);
      return `${storedAddress({ ...parsed, routeDomain: 0 })}%${parsed.routeDomain}`;
    },
  };
}

export const tunnelRecords: SubcollectionEntry = {
  path: 'records',
  naming: 'plain',
  className: 'fdb tunnel record',
  description: false,
  fields: { endpoint: endpoint() },
  rules: { prepare: prepareMac },
};

export const vlanRecords: SubcollectionEntry = {
  path: 'records',
  naming: 'plain',
  className: 'fdb vlan record',
  description: false,
  fields: { tmInterface: text(), interface: text({ access: 'write-only' }), trunk: text() },
  rules: {
    prepare: (body, context, keys) => {
      const { interface: port, ...rest } = prepareMac(body, context, keys);
      return port === undefined ? rest : { tmInterface: port, ...rest };
    },
  },
};

function listedRecord(entry: JsonObject, context: InputContext): JsonObject {
  const name = normalMac(asString(entry['name']) ?? '');
  return { name, endpoint: endpoint().parse(entry['endpoint'] ?? '', context) ?? '' };
}

/** Up to 12.0 the records are a list of the table itself; `null` and `none` clear it. */
export function fdbRecordList(): Field {
  return {
    shape: 'list',
    isNullable: true,
    parse: (input, context) => {
      if (input === null || input === 'none' || input === '') return undefined;
      const items = Array.isArray(input) ? input : [input];
      const records = items.map((item) => {
        if (!isJsonObject(item)) throw invalidValue(context.property, item);
        return listedRecord(item, context);
      });
      const names = records.map(({ name }) => asString(name) ?? '');
      const twice = names.find((name, index) => names.indexOf(name) !== index);
      if (twice !== undefined) throw alreadyExists('fdb tunnel record', twice, null);
      return records.length === 0 ? undefined : records;
    },
  };
}
