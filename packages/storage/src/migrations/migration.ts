// What a migration is, and the column types that one migration text needs on every database.
import type { Kysely } from 'kysely';
import type { Engine } from '../dialects/engine.ts';
import type { Database } from '../schema/database.ts';

export interface Migration {
  /** Unique, sorts in order of application. Never changed once released. */
  name: string;
  /** Programs that do not know this migration cannot work with the schema it leaves. */
  breaking: boolean;
  /** Safe to repeat: MariaDB commits each statement, so a crash may leave a part done. */
  up(db: Kysely<Database>, types: SqlTypes): Promise<void>;
}

/** Text compares byte by byte everywhere, so that filters, sorting and markers agree between databases. */
export interface SqlTypes {
  text(length: number): string;
  longText: string;
  integer: string;
  bigint: string;
  boolean: string;
  /** Appended to CREATE TABLE. */
  tableSuffix: string;
}

export const SQL_TYPES: Record<Engine['kind'], SqlTypes> = {
  sqlite: {
    text: () => 'text',
    longText: 'text',
    integer: 'integer',
    bigint: 'integer',
    boolean: 'integer',
    tableSuffix: '',
  },
  postgresql: {
    text: (length) => `varchar(${length}) collate "C"`,
    longText: 'text collate "C"',
    integer: 'integer',
    bigint: 'bigint',
    boolean: 'smallint',
    tableSuffix: '',
  },
  mysql: {
    text: (length) => `varchar(${length})`,
    longText: 'mediumtext',
    integer: 'integer',
    bigint: 'bigint',
    boolean: 'smallint',
    tableSuffix: 'engine=InnoDB default charset=utf8mb4 collate=utf8mb4_bin',
  },
};
