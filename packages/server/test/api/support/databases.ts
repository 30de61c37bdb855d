// Databases that requests of any kind are tried on: what one takes another may refuse (texts, numbers, lengths).
import { databaseKinds } from '../../../../storage/test/databases.ts';

export interface ApiDatabase {
  name: string;
  /** Why it cannot run here; undefined when it can. */
  skip: string | undefined;
  /** Of the runs that a property gets in memory; the others are slower. */
  share: number;
  create(): Promise<{ url: string; drop(): Promise<void> }>;
}

const IN_MEMORY: ApiDatabase = {
  name: 'SQLite in memory',
  skip: undefined,
  share: 1,
  create: () => Promise.resolve({ url: 'sqlite://', drop: () => Promise.resolve() }),
};

export async function apiDatabases(): Promise<ApiDatabase[]> {
  const servers = (await databaseKinds()).filter(({ name }) => !name.startsWith('SQLite'));
  return [
    IN_MEMORY,
    ...servers.map((kind) => ({
      name: kind.skip === undefined ? kind.name : `${kind.name}: skipped, ${kind.skip}`,
      skip: kind.skip,
      share: 0.3,
      create: () => kind.create(),
    })),
  ];
}
