// How kysely sees the database: every table holds plain values; `columns.ts` says what they mean.

/** What every supported database stores and returns alike; booleans are 0/1, JSON is text. */
export type SqlValue = string | number | null;
export type SqlRow = Record<string, SqlValue>;
export type Database = Record<string, SqlRow>;
