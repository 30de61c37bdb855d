// One table of the resources that clients read and write: path, names, attributes, operations.
import type { JsonObject } from '../http/fields.ts';
import type { NeutronContext } from './context.ts';
import {
  ADMIN_NETWORK_ATTRIBUTES,
  createNetwork,
  deleteNetwork,
  NETWORK_ATTRIBUTES,
  updateNetwork,
} from './networks.ts';
import {
  ADMIN_PORT_ATTRIBUTES,
  createPort,
  deletePort,
  PORT_ATTRIBUTES,
  updatePort,
} from './ports.ts';
import type { RecordKind, Records } from './records.ts';
import {
  createSecurityGroup,
  deleteSecurityGroup,
  SECURITY_GROUP_ATTRIBUTES,
  updateSecurityGroup,
} from './security-groups.ts';
import { createSubnet, deleteSubnet, SUBNET_ATTRIBUTES, updateSubnet } from './subnets.ts';

export interface ResourceTable<K extends RecordKind> {
  kind: K;
  /** Below `/v2.0/`. */
  path: string;
  /** Key of one object in bodies. */
  singular: string;
  /** Fault and noun of a 404. */
  notFound: [type: string, noun: string];
  attributes: readonly string[];
  /** Left out of what tenants read. */
  adminAttributes: readonly string[];
  create(context: NeutronContext, attributes: JsonObject): Records[K];
  update(context: NeutronContext, record: Records[K], changes: JsonObject): Records[K];
  remove(context: NeutronContext, record: Records[K]): void;
}

export const NETWORKS: ResourceTable<'networks'> = {
  kind: 'networks',
  path: 'networks',
  singular: 'network',
  notFound: ['NetworkNotFound', 'Network'],
  attributes: NETWORK_ATTRIBUTES,
  adminAttributes: ADMIN_NETWORK_ATTRIBUTES,
  create: createNetwork,
  update: updateNetwork,
  remove: deleteNetwork,
};

export const SUBNETS: ResourceTable<'subnets'> = {
  kind: 'subnets',
  path: 'subnets',
  singular: 'subnet',
  notFound: ['SubnetNotFound', 'Subnet'],
  attributes: SUBNET_ATTRIBUTES,
  adminAttributes: [],
  create: createSubnet,
  update: updateSubnet,
  remove: deleteSubnet,
};

export const PORTS: ResourceTable<'ports'> = {
  kind: 'ports',
  path: 'ports',
  singular: 'port',
  notFound: ['PortNotFound', 'Port'],
  attributes: PORT_ATTRIBUTES,
  adminAttributes: ADMIN_PORT_ATTRIBUTES,
  create: createPort,
  update: updatePort,
  remove: deletePort,
};

export const SECURITY_GROUPS: ResourceTable<'security_groups'> = {
  kind: 'security_groups',
  path: 'security-groups',
  singular: 'security_group',
  notFound: ['SecurityGroupNotFound', 'Security group'],
  attributes: SECURITY_GROUP_ATTRIBUTES,
  adminAttributes: [],
  create: createSecurityGroup,
  update: updateSecurityGroup,
  remove: deleteSecurityGroup,
};
