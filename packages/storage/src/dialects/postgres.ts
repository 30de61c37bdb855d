// PostgreSQL for kysely; the client library is loaded only when it is used.
import { Kysely, PostgresDialect } from 'kysely';
import type { Logger } from '@f5-lbaas/platform';
import type { Database } from '../schema/database.ts';
import type { Engine } from './engine.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** One statement at most, lock waits included. */
const STATEMENT_TIMEOUT_MS = 30_000;

export async function postgresEngine(url: URL, poolSize: number, logger: Logger): Promise<Engine> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: url.toString(),
    max: poolSize,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + CONNECT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
  });
  // An idle connection that breaks must not end the process; the next query opens a new one.
  pool.on('error', (error) => logger.warn({ error: error.message }, 'database connection lost'));
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  return { kind: 'postgresql', db, reader: db };
}
