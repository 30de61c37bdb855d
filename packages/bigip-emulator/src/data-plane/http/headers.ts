// Header fields of one message: order, case and repetition kept as received.

export class Headers {
  /** Name and value alternating. */
  readonly #fields: string[];

  constructor(fields: string[] = []) {
    this.#fields = fields;
  }

  /** First value of that name, whatever its case. */
  get(name: string): string | undefined {
    const at = this.#find(name, 0);
    return at === -1 ? undefined : this.#fields[at + 1];
  }

  getAll(name: string): string[] {
    const values: string[] = [];
    for (let at = this.#find(name, 0); at !== -1; at = this.#find(name, at + 2))
      values.push(this.#fields[at + 1] ?? '');
    return values;
  }

  has(name: string): boolean {
    return this.#find(name, 0) !== -1;
  }

  add(name: string, value: string): void {
    this.#fields.push(name, value);
  }

  /** Replaces the first of that name in place and removes the others; adds when there is none. */
  set(name: string, value: string): void {
    const first = this.#find(name, 0);
    if (first === -1) {
      this.add(name, value);
      return;
    }
    this.#fields[first + 1] = value;
    this.#removeFrom(name, first + 2);
  }

  remove(name: string): void {
    this.#removeFrom(name, 0);
  }

  /** Keeps the fields for which `keep` is true. */
  filter(keep: (name: string, value: string) => boolean): Headers {
    const fields: string[] = [];
    for (const [name, value] of this) if (keep(name, value)) fields.push(name, value);
    return new Headers(fields);
  }

  clone(): Headers {
    return new Headers([...this.#fields]);
  }

  get count(): number {
    return this.#fields.length / 2;
  }

  *[Symbol.iterator](): Generator<[string, string]> {
    for (let i = 0; i < this.#fields.length; i += 2)
      yield [this.#fields[i] ?? '', this.#fields[i + 1] ?? ''];
  }

  /** `Name: value\r\n` lines. */
  serialise(): string {
    let text = '';
    for (let i = 0; i < this.#fields.length; i += 2)
      text += `${this.#fields[i] ?? ''}: ${this.#fields[i + 1] ?? ''}\r\n`;
    return text;
  }

  #find(name: string, from: number): number {
    const lower = name.toLowerCase();
    for (let i = from; i < this.#fields.length; i += 2) {
      const candidate = this.#fields[i];
      if (candidate?.length === name.length && candidate.toLowerCase() === lower) return i;
    }
    return -1;
  }

  #removeFrom(name: string, from: number): void {
    for (let at = this.#find(name, from); at !== -1; at = this.#find(name, at))
      this.#fields.splice(at, 2);
  }
}
