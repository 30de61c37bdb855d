// Applies what is missing of the static list of migrations, one process at a time.
import { sql, type Kysely } from 'kysely';
import { LbaasError } from '@f5-lbaas/model';
import { isoNow, type Clock, type Logger } from '@f5-lbaas/platform';
import type { Engine } from '../dialects/engine.ts';
import type { Database } from '../schema/database.ts';
import { initial } from './0001-initial.ts';
import { lbaasV1 } from './0002-lbaas-v1.ts';
import { vipClaims } from './0003-vip-claims.ts';
import { providerEnvironments } from './0004-provider-environments.ts';
import { SQL_TYPES, type Migration } from './migration.ts';

const MIGRATIONS: readonly Migration[] = [initial, lbaasV1, vipClaims, providerEnvironments];

/** Key of the lock that lets one process migrate at a time; any constant does. */
const LOCK_KEY = 5_045_001;
const LOCK_WAIT_SECONDS = 60;

export interface MigrateDeps {
  engine: Engine;
  clock: Clock;
  logger: Logger;
}

/**
 * Safe to repeat and to run in several processes at once.
 * @throws LbaasError kind `conflict`, code ERR_SCHEMA_NEWER when a newer program has made a breaking change
 */
export async function migrate(
  deps: MigrateDeps,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  const { engine } = deps;
  if (engine.kind === 'mysql') {
    // DDL commits by itself there, so the lock is the session's, not a transaction's.
    await engine.db.connection().execute(async (db) => {
      await sql`select get_lock('f5-lbaas-migrate', ${LOCK_WAIT_SECONDS})`.execute(db);
      try {
        await applyMissing(db, deps, migrations);
      } finally {
        await sql`select release_lock('f5-lbaas-migrate')`.execute(db);
      }
    });
    return;
  }
  await engine.db.transaction().execute(async (db) => {
    if (engine.kind === 'postgresql')
      await sql`select pg_advisory_xact_lock(${LOCK_KEY})`.execute(db);
    await applyMissing(db, deps, migrations);
  });
}

async function applyMissing(
  db: Kysely<Database>,
  { engine, clock, logger }: MigrateDeps,
  migrations: readonly Migration[],
): Promise<void> {
  const types = SQL_TYPES[engine.kind];
  await sql`create table if not exists schema_migrations (
    name ${sql.raw(types.text(100))} not null primary key,
    breaking ${sql.raw(types.boolean)} not null,
    applied_at ${sql.raw(types.text(32))} not null) ${sql.raw(types.tableSuffix)}`.execute(db);
  const applied = await db.selectFrom('schema_migrations').selectAll().execute();
  refuseNewer(applied, migrations, logger);
  const done = new Set(applied.map((row) => row['name']));
  for (const migration of migrations.filter(({ name }) => !done.has(name))) {
    await migration.up(db, types);
    await db
      .insertInto('schema_migrations')
      .values({
        name: migration.name,
        breaking: migration.breaking ? 1 : 0,
        applied_at: isoNow(clock),
      })
      .execute();
    logger.info({ migration: migration.name }, 'database schema migrated');
  }
}

function refuseNewer(
  applied: readonly Record<string, unknown>[],
  migrations: readonly Migration[],
  logger: Logger,
): void {
  const known = new Set<unknown>(migrations.map(({ name }) => name));
  const unknown = applied.filter((row) => !known.has(row['name']));
  const breaking = unknown.find((row) => Number(row['breaking']) === 1);
  if (breaking !== undefined) {
    throw new LbaasError(
      'conflict',
      'ERR_SCHEMA_NEWER',
      `The database was changed by a newer version of this program (${String(breaking['name'])}); ` +
        'upgrade this one.',
    );
  }
  if (unknown.length > 0) {
    logger.warn({ migrations: unknown.map((row) => row['name']) }, 'database schema is newer');
  }
}
