// Records that survive a killed process: one JSON line per commit, appended synchronously, compacted on opening.
// Invariants: a commit is one line, so it is there wholly or not at all; a torn last line is a commit that
// nobody was told of, and is dropped. One process per file (the data directory's lock sees to that).
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isObject, type JsonObject } from '../http/fields.ts';

export type StoredRecord = JsonObject & { id: string };

export interface Change {
  collection: string;
  id: string;
  /** Null removes the record. */
  record: StoredRecord | null;
}

function isRecord(value: unknown): value is StoredRecord {
  return isObject(value) && typeof value['id'] === 'string';
}

function isChange(value: unknown): value is Change {
  return (
    isObject(value) &&
    typeof value['collection'] === 'string' &&
    typeof value['id'] === 'string' &&
    (value['record'] === null || isRecord(value['record']))
  );
}

/** @throws SyntaxError or Error naming the line when a line other than the last is damaged */
function readCommits(path: string): Change[][] {
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.pop(); // what follows the last line feed: nothing, or a torn commit
  return lines.map((line, index) => {
    const commit: unknown = JSON.parse(line);
    if (Array.isArray(commit) && commit.every(isChange)) return commit;
    throw new Error(`Line ${index + 1} of '${path}' is no journal entry.`);
  });
}

export class Journal {
  readonly #path: string;
  readonly #collections = new Map<string, Map<string, StoredRecord>>();

  private constructor(path: string) {
    this.#path = path;
  }

  /** Reads the file (absent = empty) and rewrites it without history. */
  static open(path: string): Journal {
    const journal = new Journal(path);
    if (existsSync(path)) readCommits(path).forEach((commit) => journal.#apply(commit));
    const compacted = `${path}.new`;
    writeFileSync(compacted, journal.#snapshot(), { mode: 0o600 });
    renameSync(compacted, path);
    return journal;
  }

  get(collection: string, id: string): StoredRecord | undefined {
    return this.#collections.get(collection)?.get(id);
  }

  /** In the order of their creation. */
  list(collection: string): StoredRecord[] {
    return [...(this.#collections.get(collection)?.values() ?? [])];
  }

  /** All changes or none; on disk for a killed process (not for a lost machine) when this returns. */
  commit(changes: readonly Change[]): void {
    appendFileSync(this.#path, `${JSON.stringify(changes)}\n`);
    this.#apply(changes);
  }

  #apply(changes: readonly Change[]): void {
    for (const { collection, id, record } of changes) {
      const records = this.#collections.get(collection) ?? new Map<string, StoredRecord>();
      this.#collections.set(collection, records);
      if (record === null) records.delete(id);
      else records.set(id, record);
    }
  }

  #snapshot(): string {
    const changes = [...this.#collections].flatMap(([collection, records]) =>
      [...records.values()].map((record) => ({ collection, id: record.id, record })),
    );
    return changes.length === 0 ? '' : `${JSON.stringify(changes)}\n`;
  }
}
