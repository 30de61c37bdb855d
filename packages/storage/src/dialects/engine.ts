// What the rest of the package needs to know of a database: its kysely instances and its kind.
import type { Kysely } from 'kysely';
import type { Database } from '../schema/database.ts';

export interface Engine {
  kind: 'sqlite' | 'postgresql' | 'mysql';
  db: Kysely<Database>;
  /** For reads outside a unit of work; the same as `db` where the database has a pool. */
  reader: Kysely<Database>;
}
