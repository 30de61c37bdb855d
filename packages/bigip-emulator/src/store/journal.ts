// Durable state of one device: a snapshot and a journal of what changed since. A change is written to the
// journal before it is answered, so a killed process loses nothing it acknowledged.
// Invariants: the journal is only appended to; the snapshot is replaced by rename; replaying a journal over a
// snapshot that already contains it changes nothing, so a crash between the two steps of a compaction is harmless.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type Json, type JsonObject, scalarText } from '../json.ts';
import type { ConfigRecord } from './record.ts';
import type { Change } from './unit-of-work.ts';

const SNAPSHOT = 'snapshot.jsonl';
const JOURNAL = 'journal.jsonl';
/** A journal beyond this size and beyond the snapshot's is folded into a new snapshot. */
const COMPACTION_BYTES_MIN = 4 * 1024 * 1024;
const CHUNK_RECORDS = 1000;

export interface SavedState {
  records: ConfigRecord[];
  /** Device facts beside the configuration: generation, sync state, uploads. */
  facts: JsonObject;
}

export interface JournalEntry {
  changes: readonly Change[];
  facts?: JsonObject;
}

function parseLine(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined; // the last line of a killed process may be torn: it was never acknowledged
  }
}

/** Lines of our own file: the shape is what append and compact wrote. */
function asRecord(value: Json): ConfigRecord {
  return value as unknown as ConfigRecord;
}

export class Journal {
  readonly #directory: string;
  #handle: number;
  #journalBytes = 0;
  #snapshotBytes = 0;

  /** @param directory made when missing */
  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#handle = openSync(join(directory, JOURNAL), 'a', 0o600);
  }

  /** Last saved state; undefined for a device that was never saved. */
  load(): SavedState | undefined {
    const records = new Map<string, ConfigRecord>();
    const facts: JsonObject = {};
    let found = false;
    for (const file of [SNAPSHOT, JOURNAL]) {
      const path = join(this.#directory, file);
      if (!existsSync(path)) continue;
      const content = readFileSync(path, 'utf8');
      if (file === SNAPSHOT) this.#snapshotBytes = content.length;
      else this.#journalBytes = content.length;
      for (const line of content.split('\n')) {
        const entry = line === '' ? undefined : parseLine(line);
        if (entry === undefined) continue;
        found = true;
        replay(entry, records, facts);
      }
      if (file === JOURNAL && content !== '' && !content.endsWith('\n')) this.#write('\n');
    }
    return found ? { records: [...records.values()], facts } : undefined;
  }

  append({ changes, facts }: JournalEntry): void {
    const entry: JsonObject = {};
    const puts = changes.flatMap(({ uid, after }) => (after === undefined ? [] : [[uid, after]]));
    const removed = changes.flatMap(({ uid, after }) => (after === undefined ? [uid] : []));
    if (puts.length > 0) entry['put'] = puts as unknown as Json;
    if (removed.length > 0) entry['remove'] = removed;
    if (facts !== undefined) entry['facts'] = facts;
    this.#write(`${JSON.stringify(entry)}\n`);
  }

  get needsCompaction(): boolean {
    return this.#journalBytes > Math.max(COMPACTION_BYTES_MIN, this.#snapshotBytes);
  }

  /** Replaces snapshot and journal by a snapshot of the given state. */
  compact(entries: Iterable<readonly [string, ConfigRecord]>, facts: JsonObject): void {
    const path = join(this.#directory, SNAPSHOT);
    const temporary = `${path}.new`;
    const handle = openSync(temporary, 'w', 0o600);
    let bytes = writeSync(handle, `${JSON.stringify({ facts })}\n`);
    let chunk: unknown[] = [];
    const flush = (): void => {
      if (chunk.length > 0) bytes += writeSync(handle, `${JSON.stringify({ put: chunk })}\n`);
      chunk = [];
    };
    for (const entry of entries) {
      chunk.push(entry);
      if (chunk.length >= CHUNK_RECORDS) flush();
    }
    flush();
    fsyncSync(handle);
    closeSync(handle);
    renameSync(temporary, path);
    closeSync(this.#handle);
    this.#handle = openSync(join(this.#directory, JOURNAL), 'w', 0o600);
    this.#journalBytes = 0;
    this.#snapshotBytes = bytes;
  }

  close(): void {
    closeSync(this.#handle);
  }

  #write(text: string): void {
    this.#journalBytes += writeSync(this.#handle, text);
  }
}

function replay(entry: JsonObject, records: Map<string, ConfigRecord>, facts: JsonObject): void {
  const puts = entry['put'];
  if (Array.isArray(puts)) {
    for (const pair of puts) {
      if (Array.isArray(pair)) records.set(scalarText(pair[0]), asRecord(pair[1] ?? null));
    }
  }
  const removed = entry['remove'];
  if (Array.isArray(removed)) for (const uid of removed) records.delete(scalarText(uid));
  if (isJsonObject(entry['facts'])) Object.assign(facts, entry['facts']);
}
