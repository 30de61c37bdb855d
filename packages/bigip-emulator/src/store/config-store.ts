// The configuration of one device in memory, with the indexes that every rule needs: siblings, names
// (an object by what it is called or by what must be unique about it) and who refers to whom.
// Changes go through put and remove; a UnitOfWork records them so that they can be taken back.
import { NameIndex } from './name-index.ts';
import { bucketOf, recordUid, type ConfigRecord } from './record.ts';

/** What the schema knows about a record that the store must index. Pure functions of the record. */
export interface IndexRules {
  /** Names under which the record can be found, `family\tfullPath`, and its unique keys. */
  names(record: ConfigRecord): readonly string[];
  /** Names the record refers to. */
  references(record: ConfigRecord): readonly string[];
}

export class ConfigStore {
  readonly #rules: IndexRules;
  readonly #records = new Map<string, ConfigRecord>();
  readonly #buckets = new Map<string, Map<string, ConfigRecord>>();
  readonly #names = new NameIndex();
  readonly #referrers = new NameIndex();

  constructor(rules: IndexRules) {
    this.#rules = rules;
  }

  get size(): number {
    return this.#records.size;
  }

  get(uid: string): ConfigRecord | undefined {
    return this.#records.get(uid);
  }

  all(): IterableIterator<ConfigRecord> {
    return this.#records.values();
  }

  /** Members of a collection, in order of creation. */
  list(type: string, parentKeys: readonly string[] = []): ConfigRecord[] {
    const bucket = this.#buckets.get(bucketOf(type, parentKeys));
    return bucket === undefined ? [] : [...bucket.values()];
  }

  count(type: string, parentKeys: readonly string[] = []): number {
    return this.#buckets.get(bucketOf(type, parentKeys))?.size ?? 0;
  }

  hasName(name: string): boolean {
    return this.#names.has(name);
  }

  /** Records that carry a name; more than one only while a change is being made. */
  named(name: string): ConfigRecord[] {
    return this.#recordsOf(this.#names.all(name));
  }

  /** First record that carries a name. */
  find(name: string): ConfigRecord | undefined {
    const uid = this.#names.first(name);
    return uid === undefined ? undefined : this.#records.get(uid);
  }

  referrers(name: string): ConfigRecord[] {
    return this.#recordsOf(this.#referrers.all(name));
  }

  isReferenced(name: string): boolean {
    return this.#referrers.has(name);
  }

  /** @returns the record that was in its place */
  put(record: ConfigRecord): ConfigRecord | undefined {
    const uid = recordUid(record);
    const before = this.#records.get(uid);
    if (before !== undefined) this.#unindex(uid, before);
    this.#records.set(uid, record);
    const bucket = bucketOf(record.type, record.keys.slice(0, -1));
    const siblings = this.#buckets.get(bucket) ?? new Map<string, ConfigRecord>();
    siblings.set(record.fullPath, record);
    this.#buckets.set(bucket, siblings);
    for (const name of this.#rules.names(record)) this.#names.add(name, uid);
    for (const name of this.#rules.references(record)) this.#referrers.add(name, uid);
    return before;
  }

  /** Absent is fine. @returns the record that was removed */
  remove(uid: string): ConfigRecord | undefined {
    const before = this.#records.get(uid);
    if (before === undefined) return undefined;
    this.#unindex(uid, before);
    this.#records.delete(uid);
    const bucket = bucketOf(before.type, before.keys.slice(0, -1));
    const siblings = this.#buckets.get(bucket);
    siblings?.delete(before.fullPath);
    if (siblings?.size === 0) this.#buckets.delete(bucket);
    return before;
  }

  #recordsOf(uids: Iterable<string>): ConfigRecord[] {
    return Array.from(uids).flatMap((uid) => this.#records.get(uid) ?? []);
  }

  #unindex(uid: string, record: ConfigRecord): void {
    for (const name of this.#rules.names(record)) this.#names.remove(name, uid);
    for (const name of this.#rules.references(record)) this.#referrers.remove(name, uid);
  }
}
