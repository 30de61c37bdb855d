// Name -> uids of the records that go with it. Nearly every name goes with one record, so a single uid is kept as it
// is and a set is made only for more: a large configuration has hundreds of thousands of names.

export class NameIndex {
  readonly #uids = new Map<string, string | Set<string>>();

  has(name: string): boolean {
    return this.#uids.has(name);
  }

  /** In order of addition. */
  all(name: string): Iterable<string> {
    const found = this.#uids.get(name);
    if (found === undefined) return [];
    return typeof found === 'string' ? [found] : found;
  }

  /** The one that was added first. */
  first(name: string): string | undefined {
    const found = this.#uids.get(name);
    return found instanceof Set ? found.values().next().value : found;
  }

  add(name: string, uid: string): void {
    const found = this.#uids.get(name);
    if (found === undefined) this.#uids.set(name, uid);
    else if (typeof found !== 'string') found.add(uid);
    else if (found !== uid) this.#uids.set(name, new Set([found, uid]));
  }

  /** Absent is fine. */
  remove(name: string, uid: string): void {
    const found = this.#uids.get(name);
    if (found === uid) this.#uids.delete(name);
    if (!(found instanceof Set)) return;
    found.delete(uid);
    if (found.size === 0) this.#uids.delete(name);
  }
}
