// The ESD files of a directory. Looked at again whenever they are asked for; read again when a file has changed.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@f5-lbaas/platform';
import type { EnhancedService, EnhancedServices } from './enhanced-service.ts';
import { parseEsdFile } from './parse-esd.ts';

export class EsdDirectory {
  readonly #path: string;
  readonly #logger: Logger;
  #signature: string | undefined;
  #services: EnhancedServices = new Map();

  constructor(path: string, logger: Logger) {
    this.#path = path;
    this.#logger = logger;
  }

  /** The same map as before when nothing has changed. A directory that is not there holds nothing. */
  async services(): Promise<EnhancedServices> {
    const files = await this.#files();
    const signature = files.map(({ name, seal }) => `${name} ${seal}`).join('\n');
    if (signature === this.#signature) return this.#services;
    const merged = new Map<string, EnhancedService>();
    for (const { name } of files) await this.#read(name, merged);
    this.#signature = signature;
    this.#services = merged;
    this.#logger.info({ directory: this.#path, esds: [...merged.keys()] }, 'ESDs read.');
    return merged;
  }

  async #files(): Promise<{ name: string; seal: string }[]> {
    const names = await readdir(this.#path).catch(() => []);
    const files = names.filter((name) => name.endsWith('.json')).sort();
    return Promise.all(
      files.map(async (name) => {
        const facts = await stat(join(this.#path, name)).catch(() => undefined);
        return { name, seal: facts === undefined ? '' : `${facts.mtimeMs} ${facts.size}` };
      }),
    );
  }

  /** Later files win. */
  async #read(name: string, into: Map<string, EnhancedService>): Promise<void> {
    const file = join(this.#path, name);
    try {
      const { services, problems } = parseEsdFile(await readFile(file, 'utf8'));
      for (const problem of problems) this.#logger.warn({ file, problem }, 'ESD file.');
      for (const [esd, service] of services) into.set(esd, service);
    } catch (error) {
      this.#logger.warn({ file, err: error }, 'An ESD file cannot be read.');
    }
  }
}
