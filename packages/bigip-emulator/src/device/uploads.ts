// Files below /var/config/rest/downloads of one device. Kept in memory: a device clears them on a restart too,
// and what was installed from them is part of the configuration.

const FILES_MAX = 200;
const FILE_BYTES_MAX = 64 * 1024 * 1024;
const DIRECTORY = '/var/config/rest/downloads/';

export class Uploads {
  readonly #files = new Map<string, Buffer>();

  /** @returns bytes received up to the end of this chunk */
  write(name: string, start: number, chunk: Buffer, totalBytes: number): number {
    const size = Math.min(totalBytes, FILE_BYTES_MAX);
    const known = this.#files.get(name);
    const content = start > 0 && known?.length === size ? known : Buffer.alloc(size);
    chunk.copy(content, start);
    this.#files.delete(name);
    this.#files.set(name, content);
    const oldest = this.#files.keys().next().value;
    if (this.#files.size > FILES_MAX && oldest !== undefined) this.#files.delete(oldest);
    return Math.min(start + chunk.length, size);
  }

  /** @param path name or full path */
  read(path: string): Buffer | undefined {
    return this.#files.get(path.startsWith(DIRECTORY) ? path.slice(DIRECTORY.length) : path);
  }

  remove(path: string): boolean {
    return this.#files.delete(path.startsWith(DIRECTORY) ? path.slice(DIRECTORY.length) : path);
  }

  clear(): void {
    this.#files.clear();
  }
}
