// GET on the configuration: objects, collections, organising collections, the schema sample (iControl REST 2).
import type { ConfigEngine } from '../engine/config-engine.ts';
import { listSorted } from '../engine/config-engine.ts';
import { layoutOf } from '../engine/layout.ts';
import { notFound } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { uidOf, type ConfigRecord } from '../store/record.ts';
import { segmentOf } from '../engine/identity.ts';
import { filteredPartition, inPartition, page, selection, selectProperties } from './query.ts';
import { missingResource, type ResourcePath } from './resource-path.ts';

const EXAMPLE = 'example';

export function readResource(
  engine: ConfigEngine,
  target: ResourcePath,
  query: URLSearchParams,
): JsonObject {
  if (target.keys.at(-1)?.endsWith(`/${EXAMPLE}`) === true && !target.isCollection) {
    return schemaSample(engine, target);
  }
  const expand = query.get('expandSubcollections') === 'true';
  const wanted = selection(query);
  if (!target.isCollection) {
    return selectProperties(engine.reader.item(findRecord(engine, target), expand), wanted);
  }
  return readCollection(engine, target, query);
}

/** @throws DeviceError 404 */
export function findRecord(engine: ConfigEngine, target: ResourcePath): ConfigRecord {
  checkParents(engine, target);
  const record = engine.store.get(uidOf(target.type.path, target.keys));
  if (record === undefined) throw missingResource(target);
  return record;
}

/** Parents must exist: a subcollection of a missing object is a 404. */
export function checkParents(
  engine: ConfigEngine,
  { type, keys, isCollection }: ResourcePath,
): void {
  const parents = isCollection ? keys : keys.slice(0, -1);
  if (parents.length === 0) return;
  const path = type.path.slice(0, type.path.lastIndexOf('/'));
  if (engine.store.get(uidOf(path, parents)) !== undefined) return;
  throw notFound(engine.schema.type(path).className, parents.join(' '));
}

/** URI path of a collection, below /mgmt/tm. */
export function collectionPath({ type, keys }: Pick<ResourcePath, 'type' | 'keys'>): string {
  if (keys.length === 0) return type.path;
  const parts = type.path.split('/');
  const subs = parts.slice(parts.length - keys.length);
  let path = parts.slice(0, parts.length - keys.length).join('/');
  keys.forEach((key, index) => (path += `/${segmentOf(key)}/${subs[index] ?? ''}`));
  return path;
}

function readCollection(
  engine: ConfigEngine,
  target: ResourcePath,
  query: URLSearchParams,
): JsonObject {
  checkParents(engine, target);
  const { type, keys } = target;
  const partition = filteredPartition(query, engine.store);
  const records = inPartition(listSorted(engine, type.path, keys), partition);
  const selfLink = engine.reader.link(collectionPath(target));
  const { records: shown, envelope } = page(records, query, selfLink);
  const expand = query.get('expandSubcollections') === 'true';
  const wanted = selection(query);
  const body: JsonObject = { kind: layoutOf(type).collectionKind, selfLink, ...envelope };
  // An empty collection has no `items`; an empty page of one has (f5networks.f5_modules reads until then).
  if (shown.length > 0 || 'itemsPerPage' in envelope) {
    body['items'] = shown.map((record) =>
      selectProperties(engine.reader.item(record, expand), wanted),
    );
  }
  return body;
}

/** `/ltm/pool/example`: the type's defaults without a name (iControl REST 2.1). */
function schemaSample(engine: ConfigEngine, { type, keys }: ResourcePath): JsonObject {
  const { defaults, collectionKind } = layoutOf(type);
  const properties = Object.keys(type.fields).sort();
  const propertyDescriptions = Object.fromEntries(
    properties.map((name) => [name, `The ${name} of the ${type.className}.`]),
  );
  return {
    kind: collectionKind,
    selfLink: engine.reader.link(collectionPath({ type, keys: keys.slice(0, -1) })),
    items: [{ ...defaults, propertyDescriptions }],
  };
}

/** `/mgmt/tm/ltm`, `/mgmt/tm/ltm/monitor`: references to what is below (iControl REST 1.5). */
export function readOrganizing(engine: ConfigEngine, path: string): JsonObject | undefined {
  const children = engine.schema.organizing(path);
  if (children === undefined) return undefined;
  const leaf = path.split('/').at(-1) ?? '';
  return {
    kind: `tm:${path.replaceAll('/', ':')}:${leaf}collectionstate`,
    selfLink: engine.reader.link(path),
    items: children.map((child) => ({ reference: { link: engine.reader.link(child) } })),
  };
}
