// PostgreSQL for kysely; the client library is loaded only when it is used.
import { PostgresDialect } from 'kysely';
import type { Logger } from '@f5-lbaas/platform';
import type { Engine } from './engine.ts';
import { watchedKysely, type OnFailure } from './watched-kysely.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** One statement at most, lock waits included. */
const STATEMENT_TIMEOUT_MS = 30_000;

export async function postgresEngine(
  url: URL,
  poolSize: number,
  logger: Logger,
  onFailure: OnFailure,
): Promise<Engine> {
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
  // A connection that breaks must not end the process, be it idle or in use: what uses it fails by itself, and the
  // next query opens a new one.
  const lost = (error: Error): void => {
    logger.warn({ error: error.message }, 'database connection lost');
  };
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', lost));
  const db = watchedKysely(new PostgresDialect({ pool }), onFailure);
  return { kind: 'postgresql', db, reader: db };
}
