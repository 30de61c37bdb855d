// Creates, changes and removes configuration objects by their types' tables, inside one unit of work.
// Invariant: nothing here leaves the unit of work; the caller commits it or rolls it back.
import {
  alreadyExists,
  configurationError,
  nothingSpecified,
  notFound,
  type DeviceError,
} from '../errors.ts';
import { jsonEqual, type JsonObject } from '../json.ts';
import { nameKey, type Schema } from '../schema/schema.ts';
import type { DeviceRuntime } from '../schema/runtime.ts';
import type { InputContext, ObjectType, RuleContext } from '../schema/types.ts';
import type { ConfigStore } from '../store/config-store.ts';
import { folderOf, recordUid, uidOf, type ConfigRecord } from '../store/record.ts';
import type { UnitOfWork } from '../store/unit-of-work.ts';
import { checkName, identityOf, type Identity } from './identity.ts';
import { attachmentIdentity, resolveName } from './resolve-name.ts';
import { checkRequired, readFields, type ReadResult, type WriteMode } from './read-fields.ts';
import { ConfigReader } from './config-reader.ts';
import { isSeed } from './seed.ts';

export interface EditorDeps {
  schema: Schema;
  store: ConfigStore;
  runtime: DeviceRuntime;
  work: UnitOfWork;
  /** Generation that every object changed here carries. */
  generation: number;
}

export class ConfigEditor implements RuleContext {
  readonly schema: Schema;
  readonly store: ConfigStore;
  readonly runtime: DeviceRuntime;
  readonly work: UnitOfWork;
  readonly read: ConfigReader;
  readonly swept = new Set<string>();
  readonly #generation: number;

  constructor(deps: EditorDeps) {
    this.schema = deps.schema;
    this.store = deps.store;
    this.runtime = deps.runtime;
    this.work = deps.work;
    this.#generation = deps.generation;
    this.read = new ConfigReader(deps.schema, deps.store, deps.runtime);
  }

  /** @param home partition of an object that names none; inline children are at home with their parent */
  create(
    typePath: string,
    parentKeys: readonly string[],
    body: JsonObject,
    home: string | null = null,
  ): ConfigRecord {
    const type = this.schema.type(typePath);
    const named = type.rules.prepare?.(body, this, parentKeys) ?? body;
    const identity = this.#identify(type, named, parentKeys, home);
    const keys = [...parentKeys, identity.fullPath];
    this.#checkFree(type, identity, keys);
    const blank = this.#blank(type, keys, identity);
    const result = this.#readBody(type, named, 'create', blank);
    checkRequired(type, result.fields);
    const record = { ...blank, fields: result.fields };
    this.work.put(record);
    this.#createChildren(type, record, result);
    type.rules.created?.(record, this);
    return this.store.get(recordUid(record)) ?? record;
  }

  /** @param mode `patch` changes what is listed, `put` resets the rest (iControl REST 3) */
  modify(record: ConfigRecord, body: JsonObject, mode: 'patch' | 'put'): ConfigRecord {
    const type = this.schema.type(record.type);
    const prepared = type.rules.prepareChange?.(body, record, this) ?? body;
    const result = this.#readBody(type, prepared, mode, record);
    const touchesChildren = [...result.children.values()].some((items) => items.length > 0);
    if (!result.hasSettable && !touchesChildren) throw nothingSpecified();
    const changed = this.#replaceChildren(type, record, result, mode);
    if (!changed && jsonEqual(result.fields, record.fields)) return record;
    return this.#replace(record, result.fields);
  }

  update(record: ConfigRecord, fields: JsonObject): ConfigRecord {
    const current = this.store.get(recordUid(record)) ?? record;
    const merged: JsonObject = { ...current.fields, ...fields };
    if (jsonEqual(merged, current.fields)) return current;
    const after = { ...current, fields: merged, generation: this.#generation };
    this.work.put(after);
    return after;
  }

  remove(record: ConfigRecord): void {
    const type = this.schema.type(record.type);
    if (type.keepsSeeds === true && isSeed(type, record)) throw keptObject(type, record);
    type.rules.beforeRemove?.(record, this);
    for (const sub of type.subcollections) {
      for (const child of this.store.list(sub.path, record.keys)) this.remove(child);
    }
    this.work.remove(record);
    type.rules.removed?.(record, this);
  }

  inputContext(
    property: string,
    place: Pick<ConfigRecord, 'type' | 'partition' | 'subPath'>,
    home: string | null,
  ): InputContext {
    const partition = place.partition ?? home;
    const folder = folderOf(place) ?? (home === null ? null : `/${home}`);
    return {
      property,
      partition,
      folder,
      defaultRouteDomain: this.read.partitionRouteDomain(partition),
      runtime: this.runtime,
      resolve: (family, name) => resolveName(this.store, family, name, folder),
    };
  }

  #replace(record: ConfigRecord, fields: JsonObject): ConfigRecord {
    const type = this.schema.type(record.type);
    const after = { ...record, fields, generation: this.#generation };
    this.work.put(after);
    type.rules.changed?.(after, record, this);
    return this.store.get(recordUid(after)) ?? after;
  }

  #identify(
    type: ObjectType,
    body: JsonObject,
    parentKeys: readonly string[],
    home: string | null,
  ): Identity {
    if (type.naming === 'attachment') {
      return attachmentIdentity(this.store, type, body, homeFolder(parentKeys));
    }
    const identity = identityOf(type, body, home ?? undefined);
    checkName(identity.name);
    return identity;
  }

