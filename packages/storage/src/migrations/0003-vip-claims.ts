// VIP ports that a process is about to make or take, so that one that dies in between leaves none behind.
// Programs that do not know the table go on working; they leave ports behind as before.
import { createTable, type Table } from './create-table.ts';
import type { Migration } from './migration.ts';

const VIP_CLAIMS: Table = {
  columns: {
    id: 'id!',
    device_id: 's!',
    user_port_id: 's',
    abandoned: 'b!',
    created_at: 'ts!',
  },
  primaryKey: ['id'],
};

export const vipClaims: Migration = {
  name: '0003-vip-claims',
  breaking: false,
  up: (db, types) => createTable(db, types, 'vip_claims', VIP_CLAIMS),
};
