// Reads configuration objects as clients see them: defaults and inherited values filled in, addresses as the
// partition sees them, companions of references, in the device's order (iControl REST 2.3).
import type { Json, JsonObject } from '../json.ts';
import type { DeviceRuntime } from '../schema/runtime.ts';
import { nameKey, type Schema } from '../schema/schema.ts';
import type { ObjectType, ReadContext, ReferenceTo } from '../schema/types.ts';
import type { ConfigStore } from '../store/config-store.ts';
import { uidOf, type ConfigRecord } from '../store/record.ts';
import { segmentOf } from './identity.ts';
import { layoutOf, type Layout } from './layout.ts';

const INHERITANCE_DEPTH_MAX = 20;

export class ConfigReader implements ReadContext {
  readonly schema: Schema;
  readonly store: ConfigStore;
  readonly runtime: DeviceRuntime;

  constructor(schema: Schema, store: ConfigStore, runtime: DeviceRuntime) {
    this.schema = schema;
    this.store = store;
    this.runtime = runtime;
  }

  partitionRouteDomain(partition: string | null): number {
    if (partition === null || partition === 'Common') return 0;
    const record = this.store.find(nameKey('auth/partition', partition));
    const id = record?.fields['defaultRouteDomain'];
    return typeof id === 'number' ? id : 0;
  }

  defaultRouteDomain(record: ConfigRecord): number {
    const top = record.keys[0]?.split('/')[1];
    return this.partitionRouteDomain(record.partition ?? top ?? null);
  }

  values(record: ConfigRecord): JsonObject {
    const type = this.schema.type(record.type);
    const { defaults } = layoutOf(type);
    return { ...defaults, ...this.#inherited(type, record), ...record.fields };
  }

  #inherited(type: ObjectType, record: ConfigRecord): JsonObject {
    if (type.inherits === undefined) return {};
    const chain: Readonly<JsonObject>[] = [];
    let current: ConfigRecord | undefined = record;
    for (let depth = 0; current !== undefined && depth < INHERITANCE_DEPTH_MAX; depth += 1) {
      const parent: Json | undefined = current.fields[type.inherits];
      if (typeof parent !== 'string') break;
      current = this.store.find(nameKey(type.family, parent));
      if (current !== undefined) chain.unshift(current.fields);
    }
    const merged: JsonObject = Object.assign({}, ...chain) as JsonObject;
    Reflect.deleteProperty(merged, type.inherits);
    Reflect.deleteProperty(merged, 'description');
    Reflect.deleteProperty(merged, 'appService');
    return merged;
  }

  /** Attributes as shown, without envelope and companions. */
  shown(record: ConfigRecord): JsonObject {
    const type = this.schema.type(record.type);
    const values = this.values(record);
    const shown: JsonObject = {};
    for (const property of layoutOf(type).properties) {
      const value = this.#shownValue(type, property, values, record);
      if (value !== undefined) shown[property] = value;
    }
    return shown;
  }

