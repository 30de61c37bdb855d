// Creating, changing and deleting ports. Every port stays DOWN: nothing in the lab plugs one.
import {
  arrayOf,
  booleanOf,
  type JsonObject,
  objectOf,
  optionalString,
  stringOf,
} from '../http/fields.ts';
import { changedRecord, type NeutronContext, newRecord, rejectUnknown } from './context.ts';
import { faults } from './faults.ts';
import { allocateFixedIps, type FixedIpRequest } from './ipam.ts';
import type { FixedIp, Port } from './records.ts';
import { defaultSecurityGroupId } from './security-groups.ts';
import { findVisible } from './visibility.ts';

const WRITABLE = [
  ...['name', 'description', 'admin_state_up', 'fixed_ips', 'device_id', 'device_owner'],
  ...['security_groups', 'allowed_address_pairs', 'extra_dhcp_opts', 'dns_name', 'mac_address'],
  ...['port_security_enabled', 'qos_policy_id', 'binding:vnic_type', 'binding:host_id'],
  ...['binding:profile'],
];
const CREATE_ONLY = ['network_id', 'project_id', 'tenant_id'];
/** Shown to administrators only. */
export const ADMIN_PORT_ATTRIBUTES = [
  'binding:host_id',
  'binding:profile',
  'binding:vif_type',
  'binding:vif_details',
];
const DEFAULTS: JsonObject = {
  admin_state_up: true,
  status: 'DOWN',
  allowed_address_pairs: [],
  extra_dhcp_opts: [],
  dns_name: '',
  dns_assignment: [],
  port_security_enabled: true,
  qos_policy_id: null,
  'binding:vnic_type': 'normal',
  'binding:host_id': '',
  'binding:profile': {},
  'binding:vif_type': 'unbound',
  'binding:vif_details': {},
};

export const PORT_ATTRIBUTES = [
  ...['id', 'name', 'description', 'project_id', 'tenant_id', 'tags', 'created_at', 'updated_at'],
  ...['revision_number', 'network_id', 'fixed_ips', 'device_id', 'device_owner', 'mac_address'],
  ...['security_groups', ...Object.keys(DEFAULTS)],
];

/** Undefined when the attribute is absent: any address will do. */
function fixedIpRequests(attributes: JsonObject): FixedIpRequest[] | undefined {
  const asked = attributes['fixed_ips'];
  if (asked === undefined || asked === null) return undefined;
  return arrayOf(asked, 'fixed_ips').map((item) => {
    const entry = objectOf(item, 'fixed_ips');
    const subnetId = optionalString(entry, 'subnet_id');
    const address = optionalString(entry, 'ip_address');
    return {
      ...(subnetId === undefined ? {} : { subnet_id: subnetId }),
      ...(address === undefined ? {} : { ip_address: address }),
    };
  });
}

function allocate(
  context: NeutronContext,
  networkId: string,
  attributes: JsonObject,
  portId?: string,
): FixedIp[] {
  const { store } = context;
  const requests = fixedIpRequests(attributes);
  for (const { subnet_id: id } of requests ?? []) {
    if (id !== undefined && store.get('subnets', id) === undefined) {
      throw faults.notFound('SubnetNotFound', 'Subnet', id);
    }
  }
  const used = store
    .portsOn(networkId)
    .filter((port) => port.id !== portId)
    .flatMap((port) => port.fixed_ips);
  return allocateFixedIps({ networkId, subnets: store.subnetsOf(networkId), used }, requests);
}

function newMac(context: NeutronContext): string {
  const hex = context.random.uuid().slice(0, 6);
  return `fa:16:3e:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}`;
}

/** @throws ApiFault 400 for values of the wrong type, 404 for a security group that is not there */
function checkValues(context: NeutronContext, attributes: JsonObject): void {
  if ('admin_state_up' in attributes) booleanOf(attributes['admin_state_up'], 'admin_state_up');
  for (const name of ['name', 'description', 'device_id', 'device_owner', 'mac_address']) {
    optionalString(attributes, name);
  }
  const groups = attributes['security_groups'];
  if (groups === undefined || groups === null) return;
  for (const group of arrayOf(groups, 'security_groups')) {
    const id = stringOf(group, 'security_groups');
    if (findVisible('security_groups', id, context.identity, context.store) === undefined) {
      throw faults.notFound('SecurityGroupNotFound', 'Security group', id);
    }
  }
}

export function createPort(context: NeutronContext, attributes: JsonObject): Port {
  rejectUnknown(attributes, [...WRITABLE, ...CREATE_ONLY]);
  const networkId = optionalString(attributes, 'network_id');
  if (networkId === undefined) throw faults.missingAttribute('network_id');
  if (findVisible('networks', networkId, context.identity, context.store) === undefined) {
    throw faults.notFound('NetworkNotFound', 'Network', networkId);
  }
  checkValues(context, attributes);
  const base = newRecord(context, attributes);
  const port = {
    ...DEFAULTS,
    ...attributes,
    ...base,
    network_id: networkId,
    mac_address: optionalString(attributes, 'mac_address') ?? newMac(context),
    device_id: optionalString(attributes, 'device_id') ?? '',
    device_owner: optionalString(attributes, 'device_owner') ?? '',
    security_groups: attributes['security_groups'] ?? [
      defaultSecurityGroupId(context, base.project_id),
    ],
    fixed_ips: allocate(context, networkId, attributes),
  };
  context.store.put('ports', port);
  return port;
}

export function updatePort(context: NeutronContext, port: Port, changes: JsonObject): Port {
  rejectUnknown(changes, WRITABLE);
  checkValues(context, changes);
  const fixedIps =
    'fixed_ips' in changes ? allocate(context, port.network_id, changes, port.id) : port.fixed_ips;
  const changed = changedRecord(context, { ...port, ...changes, fixed_ips: fixedIps });
  context.store.put('ports', changed);
  return changed;
}

export function deletePort(context: NeutronContext, port: Port): void {
  context.store.remove({ kind: 'ports', id: port.id });
}
