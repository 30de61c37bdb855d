// The changes of one request or one transaction: visible at once inside, taken back as a whole on failure,
// and known as a net list of changes for the journal and for config sync.
import type { ConfigStore } from './config-store.ts';
import { recordUid, type ConfigRecord } from './record.ts';

/** Net effect on one object: `after` undefined = removed. */
export interface Change {
  readonly uid: string;
  readonly before: ConfigRecord | undefined;
  readonly after: ConfigRecord | undefined;
}

export class UnitOfWork {
  readonly store: ConfigStore;
  /** State of every touched object before this unit of work. */
  readonly #before = new Map<string, ConfigRecord | undefined>();

  #writes = 0;

  constructor(store: ConfigStore) {
    this.store = store;
  }

  /** Writes so far, for callers that must know whether something happened. */
  get writes(): number {
    return this.#writes;
  }

  put(record: ConfigRecord): void {
    this.#remember(recordUid(record), this.store.put(record));
  }

  remove(record: ConfigRecord): void {
    const uid = recordUid(record);
    this.#remember(uid, this.store.remove(uid));
  }

  /** Committed state of an object that this unit of work touched. */
  committed(uid: string): ConfigRecord | undefined {
    return this.#before.has(uid) ? this.#before.get(uid) : this.store.get(uid);
  }

  /** Objects touched so far, with their state before and now; unchanged ones are left out. */
  changes(): Change[] {
    const changes: Change[] = [];
    for (const [uid, before] of this.#before) {
      const after = this.store.get(uid);
      if (before !== after) changes.push({ uid, before, after });
    }
    return changes;
  }

  /** Takes every change back. */
  rollback(): void {
    for (const [uid, before] of [...this.#before].reverse()) {
      if (before === undefined) this.store.remove(uid);
      else this.store.put(before);
    }
    this.#before.clear();
  }

  #remember(uid: string, before: ConfigRecord | undefined): void {
    this.#writes += 1;
    if (!this.#before.has(uid)) this.#before.set(uid, before);
  }
}
