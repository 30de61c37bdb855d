// net/fdb/*: one forwarding table per tunnel and VLAN; it comes and goes with its owner (iControl REST 6.4).
import { defineType } from '../../schema/define-type.ts';
import type { ObjectType } from '../../schema/types.ts';
import { tunnelRecords, vlanRecords } from './fdb-records.ts';

const fdbTunnelType: ObjectType = defineType({
  path: 'net/fdb/tunnel',
  className: 'fdb tunnel',
  syncs: 'never',
  refuses: ['POST', 'DELETE'],
  subcollections: [tunnelRecords],
  seeds: ['http-tunnel', 'socks-tunnel'].map((name) => ({ name })),
});

const fdbVlanType: ObjectType = defineType({
  path: 'net/fdb/vlan',
  className: 'fdb vlan',
  syncs: 'never',
  refuses: ['POST', 'DELETE'],
  subcollections: [vlanRecords],
});

export const fdbTypes: ObjectType[] = [fdbTunnelType, fdbVlanType];