  #checkFree(type: ObjectType, identity: Identity, keys: readonly string[]): void {
    const id = identity.fullPath;
    const folder = folderOf(identity);
    if (type.naming === 'folder' && folder !== null) {
      if (!this.store.hasName(nameKey('sys/folder', folder))) throw notFound('folder', folder);
    }
    const taken =
      keys.length === 1
        ? this.store.hasName(nameKey(type.family, id))
        : this.store.get(uidOf(type.path, keys)) !== undefined;
    if (taken) throw this.#exists(type, identity, keys);
  }

  #exists(type: ObjectType, identity: Identity, keys: readonly string[]): DeviceError {
    const id = keys.length === 1 ? identity.fullPath : keys.join(' ');
    return alreadyExists(
      type.className,
      id,
      identity.partition ?? homePartition(keys.slice(0, -1)),
    );
  }

  #blank(type: ObjectType, keys: readonly string[], identity: Identity): ConfigRecord {
    return { type: type.path, keys, ...identity, generation: this.#generation, fields: {} };
  }

  #readBody(type: ObjectType, body: JsonObject, mode: WriteMode, record: ConfigRecord): ReadResult {
    const home = homePartition(record.keys.slice(0, -1));
    const { fields: current } = record;
    const shown = mode === 'create' ? {} : this.read.shown(record);
    const context = (property: string): InputContext => this.inputContext(property, record, home);
    return readFields({ type, body, mode, current, shown, context });
  }

  #createChildren(type: ObjectType, record: ConfigRecord, result: ReadResult): void {
    const home = homePartition(record.keys);
    for (const [property, bodies] of result.children) {
      const path = `${type.path}/${property}`;
      for (const body of bodies) this.create(path, record.keys, body, home);
    }
  }

  /** Elements not listed go, listed ones are created or changed. @returns whether anything changed */
  #replaceChildren(
    type: ObjectType,
    record: ConfigRecord,
    result: ReadResult,
    mode: 'patch' | 'put',
  ): boolean {
    const before = this.work.writes;
    const home = homePartition(record.keys);
    for (const [property, bodies] of result.children) {
      const sub = this.schema.type(`${type.path}/${property}`);
      const wanted = bodies.map((body) => this.#identify(sub, body, record.keys, home).fullPath);
      const listed = new Set(wanted);
      for (const child of this.store.list(sub.path, record.keys)) {
        if (!listed.has(child.fullPath)) this.remove(child);
      }
      for (const [index, body] of bodies.entries()) {
        const existing = this.store.get(uidOf(sub.path, [...record.keys, wanted[index] ?? '']));
        if (existing === undefined) this.create(sub.path, record.keys, body, home);
        else this.#modifyChild(existing, body, mode);
      }
    }
    return this.work.writes !== before;
  }

  /** Inline elements may repeat only what is already so: that is no error there. */
  #modifyChild(child: ConfigRecord, body: JsonObject, mode: 'patch' | 'put'): void {
    const type = this.schema.type(child.type);
    const prepared = type.rules.prepareChange?.(body, child, this) ?? body;
    // What a condition or action says is one thing: an old operator does not stay beside a new one.
    const how = CLAUSES.test(type.path) ? 'put' : mode;
    const result = this.#readBody(type, prepared, how, child);
    const changed = this.#replaceChildren(type, child, result, mode);
    if (changed || !jsonEqual(result.fields, child.fields)) this.#replace(child, result.fields);
  }
}

const CLAUSES = /^ltm\/policy\/rules\/(conditions|actions)$/;

function keptObject(type: ObjectType, record: ConfigRecord): DeviceError {
  return configurationError(`The system ${type.className} (${record.fullPath}) cannot be deleted.`);
}

/** Folder of the outermost parent; attachments are looked up there first. */
function homeFolder(keys: readonly string[]): string | null {
  const top = keys[0];
  return top?.startsWith('/') === true ? top.slice(0, top.lastIndexOf('/')) : null;
}

/** Partition of the outermost parent; inline members and attachments are at home there. */
function homePartition(keys: readonly string[]): string | null {
  const top = keys[0];
  if (top === undefined || !top.startsWith('/')) return null;
  return top.split('/')[1] ?? null;
}
