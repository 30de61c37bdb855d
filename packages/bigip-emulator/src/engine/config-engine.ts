// The configuration of one device as a whole: atomic changes, durable before they are answered, announced to
// whoever follows from them (data plane, config sync).
import type { JsonObject } from '../json.ts';
import type { DeviceRuntime } from '../schema/runtime.ts';
import type { Schema } from '../schema/schema.ts';
import { ConfigStore } from '../store/config-store.ts';
import type { Journal } from '../store/journal.ts';
import { recordUid, type ConfigRecord } from '../store/record.ts';
import { UnitOfWork, type Change } from '../store/unit-of-work.ts';
import { ConfigEditor } from './config-editor.ts';
import { ConfigReader } from './config-reader.ts';
import { checkConsistency } from './final-checks.ts';
import { seedRecords } from './seed.ts';

export interface ConfigEngineDeps {
  schema: Schema;
  runtime: DeviceRuntime;
  /** Undefined = memory only. */
  journal?: Journal;
  /** Objects that make this device itself, made after the types' own. */
  seedDevice: (editor: ConfigEditor) => void;
}

export type Origin = 'client' | 'sync' | 'wipe';

export interface Commit {
  changes: readonly Change[];
  origin: Origin;
}

export class ConfigEngine {
  readonly schema: Schema;
  readonly runtime: DeviceRuntime;
  #store: ConfigStore;
  #reader: ConfigReader;
  readonly #deps: ConfigEngineDeps;
  readonly #listeners: ((commit: Commit) => void)[] = [];
  #generation = 0;
  #facts: JsonObject = {};

  constructor(deps: ConfigEngineDeps) {
    this.#deps = deps;
    this.schema = deps.schema;
    this.runtime = deps.runtime;
    this.#store = new ConfigStore(deps.schema);
    this.#reader = new ConfigReader(deps.schema, this.#store, deps.runtime);
    this.#restore();
  }

  get store(): ConfigStore {
    return this.#store;
  }

  get reader(): ConfigReader {
    return this.#reader;
  }

  /** Called after each commit, before it is answered. */
  onCommit(listener: (commit: Commit) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Runs changes as one: all of them or none.
   * @param dryRun validates and takes everything back (`validateOnly`)
   * @throws DeviceError whatever the changes or the final checks refuse
   */
  change<T>(run: (editor: ConfigEditor) => T, dryRun = false): T {
    const work = new UnitOfWork(this.#store);
    const editor = this.#editor(work);
    let result: T;
    try {
      result = run(editor);
      checkConsistency(editor);
    } catch (error) {
      work.rollback();
      throw error;
    }
    if (dryRun) work.rollback();
    else this.#commit(work.changes(), 'client');
    return result;
  }

  /** Takes over another device's objects; the same checks apply. @throws DeviceError */
  applySync(changes: readonly Change[]): void {
    const work = new UnitOfWork(this.#store);
    try {
      for (const { uid, after } of changes) {
        const current = this.#store.get(uid);
        if (after !== undefined) work.put({ ...after, generation: this.#generation + 1 });
        else if (current !== undefined) work.remove(current);
      }
      checkConsistency(this.#editor(work));
    } catch (error) {
      work.rollback();
      throw error;
    }
    this.#commit(work.changes(), 'sync');
  }

  fact(name: string): JsonObject[string] | undefined {
    return this.#facts[name];
  }

  /** Keeps a fact beside the configuration, as durable as the configuration. */
  saveFact(name: string, value: JsonObject[string]): void {
    this.#facts[name] = value;
    this.#deps.journal?.append({ changes: [], facts: { [name]: value } });
  }

  /** Back to a fresh device. */
  wipe(): void {
    const before = new Map([...this.#store.all()].map((record) => [recordUid(record), record]));
    this.#store = new ConfigStore(this.schema);
    this.#reader = new ConfigReader(this.schema, this.#store, this.runtime);
    this.#facts = { generation: this.#generation };
    this.#seed();
    const changes: Change[] = [];
    for (const [uid, record] of before) {
      changes.push({ uid, before: record, after: this.#store.get(uid) });
    }
    this.#compact();
    this.#announce({ changes, origin: 'wipe' });
  }

  close(): void {
    this.#deps.journal?.close();
  }

  #editor(work: UnitOfWork): ConfigEditor {
    const { schema, runtime } = this;
    return new ConfigEditor({
      schema,
      runtime,
      store: this.#store,
      work,
      generation: this.#generation + 1,
    });
  }

  #commit(changes: readonly Change[], origin: Origin): void {
    if (changes.length === 0) return;
    this.#generation += 1;
    this.#facts['generation'] = this.#generation;
    this.#deps.journal?.append({ changes, facts: { generation: this.#generation } });
    if (this.#deps.journal?.needsCompaction === true) this.#compact();
    this.#announce({ changes, origin });
  }

  #announce(commit: Commit): void {
    for (const listener of this.#listeners) listener(commit);
  }

  #compact(): void {
    const entries = [...this.#store.all()].map((record) => [recordUid(record), record] as const);
    this.#deps.journal?.compact(entries, this.#facts);
  }

  #restore(): void {
    const saved = this.#deps.journal?.load();
    if (saved === undefined) {
      this.#seed();
      this.#compact();
      return;
    }
    for (const record of saved.records) this.#store.put(record);
    this.#facts = saved.facts;
    this.#generation =
      typeof saved.facts['generation'] === 'number' ? saved.facts['generation'] : 0;
  }

  #seed(): void {
    const editor = this.#editor(new UnitOfWork(this.#store));
    for (const record of seedRecords(this.schema.types)) editor.work.put(record);
    this.#deps.seedDevice(editor);
    this.#generation += 1;
  }
}

/** Objects of a type below parents, in the order of collections. */
export function listSorted(
  engine: ConfigEngine,
  type: string,
  keys: readonly string[],
): ConfigRecord[] {
  return engine.reader.sorted(engine.store.list(type, keys));
}
