// What a repository works on: a transaction or the reading side of a database.
import type { Kysely } from 'kysely';
import type { Engine } from '../dialects/engine.ts';
import type { Database } from '../schema/database.ts';

export interface RepositoryContext {
  kind: Engine['kind'];
  db: Kysely<Database>;
  /** Runs reads that must show one moment; inside a transaction just runs them. */
  snapshot<T>(read: (db: Kysely<Database>) => Promise<T>): Promise<T>;
}
