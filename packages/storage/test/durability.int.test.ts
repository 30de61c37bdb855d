// What was committed survives a killed process, and a program does not touch a schema newer than itself.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLogger, systemClock } from '@f5-lbaas/platform';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStorage } from '../src/index.ts';

let folder: string;
let url: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'f5-lbaas-durability-'));
  url = `sqlite://${join(folder, 'lbaas.db')}`;
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = () => openStorage({ url, clock: systemClock, logger: silentLogger });

it('keeps every commit of a process that is killed while it writes', async () => {
  const writer = spawn(
    process.execPath,
    [
      '--conditions=@f5-lbaas/source',
      '--import',
      'tsx',
      fileURLToPath(new URL('./endless-writer.ts', import.meta.url)),
      url,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const written: string[] = [];
  for await (const chunk of writer.stdout) {
    written.push(...String(chunk).split('\n').filter(Boolean));
    if (written.length >= 20) break;
  }
  writer.kill('SIGKILL');
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit');

  const storage = await open();
  const projects = (await storage.read.quotas.list()).map((row) => row.project_id);
  expect(projects).toEqual(expect.arrayContaining(written));
  await storage.close();
});

it('refuses a database that a newer version has changed in a breaking way', async () => {
  const storage = await open();
  await storage.migrate();
  const database = new Database(join(folder, 'lbaas.db'));
  const add = database.prepare('insert into schema_migrations values (?, ?, ?)');

  add.run('0998-harmless', 0, 'now');
  await storage.migrate();
  add.run('0999-breaking', 1, 'now');
  database.close();

  await expect(storage.migrate()).rejects.toMatchObject({
    code: 'ERR_SCHEMA_NEWER',
    message: expect.stringContaining('0999-breaking') as string,
  });
  await storage.close();
});

it('says which database URLs it understands, without repeating a password', async () => {
  const opening = openStorage({
    url: 'oracle://user:geheim@host/db',
    clock: systemClock,
    logger: silentLogger,
  });

  await expect(opening).rejects.toMatchObject({ kind: 'bad_request', code: 'ERR_STORAGE_URL' });
  await expect(opening).rejects.not.toThrow(/geheim/);
});

it('says that a database is away', async () => {
  const storage = await openStorage({
    url: 'postgresql://nobody@127.0.0.1:1/none',
    clock: systemClock,
    logger: silentLogger,
  });

  await expect(storage.migrate()).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'ERR_DATABASE_AWAY',
  });
  await storage.close();
});
