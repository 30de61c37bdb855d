// Which environment each provider stands for, so that a server that is configured otherwise notices. Providers of
// load balancers that are there already are taken down without one.
// Programs that do not know the table go on working.
import { sql } from 'kysely';
import { createTable, type Table } from './create-table.ts';
import type { Migration } from './migration.ts';

const PROVIDER_ENVIRONMENTS: Table = {
  columns: { provider: 's!', environment: 's' },
  primaryKey: ['provider'],
};

export const providerEnvironments: Migration = {
  name: '0004-provider-environments',
  breaking: false,
  async up(db, types) {
    await createTable(db, types, 'provider_environments', PROVIDER_ENVIRONMENTS);
    await sql`insert into provider_environments (provider, environment)
      select distinct provider, null from loadbalancers
      where provider not in (select provider from provider_environments)`.execute(db);
  },
};
