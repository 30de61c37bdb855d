// What the storage tells of a database that fails: each statement and connection, but no refusal that is an answer.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@f5-lbaas/platform';
import { aLoadBalancerRow, startTcpProxy, waitFor } from '@f5-lbaas/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStorage, type DatabaseFailure, type Storage } from '../src/index.ts';
import { databaseKinds, type DatabaseKind } from './databases.ts';

let folder: string;
let failures: DatabaseFailure[];
const opened: Storage[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'f5-lbaas-failures-'));
  failures = [];
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((storage) => storage.close()));
  rmSync(folder, { recursive: true });
});

async function open(url: string): Promise<Storage> {
  const storage = await openStorage({
    ...{ url, clock: systemClock, logger: silentLogger },
    onFailure: (failure) => failures.push(failure),
  });
  opened.push(storage);
  return storage;
}

const sqlite = (): Promise<Storage> => open(`sqlite://${join(folder, 'lbaas.db')}`);

it('a lock that another process holds is busy, as often as it is tried', async () => {
  const [mine, others] = [await sqlite(), await sqlite()];
  await mine.migrate();
  failures.splice(0);
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let isHeld = false;
  const theirs = others.transaction(async () => {
    isHeld = true;
    await held;
  });
  await waitFor(() => isHeld);

  const work = mine.transaction((r) => r.loadbalancers.insert(aLoadBalancerRow()));
  await waitFor(() => failures.length >= 2);
  release();
  await Promise.all([theirs, work]);

  expect(new Set(failures)).toEqual(new Set(['busy']));
});

it('a duplicate is an answer; a table that is not there is not', async () => {
  const storage = await sqlite();
  await expect(storage.read.loadbalancers.count()).rejects.toThrow();
  expect(failures).toEqual(['other']);

  await storage.migrate();
  failures.splice(0);
  const row = aLoadBalancerRow();
  await storage.transaction((r) => r.loadbalancers.insert(row));
  await expect(storage.transaction((r) => r.loadbalancers.insert(row))).rejects.toThrow();
  expect(failures).toEqual([]);
});

const servers = (await databaseKinds()).filter(({ name }) => !name.startsWith('SQLite'));

it.for(servers)('$name that cannot be reached is away', async (kind: DatabaseKind, { skip }) => {
  skip(kind.skip !== undefined, kind.skip);
  const database = await kind.create();
  const url = new URL(database.url);
  const proxy = await startTcpProxy(Number(url.port));
  url.port = String(proxy.port);
  const storage = await open(url.toString());
  await storage.migrate();
  failures.splice(0);

  proxy.block();
  await expect(storage.read.loadbalancers.count()).rejects.toThrow();
  expect(failures).toEqual(['away']);

  await opened.pop()?.close();
  await proxy.close();
  await database.drop();
});
