// Creating, changing and deleting subnets.
import { arrayOf, type JsonObject, objectOf, optionalString, stringOf } from '../http/fields.ts';
import {
  type Cidr,
  contains,
  formatAddress,
  hostRange,
  overlaps,
  parseAddress,
  parseCidr,
} from './address-range.ts';
import { changedRecord, type NeutronContext, newRecord, rejectUnknown } from './context.ts';
import { faults } from './faults.ts';
import type { Subnet } from './records.ts';
import { findVisible, owns } from './visibility.ts';

const WRITABLE = [
  ...['name', 'description', 'enable_dhcp', 'dns_nameservers', 'host_routes'],
  ...['gateway_ip', 'allocation_pools', 'service_types', 'dns_publish_fixed_ip'],
];
const CREATE_ONLY = [
  ...['network_id', 'cidr', 'ip_version', 'project_id', 'tenant_id', 'segment_id'],
  ...['subnetpool_id', 'ipv6_ra_mode', 'ipv6_address_mode'],
];
const DEFAULTS: JsonObject = {
  enable_dhcp: true,
  dns_nameservers: [],
  host_routes: [],
  service_types: [],
  dns_publish_fixed_ip: false,
  subnetpool_id: null,
  segment_id: null,
  ipv6_ra_mode: null,
  ipv6_address_mode: null,
};

export const SUBNET_ATTRIBUTES = [
  ...['id', 'name', 'description', 'project_id', 'tenant_id', 'tags', 'created_at', 'updated_at'],
  ...['revision_number', 'network_id', 'cidr', 'ip_version', 'gateway_ip', 'allocation_pools'],
  ...Object.keys(DEFAULTS),
];

type Pools = Subnet['allocation_pools'];

function gatewayOf(attributes: JsonObject, cidr: Cidr): string | null {
  if (attributes['gateway_ip'] === null) return null;
  const asked = optionalString(attributes, 'gateway_ip');
  if (asked === undefined) return formatAddress(cidr.version, hostRange(cidr).first);
  const address = parseAddress(asked);
  if (address === undefined || !contains(cidr, address)) {
    throw faults.invalidInput(`Gateway '${asked}' is not valid on subnet`);
  }
  return formatAddress(address.version, address.value);
}

/** All host addresses around the gateway. */
function defaultPools(cidr: Cidr, gateway: string | null): Pools {
  const { first, last } = hostRange(cidr);
  const hole = gateway === null ? undefined : parseAddress(gateway)?.value;
  const ranges =
    hole === undefined
      ? [{ start: first, end: last }]
      : [
          { start: first, end: hole - 1n },
          { start: hole + 1n, end: last },
        ];
  return ranges
    .filter(({ start, end }) => start <= end)
    .map(({ start, end }) => ({
      start: formatAddress(cidr.version, start),
      end: formatAddress(cidr.version, end),
    }));
}

function poolsOf(attributes: JsonObject, cidr: Cidr, gateway: string | null): Pools {
  const asked = attributes['allocation_pools'];
  if (asked === undefined || asked === null) return defaultPools(cidr, gateway);
  return arrayOf(asked, 'allocation_pools').map((item) => {
    const pool = objectOf(item, 'allocation_pools');
    const ends = (['start', 'end'] as const).map((end) => {
      const text = stringOf(pool[end], `allocation_pools.${end}`);
      const address = parseAddress(text);
      if (address === undefined || !contains(cidr, address)) {
        throw faults.invalidInput(`The allocation pool end '${text}' is not in '${cidr.text}'`);
      }
      return formatAddress(address.version, address.value);
    });
    return { start: ends[0] ?? '', end: ends[1] ?? '' };
  });
}

function required(attributes: JsonObject, name: string): string {
  const value = optionalString(attributes, name);
  if (value === undefined) throw faults.missingAttribute(name);
  return value;
}

function cidrOf(context: NeutronContext, attributes: JsonObject, networkId: string): Cidr {
  const text = required(attributes, 'cidr');
  const cidr = parseCidr(text);
  if (cidr === undefined) throw faults.invalidInput(`'${text}' is not a valid IP subnet`);
  const version = attributes['ip_version'];
  if (version !== undefined && Number(version) !== cidr.version) {
    throw faults.invalidInput(
      `cidr '${text}' does not match the ip_version '${JSON.stringify(version)}'`,
    );
  }
  for (const other of context.store.subnetsOf(networkId)) {
    const range = parseCidr(other.cidr);
    if (range !== undefined && overlaps(cidr, range)) {
      throw faults.overlappingSubnet(cidr.text, networkId, other.id);
    }
  }
  return cidr;
}

export function createSubnet(context: NeutronContext, attributes: JsonObject): Subnet {
  rejectUnknown(attributes, [...WRITABLE, ...CREATE_ONLY]);
  const networkId = required(attributes, 'network_id');
  const network = findVisible('networks', networkId, context.identity, context.store);
  if (network === undefined) throw faults.notFound('NetworkNotFound', 'Network', networkId);
  if (!owns(context.identity, network)) throw faults.forbidden('create_subnet');
  const cidr = cidrOf(context, attributes, networkId);
  const gateway = gatewayOf(attributes, cidr);
  const subnet = {
    ...DEFAULTS,
    ...attributes,
    ...newRecord(context, attributes),
    network_id: networkId,
    ip_version: cidr.version,
    cidr: cidr.text,
    gateway_ip: gateway,
    allocation_pools: poolsOf(attributes, cidr, gateway),
  };
  context.store.put('subnets', subnet);
  return subnet;
}

export function updateSubnet(context: NeutronContext, subnet: Subnet, changes: JsonObject): Subnet {
  rejectUnknown(changes, WRITABLE);
  const cidr = parseCidr(subnet.cidr);
  if (cidr === undefined) throw faults.invalidInput(`'${subnet.cidr}' is not a valid IP subnet`);
  const gateway = 'gateway_ip' in changes ? gatewayOf(changes, cidr) : subnet.gateway_ip;
  const pools =
    'allocation_pools' in changes ? changes : { allocation_pools: subnet.allocation_pools };
  const changed = changedRecord(context, {
    ...subnet,
    ...changes,
    gateway_ip: gateway,
    allocation_pools: poolsOf(pools, cidr, gateway),
  });
  context.store.put('subnets', changed);
  return changed;
}

/** @throws ApiFault 409 while a port has an address of it */
export function deleteSubnet(context: NeutronContext, subnet: Subnet): void {
  const inUse = context.store
    .portsOn(subnet.network_id)
    .some((port) => port.fixed_ips.some((ip) => ip.subnet_id === subnet.id));
  if (inUse) throw faults.subnetInUse(subnet.id);
  context.store.remove({ kind: 'subnets', id: subnet.id });
}
