// What can be worked out once per object type: order of properties, constant defaults, kinds.
import { compareText, type JsonObject } from '../json.ts';
import type { ObjectType } from '../schema/types.ts';

export interface Layout {
  /** Attributes and flags, alphabetical (iControl REST 2.3). */
  properties: readonly string[];
  defaults: Readonly<JsonObject>;
  /** `tm:ltm:pool:poolstate` */
  itemKind: string;
  /** `tm:ltm:pool:poolcollectionstate` */
  collectionKind: string;
  /** `tm:ltm:pool:poolstats` */
  statsKind: string;
  /** `tm:ltm:pool:poolcollectionstats` */
  collectionStatsKind: string;
}

const LAYOUTS = new WeakMap<ObjectType, Layout>();

function buildLayout(type: ObjectType): Layout {
  const flags = type.flags.flatMap((group) => group.names);
  const properties = [...Object.keys(type.fields), ...flags].sort(compareText);
  const defaults: JsonObject = {};
  for (const [property, field] of Object.entries(type.fields)) {
    if (field.default !== undefined) defaults[property] = field.default;
  }
  const leaf = type.leaf ?? type.path.split('/').at(-1) ?? '';
  const kind = `tm:${type.path.replaceAll('/', ':')}:${leaf}`;
  return {
    properties,
    defaults,
    itemKind: `${kind}state`,
    collectionKind: `${kind}collectionstate`,
    statsKind: `${kind}stats`,
    collectionStatsKind: `${kind}collectionstats`,
  };
}

/** Cached per type; types are immutable. */
export function layoutOf(type: ObjectType): Layout {
  const known = LAYOUTS.get(type);
  if (known !== undefined) return known;
  const layout = buildLayout(type);
  LAYOUTS.set(type, layout);
  return layout;
}
