// Reads the storage URL: which database, where.
import { LbaasError } from '@f5-lbaas/model';

export type StorageTarget =
  /** `path` undefined: in memory, gone when closed. */
  { kind: 'sqlite'; path: string | undefined } | { kind: 'postgresql' | 'mysql'; url: URL };

const KINDS: Record<string, 'postgresql' | 'mysql'> = {
  'postgresql:': 'postgresql',
  'postgres:': 'postgresql',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
};

/**
 * `sqlite:///absolute/path`, `sqlite://` (memory), `postgresql://user:password@host/db`, `mysql://...`;
 * the `+driver` of an SQLAlchemy URL is ignored.
 * @throws LbaasError kind `bad_request`, code ERR_STORAGE_URL; the message never shows the password
 */
export function parseStorageUrl(text: string): StorageTarget {
  const sqlite = /^sqlite(?:\+\w+)?:\/\/(\/.+)?$/.exec(text);
  if (sqlite !== null) return { kind: 'sqlite', path: sqlite[1] };
  const plain = text.replace(/^(\w+)\+\w+:/, '$1:');
  const url = URL.canParse(plain) ? new URL(plain) : undefined;
  const kind = url === undefined ? undefined : KINDS[url.protocol];
  if (url === undefined || kind === undefined || url.pathname.length < 2) {
    throw new LbaasError(
      'bad_request',
      'ERR_STORAGE_URL',
      "The database URL must look like 'sqlite:///path/file.db', 'sqlite://', " +
        "'postgresql://user:password@host/database' or 'mysql://user:password@host/database'.",
    );
  }
  return { kind, url };
}
