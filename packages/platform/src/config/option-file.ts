// Files that options name, e.g. certificates of authorities.
import { readFileSync } from 'node:fs';
import { toError } from '../to-error.ts';
import { ConfigurationError } from './configuration.ts';

/**
 * @param option as an operator knows it, e.g. `[DEFAULT] icontrol_ca_file`, for the error
 * @param path undefined where the option is not set
 * @throws ConfigurationError naming option and file
 */
export function readOptionFile(option: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigurationError([
      `${option}: '${path}' cannot be read: ${toError(error).message}.`,
    ]);
  }
}
