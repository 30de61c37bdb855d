// One SQLite connection for kysely: the runtime's own node:sqlite where it has it, else better-sqlite3.
import { createRequire } from 'node:module';
import { LbaasError } from '@f5-lbaas/model';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/** Which implementation to use; `auto` prefers node:sqlite. */
export type SqliteDriverName = 'auto' | 'node:sqlite' | 'better-sqlite3';

/** Statements kept prepared per connection; the oldest goes first. */
const STATEMENT_CACHE_SIZE = 200;

interface NodeStatement {
  columns(): unknown[];
  all(...parameters: unknown[]): unknown[];
  iterate(...parameters: unknown[]): IterableIterator<unknown>;
  run(...parameters: unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint };
}
interface NodeSqlite {
  DatabaseSync: new (path: string) => { prepare(sql: string): NodeStatement; close(): void };
}
interface BetterSqlite {
  prepare(sql: string): SqliteStatement;
  close(): void;
}

/** Drivers that this runtime can load, best first. */
export function availableSqliteDrivers(): Exclude<SqliteDriverName, 'auto'>[] {
  const drivers: Exclude<SqliteDriverName, 'auto'>[] = [];
  if (loadNodeSqlite() !== undefined) drivers.push('node:sqlite');
  if (loadBetterSqlite() !== undefined) drivers.push('better-sqlite3');
  return drivers;
}

/** @throws LbaasError kind `unavailable`, code ERR_NO_SQLITE when the runtime has no usable driver */
export function openSqlite(path: string, driver: SqliteDriverName = 'auto'): SqliteDatabase {
  const open = opener(driver);
  if (open === undefined) {
    throw new LbaasError(
      'unavailable',
      'ERR_NO_SQLITE',
      'SQLite needs a Node.js with node:sqlite (22.16 or later), or the package better-sqlite3.',
    );
  }
  return withStatementCache(open(path));
}

function opener(driver: SqliteDriverName): ((path: string) => BetterSqlite) | undefined {
  const node = driver === 'better-sqlite3' ? undefined : loadNodeSqlite();
  if (node !== undefined) return (path) => openNodeSqlite(node, path);
  return driver === 'node:sqlite' ? undefined : loadBetterSqlite();
}

function openNodeSqlite(sqlite: NodeSqlite, path: string): BetterSqlite {
  const database = new sqlite.DatabaseSync(path);
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql);
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...parameters),
        iterate: (parameters) => statement.iterate(...parameters),
        run: (parameters) => statement.run(...parameters),
      };
    },
  };
}

function withStatementCache(database: BetterSqlite): SqliteDatabase {
  const cache = new Map<string, SqliteStatement>();
  return {
    close() {
      cache.clear();
      database.close();
    },
    prepare(sql) {
      const known = cache.get(sql);
      if (known !== undefined) return known;
      const statement = database.prepare(sql);
      const [oldest] = cache.keys();
      if (cache.size >= STATEMENT_CACHE_SIZE && oldest !== undefined) cache.delete(oldest);
      cache.set(sql, statement);
      return statement;
    },
  };
}

function loadNodeSqlite(): NodeSqlite | undefined {
  const found: unknown = process.getBuiltinModule('node:sqlite');
  return isNodeSqlite(found) ? found : undefined;
}

function isNodeSqlite(value: unknown): value is NodeSqlite {
  return typeof value === 'object' && value !== null && 'DatabaseSync' in value;
}

function loadBetterSqlite(): ((path: string) => BetterSqlite) | undefined {
  try {
    const Database: unknown = createRequire(import.meta.url)('better-sqlite3');
    return isConstructor(Database) ? (path) => new Database(path) : undefined;
  } catch {
    // An optional dependency: absent, or built for another runtime.
    return undefined;
  }
}

function isConstructor(value: unknown): value is new (path: string) => BetterSqlite {
  return typeof value === 'function';
}