  #shownValue(
    type: ObjectType,
    property: string,
    values: JsonObject,
    record: ConfigRecord,
  ): Json | undefined {
    const field = type.fields[property];
    if (field === undefined) return flagValue(type, property, values);
    if (field.access === 'write-only') return undefined;
    if (field.read !== undefined) return field.read(record, this);
    const value = values[property];
    if (value === undefined) return undefined;
    return field.show === undefined ? value : field.show(value, record, this);
  }

  /** The whole object as a GET of it answers. */
  item(record: ConfigRecord, expand = false): JsonObject {
    return this.#itemAt(this.pathOf(record), record, expand);
  }

  /** @param path of the record, known to whoever shows it within its parent */
  #itemAt(path: string, record: ConfigRecord, expand: boolean): JsonObject {
    const type = this.schema.type(record.type);
    const layout = layoutOf(type);
    const values = this.values(record);
    const body = this.#envelope(type, layout, record, path);
    for (const property of layout.properties) {
      const value = this.#shownValue(type, property, values, record);
      if (value === undefined) continue;
      body[property] = value;
      this.#addCompanion(body, type, property, values[property] ?? value);
    }
    if (type.attaches !== undefined) {
      body['nameReference'] = { link: this.linkTo(type.attaches(record)) };
    }
    for (const sub of type.subcollections) {
      body[`${sub.property}Reference`] = this.#subcollection(sub, record, path, expand);
    }
    return body;
  }

  #envelope(type: ObjectType, layout: Layout, record: ConfigRecord, path: string): JsonObject {
    const body: JsonObject = { kind: layout.itemKind };
    if (type.naming === 'singleton') return { ...body, selfLink: this.link(type.path) };
    body['name'] = record.name;
    if (record.partition !== null) body['partition'] = record.partition;
    if (record.subPath !== null) body['subPath'] = record.subPath;
    body['fullPath'] = record.fullPath;
    body['generation'] = type.generationIsZero === true ? 0 : record.generation;
    body['selfLink'] = this.link(path);
    return body;
  }

  #addCompanion(body: JsonObject, type: ObjectType, property: string, value?: Json): void {
    const field = type.fields[property];
    const companion = field?.companion ?? 'none';
    if (companion === 'none' || value === undefined) return;
    const links = (field?.references?.(value) ?? []).map((ref) => ({ link: this.linkTo(ref) }));
    if (companion === 'list') body[`${property}Reference`] = links;
    else if (links[0] !== undefined) body[`${property}Reference`] = links[0];
  }

  #subcollection(sub: ObjectType, record: ConfigRecord, path: string, expand: boolean): JsonObject {
    const collection = `${path}/${sub.property}`;
    const reference: JsonObject = { link: this.link(collection), isSubcollection: true };
    if (!expand) return reference;
    const children = this.sorted(this.store.list(sub.path, record.keys));
    if (children.length > 0) {
      reference['items'] = children.map((child) =>
        this.#itemAt(`${collection}/${segmentOf(child.keys.at(-1) ?? '')}`, child, true),
      );
    }
    return reference;
  }

  sorted(records: ConfigRecord[]): ConfigRecord[] {
    return records.sort((a, b) => (a.fullPath < b.fullPath ? -1 : a.fullPath > b.fullPath ? 1 : 0));
  }

  /** URI path below /mgmt/tm of an object, `ltm/pool/~T1~p1/members/~T1~10.0.0.1:80`. */
  pathOf(record: ConfigRecord): string {
    const [only = ''] = record.keys;
    if (record.keys.length === 1) return `${record.type}/${segmentOf(only)}`;
    const types = this.#typeChain(record);
    return types.map((type, index) => `${type}/${segmentOf(record.keys[index] ?? '')}`).join('/');
  }

  /** Own collection names along the way: `ltm/policy`, `rules`, `actions`. */
  #typeChain(record: ConfigRecord): string[] {
    const properties = record.type.split('/');
    const subs = properties.slice(properties.length - (record.keys.length - 1));
    const top = properties.slice(0, properties.length - (record.keys.length - 1)).join('/');
    return [top, ...subs];
  }

  /** `https://localhost/mgmt/tm/…?ver=…`, whatever address the client used (iControl REST 1.2). */
  link(path: string): string {
    return `https://localhost/mgmt/tm/${path}?ver=${this.runtime.version.full}`;
  }

  linkTo(reference: ReferenceTo): string {
    const record = this.store.find(nameKey(reference.family, reference.path));
    if (record !== undefined) return this.link(this.pathOf(record));
    const collection = this.schema.family(reference.family)[0]?.path ?? reference.family;
    return this.link(`${collection}/${segmentOf(reference.path)}`);
  }

  find(type: string, keys: readonly string[]): ConfigRecord | undefined {
    return this.store.get(uidOf(type, keys));
  }
}

function flagValue(type: ObjectType, property: string, values: JsonObject): Json | undefined {
  const group = type.flags.find(({ names }) => names.includes(property));
  if (group === undefined) return undefined;
  if (values[property] === true) return true;
  const none = group.names.every((name) => values[name] !== true);
  return none && group.default === property ? true : undefined;
}
