// ltm/data-group/internal: value lists (iControl REST 6.17).
import { alreadyExists, mcpError, validationError } from '../../errors.ts';
import {
  compareText,
  asString,
  isJsonObject,
  type Json,
  type JsonObject,
  scalarText,
} from '../../json.ts';
import { storedAddress, tryParseAddress } from '../../schema/address.ts';
import { appService } from '../../schema/app-service.ts';
import { defineType } from '../../schema/define-type.ts';
import { choice, invalidValue, text } from '../../schema/fields.ts';
import { reference } from '../../schema/reference-fields.ts';
import { nameKey } from '../../schema/schema.ts';
import type { Field, ObjectType, RuleContext } from '../../schema/types.ts';
import type { ConfigRecord } from '../../store/record.ts';

const DATA_SIZE_MAX = 65_520;

interface DataRecord extends JsonObject {
  name: string;
  data: string;
}

function dataRecord(item: Json): DataRecord {
  const entry: Json = isJsonObject(item) ? item : { name: item };
  const name = entry['name'];
  if (typeof name !== 'string' && typeof name !== 'number') throw invalidValue('records', item);
  const data = typeof entry['data'] === 'number' ? String(entry['data']) : asString(entry['data']);
  if ((data ?? '').length > DATA_SIZE_MAX) {
    throw mcpError(
      '01070712:3',
      `Max string size exceeded during update of attribute:data type:class_value_item ` +
        `max:${DATA_SIZE_MAX} received:${(data ?? '').length}`,
    );
  }
  return { name: String(name), data: data ?? '' };
}

function records(): Field {
  return {
    parse: (input) => {
      const items = Array.isArray(input) ? input : input === 'none' ? [] : [input];
      return items.length === 0 ? undefined : items.map(dataRecord);
    },
  };
}

/** Name of a record in the form of the group's type; addresses become CIDRs. */
function normalName(type: string, name: string): string {
  if (type === 'integer') {
    if (!/^-?\d+$/.test(name)) throw validationError(`"${name}" invalid integer`);
    return String(Number(name));
  }
  if (type !== 'ip') return name;
  const parsed = tryParseAddress(name, 0);
  if (parsed === undefined) throw validationError(`"${name}" invalid address`);
  return storedAddress({
    ...parsed,
    prefix: parsed.prefix ?? (parsed.family === 'ipv4' ? 32 : 128),
  });
}

/** Sorted by name, each name once. */
function settle(record: ConfigRecord, context: RuleContext): void {
  const stored = record.fields['records'];
  if (!Array.isArray(stored)) return;
  const type = scalarText(record.fields['type']);
  const seen = new Map<string, DataRecord>();
  for (const item of stored) {
    const entry = dataRecord(item);
    const name = normalName(type, entry.name);
    if (seen.has(name)) {
      throw alreadyExists(`class ${type} item`, `${record.fullPath} ${name}`, record.partition);
    }
    seen.set(name, { name, data: entry.data });
  }
  const sorted = [...seen.values()].sort((a, b) =>
    type === 'integer' ? Number(a.name) - Number(b.name) : compareText(a.name, b.name),
  );
  context.update(record, { records: sorted });
}

export const internalDataGroupType: ObjectType = defineType({
  path: 'ltm/data-group/internal',
  className: 'value list',
  fields: {
    appService: appService(),
    records: records(),
    type: choice(['string', 'ip', 'integer'], { required: true, access: 'create-only' }),
  },
  rules: { created: settle, changed: (record, _before, context) => settle(record, context) },
});

export const externalDataGroupType: ObjectType = defineType({
  path: 'ltm/data-group/external',
  className: 'value list',
  fields: {
    appService: appService(),
    externalFileName: reference('sys/file/data-group', { required: true }),
    separator: text({ default: ':=' }),
    // The file says what it holds.
    type: {
      parse: () => undefined,
      access: 'read-only',
      read: (record, { store }) => {
        const file = asString(record.fields['externalFileName']) ?? '';
        return store.find(nameKey('sys/file/data-group', file))?.fields['type'] ?? 'string';
      },
    },
  },
});
