// Turns the three databases' errors into ours: duplicate, reference, try again, away.
import { LbaasError } from '@f5-lbaas/model';

/** What a failed statement means to us. */
type Failure = 'duplicate' | 'reference' | 'retry' | 'away';

/** By SQLSTATE (PostgreSQL), error name (better-sqlite3, mysql2, sockets). */
const BY_CODE: Readonly<Record<string, Failure>> = {
  // PostgreSQL
  '23505': 'duplicate',
  '23503': 'reference',
  '40001': 'retry',
  '40P01': 'retry',
  '55P03': 'retry',
  '57014': 'away',
  '57P01': 'away',
  '57P02': 'away',
  '57P03': 'away',
  '53300': 'away',
  '08000': 'away',
  '08003': 'away',
  '08006': 'away',
  // MariaDB and MySQL
  ER_DUP_ENTRY: 'duplicate',
  ER_NO_REFERENCED_ROW_2: 'reference',
  ER_ROW_IS_REFERENCED_2: 'reference',
  ER_LOCK_DEADLOCK: 'retry',
  ER_LOCK_WAIT_TIMEOUT: 'retry',
  ER_CHECKREAD: 'retry',
  ER_CON_COUNT_ERROR: 'away',
  ER_SERVER_SHUTDOWN: 'away',
  PROTOCOL_CONNECTION_LOST: 'away',
  PROTOCOL_SEQUENCE_TIMEOUT: 'away',
  // SQLite by name
  SQLITE_CONSTRAINT_PRIMARYKEY: 'duplicate',
  SQLITE_CONSTRAINT_UNIQUE: 'duplicate',
  SQLITE_CONSTRAINT_FOREIGNKEY: 'reference',
  SQLITE_BUSY: 'retry',
  SQLITE_BUSY_SNAPSHOT: 'retry',
  SQLITE_IOERR: 'away',
  SQLITE_FULL: 'away',
  SQLITE_READONLY: 'away',
  // Sockets
  ECONNREFUSED: 'away',
  ECONNRESET: 'away',
  EPIPE: 'away',
  ETIMEDOUT: 'away',
  ENOTFOUND: 'away',
  EHOSTUNREACH: 'away',
};

/** node:sqlite gives the extended result code as a number instead of a name. */
const BY_SQLITE_NUMBER: Readonly<Record<number, Failure>> = {
  1555: 'duplicate',
  2067: 'duplicate',
  787: 'reference',
  5: 'retry',
  517: 'retry',
  10: 'away',
  13: 'away',
  8: 'away',
};

/** Client libraries that report a broken connection only in words. */
const AWAY_MESSAGE =
  /connection (terminated|timeout|closed|error)|query read timeout|pool is closed/i;

function failureOf(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof AggregateError) return failureOf(error.errors[0]);
  const code = 'code' in error ? error.code : undefined;
  const known = typeof code === 'string' ? BY_CODE[code] : undefined;
  if (known !== undefined) return known;
  if ('errcode' in error && typeof error.errcode === 'number') {
    return BY_SQLITE_NUMBER[error.errcode];
  }
  return AWAY_MESSAGE.test(error.message) ? 'away' : undefined;
}

/** The whole unit of work may succeed when tried again: deadlock, serialisation failure, lock time-out. */
export function isRetryable(error: unknown): boolean {
  const root = error instanceof LbaasError ? error.cause : error;
  return failureOf(root) === 'retry';
}

/** busy: it asks to try again; away: it cannot be reached; other: a defect of ours, or of the database. */
export type DatabaseFailure = 'busy' | 'away' | 'other';

/** Undefined for what the database rightly refuses: duplicates and missing references are answers. */
export function databaseFailureOf(error: unknown): DatabaseFailure | undefined {
  const failure = failureOf(error);
  if (failure === 'duplicate' || failure === 'reference') return undefined;
  return failure === 'retry' ? 'busy' : (failure ?? 'other');
}

const AS_ERROR = {
  duplicate: ['conflict', 'ERR_DUPLICATE', 'An object with this key exists already.'],
  reference: ['conflict', 'ERR_REFERENCE', 'Another object refers to this one, or is missing.'],
  retry: ['unavailable', 'ERR_DATABASE_BUSY', 'The database is busy; try again.'],
  away: ['unavailable', 'ERR_DATABASE_AWAY', 'The database cannot be reached.'],
} as const;

/** Our own errors and unknown ones pass through unchanged. */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof LbaasError) return error;
  const failure = failureOf(error);
  if (failure === undefined) return error;
  const [kind, code, message] = AS_ERROR[failure];
  return new LbaasError(kind, code, message, { cause: error });
}

/** Runs one statement and translates what it throws. */
export async function translating<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw translateDatabaseError(error);
  }
}
