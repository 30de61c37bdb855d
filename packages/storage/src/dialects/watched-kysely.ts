// A kysely instance that tells of every statement and every connection that failed.
import { Kysely, type Dialect, type Driver } from 'kysely';
import type { Database } from '../schema/database.ts';

export type OnFailure = (error: unknown) => void;

class WatchedDialect implements Dialect {
  readonly #inner: Dialect;
  readonly #onFailure: OnFailure;

  constructor(inner: Dialect, onFailure: OnFailure) {
    this.#inner = inner;
    this.#onFailure = onFailure;
  }

  /** Kysely's own log has the statements, but not the connections that could not be had for one. */
  createDriver(): Driver {
    const driver = this.#inner.createDriver();
    const acquire = driver.acquireConnection.bind(driver);
    driver.acquireConnection = async (...args) => {
      try {
        return await acquire(...args);
      } catch (error) {
        this.#onFailure(error);
        throw error;
      }
    };
    return driver;
  }

  createAdapter: Dialect['createAdapter'] = () => this.#inner.createAdapter();
  createIntrospector: Dialect['createIntrospector'] = (db) => this.#inner.createIntrospector(db);
  createQueryCompiler: Dialect['createQueryCompiler'] = () => this.#inner.createQueryCompiler();
}

export function watchedKysely(dialect: Dialect, onFailure: OnFailure): Kysely<Database> {
  return new Kysely<Database>({
    dialect: new WatchedDialect(dialect, onFailure),
    log: (event) => {
      if (event.level === 'error') onFailure(event.error);
    },
  });
}
