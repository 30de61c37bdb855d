// Builders of fields that name other objects, and of addresses (which name route domains).
import type { DeviceError } from '../errors.ts';
import { mcpError } from '../errors.ts';
import { isJsonObject, isStringArray, type Json } from '../json.ts';
import type { ConfigRecord } from '../store/record.ts';
import {
  parseAddress,
  routeDomainOf,
  showAddress,
  storedAddress,
  unknownRouteDomain,
} from './address.ts';
import { invalidValue, textOf } from './fields.ts';
import type { Field, InputContext, ReferenceTo } from './types.ts';

type Options = Partial<Field>;

/** Family of the index keys that route domains carry for their number. */
export const ROUTE_DOMAIN_ID = 'route-domain-id';

/** `name` or `{name, partition}` to a full path. */
export function pathOf(family: string, input: Json, context: InputContext): string {
  if (isJsonObject(input)) {
    const name = textOf(context.property, input['name'] ?? '');
    const partition = input['partition'];
    const absolute = typeof partition === 'string' && !name.startsWith('/');
    return absolute ? `/${partition}/${name}` : context.resolve(family, name);
  }
  return context.resolve(family, textOf(context.property, input));
}

/** Reference to one object; `none` and `""` clear it. */
export function reference(family: string, options: Options = {}): Field {
  return {
    parse: (input, context) =>
      input === '' || input === 'none' ? undefined : pathOf(family, input, context),
    references: (value) =>
      typeof value === 'string' && value !== 'none' ? [{ family, path: value }] : [],
    companion: 'one',
    ...options,
  };
}

/** References to several objects, in order; `none` and `[]` clear them. */
export function referenceList(family: string, options: Options = {}): Field {
  return {
    parse: (input, context) => {
      const items = Array.isArray(input) ? input : input === '' || input === 'none' ? [] : [input];
      return items.length === 0 ? undefined : items.map((item) => pathOf(family, item, context));
    },
    references: (value) =>
      isStringArray(value) ? value.map((path): ReferenceTo => ({ family, path })) : [],
    companion: 'list',
    shape: 'list',
    ...options,
  };
}

/** Number of the route domain of a stored address, as something that must exist. */
export function routeDomainReference(stored: string): ReferenceTo[] {
  const id = routeDomainOf(stored);
  return id === 0 ? [] : [{ family: ROUTE_DOMAIN_ID, path: String(id) }];
}

export function routeDomainMissing(property: string) {
  return (id: string, record: ConfigRecord): DeviceError => {
    const value = record.fields[property];
    return unknownRouteDomain(id, typeof value === 'string' ? value : id);
  };
}

export interface AddressOptions extends Options {
  /** `with`: must have a mask; `without`: must not; `maybe`: either. @default 'without' */
  prefix?: 'with' | 'without' | 'maybe';
  /** Words kept as they are, such as `any6`. */
  words?: readonly string[];
}

/** Address with route domain; stored with the number, shown as the partition sees it. */
export function address(property: string, options: AddressOptions = {}): Field {
  const { prefix = 'without', words = [], ...rest } = options;
  return {
    parse: (input, context) => {
      const value = textOf(context.property, input);
      if (words.includes(value)) return value;
      const parsed = parseAddress(value, context.defaultRouteDomain);
      if (prefix === 'with' && parsed.prefix === undefined) {
        throw mcpError('01070712:3', 'a netmask must be specified');
      }
      if (prefix === 'without' && parsed.prefix !== undefined) {
        throw invalidValue(context.property, input);
      }
      return storedAddress(parsed);
    },
    references: (value) => (typeof value === 'string' ? routeDomainReference(value) : []),
    missing: routeDomainMissing(property),
    show: (value, record, context) =>
      typeof value === 'string' && !words.includes(value)
        ? showAddress(value, context.defaultRouteDomain(record))
        : value,
    ...rest,
  };
}
