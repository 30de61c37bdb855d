// Fields that several ltm types share: metadata, fqdn.
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { invalidValue } from '../../schema/fields.ts';
import type { Field } from '../../schema/types.ts';

/** `[{name, persist, value}]`; a text is a name. */
export function metadata(): Field {
  return {
    parse: (input, { property }) => {
      const items = Array.isArray(input) ? input : input === 'none' ? [] : [input];
      if (items.length === 0) return undefined;
      return items.map((item): Json => {
        const entry: Json = typeof item === 'string' ? { name: item } : item;
        if (!isJsonObject(entry) || typeof entry['name'] !== 'string')
          throw invalidValue(property, item);
        return { name: entry['name'], persist: entry['persist'] ?? 'true', ...value(entry) };
      });
    },
  };
}

function value(entry: JsonObject): JsonObject {
  const text = entry['value'];
  return text === undefined || text === 'none' ? {} : { value: text };
}

/** Nested object with fixed defaults; only the listed properties are known. */
export function nestedObject(defaults: JsonObject, more: readonly string[] = []): Field {
  const known = new Set([...Object.keys(defaults), ...more]);
  return {
    default: defaults,
    parse: (input, { property }) => {
      if (!isJsonObject(input)) throw invalidValue(property, input);
      for (const key of Object.keys(input)) {
        if (!known.has(key)) throw invalidValue(property, input);
      }
      return { ...defaults, ...input };
    },
  };
}

/** FQDN template of nodes and members; `name` travels as `tmName` (iControl REST 2.3). */
export function fqdnField(defaults: JsonObject): Field {
  const field = nestedObject(defaults, [
    'tmName',
    'addressFamily',
    'autopopulate',
    'interval',
    'downInterval',
  ]);
  return {
    ...field,
    parse: (input, context) => {
      if (!isJsonObject(input)) throw invalidValue(context.property, input);
      const { name, ...rest } = input;
      return field.parse(name === undefined ? rest : { tmName: name, ...rest }, context);
    },
  };
}
