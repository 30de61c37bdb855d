// Creating, changing and deleting networks.
import { booleanOf, type JsonObject } from '../http/fields.ts';
import { changedRecord, type NeutronContext, newRecord, rejectUnknown } from './context.ts';
import { faults } from './faults.ts';
import type { Network } from './records.ts';

const WRITABLE = ['name', 'description', 'admin_state_up', 'mtu', 'qos_policy_id'];
/** Tenants neither set nor see these, `shared` and `router:external` excepted: those they see. */
export const ADMIN_NETWORK_ATTRIBUTES = [
  'provider:network_type',
  'provider:physical_network',
  'provider:segmentation_id',
];
const ADMIN_WRITABLE = ['shared', 'router:external', ...ADMIN_NETWORK_ATTRIBUTES];
const CREATE_ONLY = ['project_id', 'tenant_id', 'availability_zone_hints'];

const DEFAULTS: JsonObject = {
  admin_state_up: true,
  status: 'ACTIVE',
  mtu: 1500,
  port_security_enabled: true,
  qos_policy_id: null,
  availability_zone_hints: [],
  availability_zones: [],
  ipv4_address_scope: null,
  ipv6_address_scope: null,
  'router:external': false,
  'provider:network_type': 'local',
  'provider:physical_network': null,
  'provider:segmentation_id': null,
};

export const NETWORK_ATTRIBUTES = [
  ...['id', 'name', 'description', 'project_id', 'tenant_id', 'tags', 'shared', 'subnets'],
  ...['created_at', 'updated_at', 'revision_number', ...Object.keys(DEFAULTS)],
];

function checkWritable(context: NeutronContext, attributes: JsonObject, also: string[]): void {
  rejectUnknown(attributes, [...WRITABLE, ...ADMIN_WRITABLE, ...also]);
  const denied = ADMIN_WRITABLE.find((name) => name in attributes && attributes[name] !== false);
  if (denied !== undefined && !context.identity.isAdmin) {
    throw faults.forbidden(`network:${denied}`);
  }
}

export function createNetwork(context: NeutronContext, attributes: JsonObject): Network {
  checkWritable(context, attributes, CREATE_ONLY);
  const shared = booleanOf(attributes['shared'] ?? false, 'shared');
  const network = { ...DEFAULTS, ...attributes, ...newRecord(context, attributes), shared };
  context.store.put('networks', network);
  return network;
}

export function updateNetwork(
  context: NeutronContext,
  network: Network,
  changes: JsonObject,
): Network {
  checkWritable(context, changes, []);
  const shared = booleanOf(changes['shared'] ?? network.shared, 'shared');
  const changed = changedRecord(context, { ...network, ...changes, shared });
  context.store.put('networks', changed);
  return changed;
}

/** Takes its subnets along. @throws ApiFault 409 while ports are on it */
export function deleteNetwork(context: NeutronContext, network: Network): void {
  const { store } = context;
  if (store.portsOn(network.id).length > 0) throw faults.networkInUse(network.id);
  const subnets = store.subnetsOf(network.id).map(({ id }) => ({ kind: 'subnets' as const, id }));
  store.remove(...subnets, { kind: 'networks', id: network.id });
}
