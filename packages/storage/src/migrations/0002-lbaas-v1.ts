// What LBaaS v1 knows beyond the other APIs, and VIP ports that are given back later than their VIP goes.
// Programs that do not know these tables go on working.
import { createTable, type Table } from './create-table.ts';
import type { Migration } from './migration.ts';

const TABLES: Record<string, Table> = {
  v1_pools: {
    columns: { pool_id: 'id!', subnet_id: 's!', owns_loadbalancer: 'b!' },
    primaryKey: ['pool_id'],
    references: { pool_id: ['pools', 'cascade'] },
  },
  v1_monitors: {
    columns: {
      id: 'id!',
      project_id: 's!',
      type: 's!',
      delay: 'i!',
      timeout: 'i!',
      max_retries: 'i!',
      http_method: 's',
      url_path: 'm',
      expected_codes: 's',
      admin_state_up: 'b!',
      created_at: 'ts!',
    },
    primaryKey: ['id'],
    indexes: [['project_id']],
  },
  v1_associations: {
    columns: { healthmonitor_id: 'id!', monitor_id: 'id!' },
    primaryKey: ['healthmonitor_id'],
    references: {
      healthmonitor_id: ['healthmonitors', 'cascade'],
      monitor_id: ['v1_monitors', 'cascade'],
    },
  },
  port_releases: {
    columns: { port_id: 's!', loadbalancer_id: 'id!', revision: 'n!' },
    primaryKey: ['port_id'],
    indexes: [['loadbalancer_id']],
  },
};

export const lbaasV1: Migration = {
  name: '0002-lbaas-v1',
  breaking: false,
  async up(db, types) {
    for (const [name, table] of Object.entries(TABLES)) await createTable(db, types, name, table);
  },
};
