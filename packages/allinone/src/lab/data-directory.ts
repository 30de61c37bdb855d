// The lab's data directory: made, locked against a second lab, and emptied on request.
// The lock is a socket in Linux's abstract namespace: the kernel frees it with the process, however that ends.
import { accessSync, constants, mkdirSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { LbaasError } from '@f5-lbaas/model';

/** Everything that the lab keeps, by use. */
export interface LabPaths {
  root: string;
  cloudsYaml: string;
  labJson: string;
  identity: string;
  keystoneJournal: string;
  neutronJournal: string;
  barbicanJournal: string;
  database: string;
  log: string;
  /** State files, keys and certificates of the emulated devices. */
  devices: string;
  /** Certificate that signs the devices' HTTPS certificates, PEM. */
  deviceCa: string;
}

export interface DataDirectory {
  paths: LabPaths;
  /** Removes what a lab made, and nothing else: the user may use the directory otherwise too. */
  empty(): void;
  release(): Promise<void>;
}

function pathsIn(root: string): LabPaths {
  return {
    root,
    cloudsYaml: join(root, 'clouds.yaml'),
    labJson: join(root, 'lab.json'),
    identity: join(root, 'identity.json'),
    keystoneJournal: join(root, 'keystone.journal'),
    neutronJournal: join(root, 'neutron.journal'),
    barbicanJournal: join(root, 'barbican.journal'),
    database: join(root, 'lbaas.sqlite'),
    log: join(root, 'lab.log'),
    devices: join(root, 'devices'),
    deviceCa: join(root, 'devices', 'ca.pem'),
  };
}

function refuse(code: string, message: string, cause?: unknown): LbaasError {
  return new LbaasError('bad_request', code, message, { cause });
}

/** Level by level: `mkdirSync` with `recursive` never returns below `/proc`. @throws Error with a `code` */
function makeLevels(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return;
  if (found !== undefined)
    throw Object.assign(new Error('A file is in the way.'), { code: 'ENOTDIR' });
  makeLevels(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** @throws LbaasError when it cannot be made or written to */
function makeDirectory(root: string): void {
  try {
    makeLevels(root);
    accessSync(root, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw refuse(
      'ERR_DATA_DIR',
      `The data directory '${root}' cannot be written to (${code}): ` +
        'choose another one with --data-dir, or correct its permissions.',
      error,
    );
  }
}

/** The same directory has one device and inode number, whatever it is called. */
function lockName(root: string): string {
  const { dev, ino } = statSync(root);
  return `\0f5-lbaas-lab-${dev}-${ino}`;
}

function lock(root: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = error.code === 'EADDRINUSE';
      const why = inUse ? 'is in use by another lab' : `cannot be locked (${error.code ?? ''})`;
      const advice = inUse
        ? 'stop that one, or choose another directory with --data-dir'
        : 'see lab.md';
      reject(
        refuse('ERR_DATA_DIR_IN_USE', `The data directory '${root}' ${why}: ${advice}.`, error),
      );
    });
    server.listen(lockName(root), () => resolve(server));
  });
}

function empty(paths: LabPaths): void {
  const { root, database, log, ...others } = paths;
  const files = [database, `${database}-wal`, `${database}-shm`, log, `${log}.1`];
  for (const path of [...files, ...Object.values(others)]) {
    if (path !== root) rmSync(path, { recursive: true, force: true });
  }
}

/** Makes and locks it. @throws LbaasError kind `bad_request` with a sentence for the user */
export async function openDataDirectory(directory: string): Promise<DataDirectory> {
  const root = resolve(directory);
  makeDirectory(root);
  const server = await lock(root);
  const paths = pathsIn(root);
  return {
    paths,
    empty: () => empty(paths),
    release: () =>
      new Promise((done) => {
        server.close(() => done());
      }),
  };
}
