// Opens the database that a URL names, and runs units of work on it.
import type { Kysely, Transaction } from 'kysely';
import { retry, systemRandom, type Clock, type Logger, type Random } from '@f5-lbaas/platform';
import type { Engine } from './dialects/engine.ts';
import type { SqliteDriverName } from './dialects/sqlite-database.ts';
import { parseStorageUrl } from './dialects/url.ts';
import {
  databaseFailureOf,
  isRetryable,
  translateDatabaseError,
  type DatabaseFailure,
} from './errors.ts';
import { migrate } from './migrations/migrate.ts';
import { createRepositories } from './repositories/repositories.ts';
import type { Database } from './schema/database.ts';
import type { Repositories, Storage } from './storage.ts';

export interface StorageOptions {
  /** See `parseStorageUrl`. */
  url: string;
  clock: Clock;
  logger: Logger;
  /** Spreads retries. @default the system's */
  random?: Random;
  /** Connections at most, to PostgreSQL and MariaDB. @default 10 */
  poolSize?: number;
  /** @default 'auto' */
  sqliteDriver?: SqliteDriverName;
  /** Told of each statement or connection that failed, also of those that are tried again. */
  onFailure?: (failure: DatabaseFailure) => void;
}

/** Attempts of one unit of work when the database asks to try again; with the pauses about 5 s. */
const MAX_ATTEMPTS = 16;
const BACKOFF = { initialMs: 5, maxMs: 500 };

/**
 * Connections are made when first needed; `migrate` tells whether the database is there.
 * @throws LbaasError kind `bad_request` (URL), `unavailable` (no SQLite in this runtime)
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const engine = await openEngine(options);
  const { clock, logger, random = systemRandom } = options;
  const settle = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await retry(run, {
        clock,
        random,
        backoff: BACKOFF,
        maxAttempts: MAX_ATTEMPTS,
        shouldRetry: isRetryable,
      });
    } catch (error) {
      throw translateDatabaseError(error);
    }
  };
  return {
    read: readRepositories(engine),
    transaction: (work) => settle(() => runTransaction(engine, work)),
    migrate: () => settle(() => migrate({ engine, clock, logger })),
    async close() {
      await engine.db.destroy();
      if (engine.reader !== engine.db) await engine.reader.destroy();
    },
  };
}

async function openEngine(options: StorageOptions): Promise<Engine> {
  const target = parseStorageUrl(options.url);
  const poolSize = options.poolSize ?? 10;
  const onFailure = (error: unknown): void => {
    const failure = databaseFailureOf(error);
    if (failure !== undefined) options.onFailure?.(failure);
  };
  // Loaded only when used: SQLite needs neither client library.
  switch (target.kind) {
    case 'sqlite': {
      const { sqliteEngine } = await import('./dialects/sqlite.ts');
      return sqliteEngine(target.path, options.sqliteDriver ?? 'auto', onFailure);
    }
    case 'postgresql': {
      const { postgresEngine } = await import('./dialects/postgres.ts');
      return postgresEngine(target.url, poolSize, options.logger, onFailure);
    }
    case 'mysql': {
      const { mysqlEngine } = await import('./dialects/mysql.ts');
      return mysqlEngine(target.url, poolSize, onFailure);
    }
  }
}

async function runTransaction<T>(
  { kind, db }: Engine,
  work: (repositories: Repositories) => Promise<T>,
): Promise<T> {
  const run = (transaction: Transaction<Database>): Promise<T> =>
    work(createRepositories({ kind, db: transaction, snapshot: (read) => read(transaction) }));
  const builder = db.transaction();
  // Row locks guard what must not change, so reads after waiting for one must see what was committed.
  return kind === 'sqlite'
    ? builder.execute(run)
    : builder.setIsolationLevel('read committed').execute(run);
}

function readRepositories({ kind, reader }: Engine): Repositories {
  const snapshot = <T>(read: (db: Kysely<Database>) => Promise<T>): Promise<T> => {
    const builder = reader.transaction();
    return kind === 'sqlite'
      ? builder.execute(read)
      : builder.setIsolationLevel('repeatable read').execute(read);
  };
  return createRepositories({ kind, db: reader, snapshot });
}
