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

/** One write, as it is taken back. */
interface Write {
  readonly uid: string;
  readonly before: ConfigRecord | undefined;
}

export class UnitOfWork {
  readonly store: ConfigStore;
  readonly #log: Write[] = [];
  /** Where the log has the first write of each object, and so its state before this unit of work. */
  readonly #first = new Map<string, number>();

  constructor(store: ConfigStore) {
    this.store = store;
  }

  /** Writes so far, for callers that must know whether something happened, or that may want to come back here. */
  get writes(): number {
    return this.#log.length;
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
    const first = this.#first.get(uid);
    return first === undefined ? this.store.get(uid) : this.#log[first]?.before;
  }

  /** Objects touched so far, with their state before and now; unchanged ones are left out. */
  changes(): Change[] {
    const changes: Change[] = [];
    for (const [uid, first] of this.#first) {
      const before = this.#log[first]?.before;
      const after = this.store.get(uid);
      if (before !== after) changes.push({ uid, before, after });
    }
    return changes;
  }

  /** Takes every change back, or those since there were as many `writes`. */
  rollback(writes = 0): void {
    while (this.#log.length > writes) {
      const { uid, before } = this.#log.pop() ?? { uid: '', before: undefined };
      if (before === undefined) this.store.remove(uid);
      else this.store.put(before);
      if (this.#first.get(uid) === this.#log.length) this.#first.delete(uid);
    }
  }

  #remember(uid: string, before: ConfigRecord | undefined): void {
    if (!this.#first.has(uid)) this.#first.set(uid, this.#log.length);
    this.#log.push({ uid, before });
  }
}
