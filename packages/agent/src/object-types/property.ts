// How one property of a device object is read, written and compared: the device's dialect (text booleans, flag
// pairs, `none`, trailing blanks, `%0`) is known here and nowhere else.
// @see F5 iControl REST: representation rules, exclusive attributes
import { isFields, type Fields, type ObjectTypeName, type Value } from './device-object.ts';

export interface Property {
  /** From an item as the device shows it, `expandSubcollections` applied where the type asks for it. */
  read(item: Fields): Value;
  /** Fields to send for a value. */
  write(value: Value): Fields;
  /** What a new object has when the field is not sent. Without one the field is always sent. */
  default?: Value;
  /** Cannot be changed, or not from this to that: the object has to be made anew. */
  immutable?: true | ((from: Value, to: Value) => boolean);
  /** A list of items of their own below the object. A PATCH that says nothing but an empty one is refused. */
  subcollection?: true;
  refersTo?: {
    types: readonly ObjectTypeName[];
    paths(value: Value): readonly string[];
    /** The value when what is at some of its paths does not exist. Absent: the default. */
    without?(value: Value, isMissing: (path: string) => boolean): Value;
  };
}

type Options = Pick<Property, 'default' | 'immutable'>;

function isUnset(value: Value | undefined): value is undefined | null | '' {
  return value === undefined || value === null || value === '' || value === 'none';
}

/** `10.0.0.1%0` -> `10.0.0.1`: route domain 0 is never echoed. */
export function stripDefaultRouteDomain(text: string): string {
  return text.replace(/%0(?=$|[/:.])/, '');
}

/** Text; unset and `none` read as empty. */
export function text(field: string, options: Options = { default: '' }): Property {
  return {
    ...options,
    read: (item) => (isUnset(item[field]) ? (options.default ?? '') : asText(item[field])),
    write: (value) => ({ [field]: value }),
  };
}

/** Address; route domain 0 is not part of it. */
export function address(field: string, options: Options): Property {
  const plain = text(field, options);
  return { ...plain, read: (item) => stripDefaultRouteDomain(asText(plain.read(item))) };
}

/** Number; the device shows some as text. */
export function number(field: string, options: Options = {}): Property {
  return {
    ...options,
    read: (item) => (isUnset(item[field]) ? (options.default ?? 0) : Number(item[field])),
    write: (value) => ({ [field]: value }),
  };
}

/** Boolean that the device spells with two words, e.g. `yes` and `no`. */
export function words(field: string, on: string, off: string, options: Options): Property {
  return {
    ...options,
    read: (item) => (isUnset(item[field]) ? (options.default ?? false) : item[field] !== off),
    write: (value) => ({ [field]: value === true ? on : off }),
  };
}

/** Boolean of which the device shows, and takes, exactly one of two flags. */
export function flags(on: string, off: string): Property {
  return {
    default: true,
    read: (item) => item[off] !== true,
    write: (value) => (value === true ? { [on]: true } : { [off]: true }),
  };
}

/** Full path of another object, or null. Bare names are in the partition of the object itself. */
export function reference(field: string, types: readonly ObjectTypeName[]): Property {
  return {
    default: null,
    read: (item) => (isUnset(item[field]) ? null : fullPath(asText(item[field]), item)),
    write: (value) => ({ [field]: value ?? 'none' }),
    refersTo: { types, paths: (value) => (typeof value === 'string' ? [value] : []) },
  };
}

const AND = ' and ';

/** Monitors that all have to succeed, as a property of a pool or member; null for none. @param paths full */
export function monitorRuleOf(paths: readonly string[]): string | null {
  return paths.length === 0 ? null : paths.toSorted().join(AND);
}

/**
 * As `monitorRuleOf` makes it; up to TMOS 13 the device adds a blank. A quorum, `min 1 of { ... }`, is nothing of ours
 * and reads as it stands, so that it differs.
 * @param unset what the device calls none
 */
export function monitorRule(types: readonly ObjectTypeName[], unset: 'none' | 'default'): Property {
  const pathsIn = (value: Value): string[] =>
    asText(value)
      .split(/\s+/)
      .filter((word) => word.startsWith('/'));
  return {
    default: null,
    read(item) {
      const rule = asText(item['monitor']);
      if (isUnset(rule) || rule === unset) return null;
      if (rule.startsWith('min ')) return rule;
      return monitorRuleOf(rule.split(AND).map((name) => fullPath(name, item)));
    },
    write: (value) => ({ monitor: value ?? unset }),
    refersTo: {
      types,
      paths: pathsIn,
      without: (value, isMissing) => monitorRuleOf(pathsIn(value).filter((p) => !isMissing(p))),
    },
  };
}

/** Full paths of other objects, in order. */
export function referenceList(field: string, types: readonly ObjectTypeName[]): Property {
  return {
    default: [],
    read: (item) => asList(item[field]).map((entry) => fullPath(asText(entry), item)),
    write: (value) => ({ [field]: value }),
    refersTo: { types, paths: (value) => asList(value).map(asText) },
  };
}

export function asText(value: Value | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

export function asList(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : [];
}

export function fullPath(name: string, item: Fields): string {
  return name.startsWith('/') ? name : `/${asText(item['partition']) || 'Common'}/${name}`;
}

/** Items of an expanded subcollection; an empty one has no `items`. */
export function subcollectionItems(item: Fields, field: string): Fields[] {
  const collection = item[`${field}Reference`];
  const items = isFields(collection) ? asList(collection['items']) : [];
  return items.filter(isFields);
}
