// Finds and reads the files that a command line names.
import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ConfigurationError, type ConfigurationFile } from './configuration.ts';
import { toError } from '../to-error.ts';

/** One `--config-file` or `--config-dir`, in the order of the command line. */
export type ConfigurationSource = { file: string } | { dir: string };

/**
 * Reads the files; a directory stands for its `*.conf` files in alphabetical order.
 * Files named like Neutron's are taken as shared with it.
 * @throws ConfigurationError naming each file or directory that cannot be read
 */
export async function loadConfigurationFiles(
  sources: readonly ConfigurationSource[],
): Promise<ConfigurationFile[]> {
  const problems: string[] = [];
  const files: ConfigurationFile[] = [];
  for (const source of sources) {
    try {
      for (const path of await pathsOf(source)) {
        const text = await readFile(path, 'utf8');
        files.push({ path, text, isShared: basename(path).startsWith('neutron') });
      }
    } catch (error) {
      problems.push(`${'file' in source ? source.file : source.dir}: ${toError(error).message}`);
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return files;
}

async function pathsOf(source: ConfigurationSource): Promise<string[]> {
  if ('file' in source) return [source.file];
  const names = await readdir(source.dir);
  return names
    .filter((name) => name.endsWith('.conf'))
    .sort()
    .map((name) => join(source.dir, name));
}
