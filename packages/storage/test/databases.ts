// Databases that the contract suite runs over; each test file gets fresh ones of its own.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@f5-lbaas/platform';
import { createPool } from 'mysql2/promise';
import pg from 'pg';
import { openSqlite } from '../src/dialects/sqlite-database.ts';
import { availableSqliteDrivers, openStorage, type Storage } from '../src/index.ts';

export interface TestDatabase {
  url: string;
  open(): Promise<Storage>;
  /** Behind the repositories' back, as an older program would have left it. */
  execute(sql: string): Promise<void>;
  drop(): Promise<void>;
}

export interface DatabaseKind {
  name: string;
  /** Why it cannot run here; undefined when it can. */
  skip: string | undefined;
  create(): Promise<TestDatabase>;
}

const POSTGRESQL =
  process.env['TEST_POSTGRESQL_URL'] ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const MYSQL = process.env['TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/mysql';

export async function databaseKinds(): Promise<DatabaseKind[]> {
  const [postgresql, mysql] = [await probe(queryPostgres), await probe(queryMysql)];
  return [
    ...availableSqliteDrivers().map((driver) => ({
      name: `SQLite by ${driver}`,
      skip: undefined,
      create: () => Promise.resolve(sqliteDatabase(driver)),
    })),
    {
      name: 'PostgreSQL',
      skip: postgresql,
      create: () => serverDatabase(POSTGRESQL, queryPostgres),
    },
    { name: 'MariaDB', skip: mysql, create: () => serverDatabase(MYSQL, queryMysql) },
  ];
}

function sqliteDatabase(driver: 'node:sqlite' | 'better-sqlite3'): TestDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'f5-lbaas-storage-'));
  const url = `sqlite://${join(folder, 'lbaas.db')}`;
  return {
    url,
    open: () =>
      openStorage({ url, clock: systemClock, logger: silentLogger, sqliteDriver: driver }),
    execute: (sql) => {
      const file = openSqlite(join(folder, 'lbaas.db'), driver);
      file.prepare(sql).run([]);
      file.close();
      return Promise.resolve();
    },
    drop: () => {
      rmSync(folder, { recursive: true });
      return Promise.resolve();
    },
  };
}

async function serverDatabase(
  server: string,
  query: (sql: string, url?: string) => Promise<void>,
): Promise<TestDatabase> {
  const name = `f5lbaas_test_${randomUUID().slice(0, 8)}`;
  await query(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.toString(),
    open: () => openStorage({ url: url.toString(), clock: systemClock, logger: silentLogger }),
    execute: (sql) => query(sql, url.toString()),
    drop: () => query(`drop database ${name}`),
  };
}

async function probe(query: (sql: string) => Promise<void>): Promise<string | undefined> {
  try {
    await query('select 1');
    return undefined;
  } catch (error) {
    return `not reachable (${error instanceof Error ? error.message : String(error)})`;
  }
}

async function queryPostgres(sql: string, url = POSTGRESQL): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function queryMysql(sql: string, url = MYSQL): Promise<void> {
  const pool = createPool({ uri: url, connectTimeout: 2000 });
  try {
    await pool.query(sql);
  } finally {
    await pool.end();
  }
}
