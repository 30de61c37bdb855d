// SQLite for kysely: durable, foreign keys on, and write transactions that take the write lock at once.
import { CompiledQuery, SqliteDialect, SqliteDriver } from 'kysely';
import type { DatabaseConnection, Driver, SqliteDatabase } from 'kysely';
import { openSqlite, type SqliteDriverName } from './sqlite-database.ts';
import type { Engine } from './engine.ts';
import { watchedKysely, type OnFailure } from './watched-kysely.ts';

/**
 * Milliseconds that SQLite itself waits for a lock held by another process. It blocks the event loop
 * meanwhile, so it is short; the unit of work is then tried again after a pause.
 */
const BUSY_TIMEOUT_MS = 20;

/** A deferred transaction that turns to writing fails when somebody wrote meanwhile; this one waits first. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

class WriterDialect extends SqliteDialect {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    super({ database });
    this.#database = database;
  }

  override createDriver(): Driver {
    return new ImmediateDriver({ database: this.#database });
  }
}

/**
 * A file gets a second connection for reading, so that reads do not queue behind a unit of work; WAL lets
 * both go on. In memory there is one connection: reading `Storage.read` inside a unit of work would wait
 * for itself.
 */
export function sqliteEngine(
  path: string | undefined,
  driver: SqliteDriverName,
  onFailure: OnFailure,
): Engine {
  const writer = connect(path ?? ':memory:', driver);
  const db = watchedKysely(new WriterDialect(writer), onFailure);
  if (path === undefined) return { kind: 'sqlite', db, reader: db };
  const reader = watchedKysely(new SqliteDialect({ database: connect(path, driver) }), onFailure);
  return { kind: 'sqlite', db, reader };
}

function connect(path: string, driver: SqliteDriverName): SqliteDatabase {
  const database = openSqlite(path, driver);
  for (const pragma of [
    `busy_timeout = ${BUSY_TIMEOUT_MS}`,
    'journal_mode = WAL',
    // With WAL, FULL syncs the log at every commit: an accepted change survives a power cut.
    'synchronous = FULL',
    'foreign_keys = ON',
  ]) {
    const statement = database.prepare(`pragma ${pragma}`);
    // Some pragmas answer a row, and the drivers insist on knowing.
    if (statement.reader) statement.all([]);
    else statement.run([]);
  }
  return database;
}
