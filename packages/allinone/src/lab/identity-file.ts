// Keeps the lab's directory of users in the data directory, so that ids and passwords stay the same.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { LbaasError } from '@f5-lbaas/model';
import { isObject } from '../http/fields.ts';
import { createDirectory, type Directory } from '../keystone/directory.ts';

function isDirectory(value: unknown): value is Directory {
  return (
    isObject(value) &&
    ['projects', 'roles', 'users'].every((key) => Array.isArray(value[key])) &&
    typeof value['signing_key'] === 'string' &&
    typeof value['device_password'] === 'string'
  );
}

/** @throws LbaasError kind `bad_request` when the file is damaged */
export function loadDirectory(path: string): Directory {
  if (existsSync(path)) {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (isDirectory(content)) return content;
    throw new LbaasError(
      'bad_request',
      'ERR_DATA_DIR',
      `'${path}' is damaged: start the lab with --reset to make everything anew.`,
    );
  }
  const directory = createDirectory();
  writeFileSync(`${path}.new`, JSON.stringify(directory, null, 2), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return directory;
}
