// MariaDB and MySQL for kysely; the client library is loaded only when it is used.
import { CompiledQuery, MysqlDialect } from 'kysely';
import type { Engine } from './engine.ts';
import { watchedKysely, type OnFailure } from './watched-kysely.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** Seconds that a statement waits for a row lock. */
const LOCK_WAIT_SECONDS = 20;

export async function mysqlEngine(
  url: URL,
  poolSize: number,
  onFailure: OnFailure,
): Promise<Engine> {
  const { createPool } = await import('mysql2');
  const target = new URL(url);
  target.protocol = 'mysql:';
  const pool = createPool({
    uri: target.toString(),
    connectionLimit: poolSize,
    connectTimeout: CONNECT_TIMEOUT_MS,
    charset: 'utf8mb4',
    enableKeepAlive: true,
  });
  const dialect = new MysqlDialect({
    pool,
    onCreateConnection: async (connection) => {
      await connection.executeQuery(
        CompiledQuery.raw(
          `set session innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}, ` +
            "sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ENGINE_SUBSTITUTION'",
        ),
      );
    },
  });
  const db = watchedKysely(dialect, onFailure);
  return { kind: 'mysql', db, reader: db };
}
