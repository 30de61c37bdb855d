// Structured fields of ltm/virtual: source address translation, persistence, clone pools (iControl REST 6.9).
import { mcpError, type DeviceError } from '../../errors.ts';
import { asString, isJsonObject, isStringArray, type Json, type JsonObject } from '../../json.ts';
import { invalidValue } from '../../schema/fields.ts';
import { pathOf } from '../../schema/reference-fields.ts';
import type { Field, InputContext, ReferenceTo } from '../../schema/types.ts';
import { splitPath } from '../../store/record.ts';

const TRANSLATION_TYPES = ['none', 'automap', 'snat', 'lsn'];

function translationPool(input: JsonObject, context: InputContext): JsonObject {
  const pool = input['pool'];
  if (pool === undefined || pool === 'none' || pool === '') return {};
  return { pool: pathOf('ltm/snatpool', pool, context) };
}

/** `{type, pool}`; a PATCH replaces both, so `{"type":"automap"}` drops the pool. */
export function sourceAddressTranslation(): Field {
  return {
    default: { type: 'none' },
    parse: (input, context) => {
      if (!isJsonObject(input)) throw invalidValue(context.property, input);
      const type = input['type'] ?? 'none';
      if (typeof type !== 'string' || !TRANSLATION_TYPES.includes(type)) {
        throw invalidValue(`${context.property}.type`, type);
      }
      return { type, ...(type === 'automap' ? {} : translationPool(input, context)) };
    },
    references: (value) => {
      const pool = isJsonObject(value) ? asString(value['pool']) : undefined;
      return pool === undefined ? [] : [{ family: 'ltm/snatpool', path: pool }];
    },
    show: (value, _record, context) => {
      if (!isJsonObject(value) || typeof value['pool'] !== 'string') return value;
      const link = context.linkTo({ family: 'ltm/snatpool', path: value['pool'] });
      return { pool: value['pool'], poolReference: { link }, type: value['type'] ?? 'none' };
    },
  };
}

export function persistenceMissing(path: string): DeviceError {
  return mcpError('01070277:3', `The requested persistence profile (${path}) was not found.`);
}

function persistenceReferences(value: Json): ReferenceTo[] {
  return isStringArray(value) ? value.map((path) => ({ family: 'persistence', path })) : [];
}

/** At most one profile; shown as `[{name, partition, tmDefault, nameReference}]`. */
export function persist(): Field {
  return {
    shape: 'list',
    parse: (input, context) => {
      const items = Array.isArray(input) ? input : input === 'none' || input === '' ? [] : [input];
      if (items.length === 0) return undefined;
      if (items.length > 1) throw invalidValue(context.property, input);
      return items.map((item) => pathOf('persistence', item, context));
    },
    references: persistenceReferences,
    missing: persistenceMissing,
    show: (value, _record, context) =>
      isStringArray(value)
        ? value.map((path): JsonObject => {
            const parts = splitPath(path);
            return {
              name: parts?.name ?? path,
              partition: parts?.partition ?? 'Common',
              ...(parts?.subPath ? { subPath: parts.subPath } : {}),
              tmDefault: 'yes',
              nameReference: { link: context.linkTo({ family: 'persistence', path }) },
            };
          })
        : undefined,
  };
}
