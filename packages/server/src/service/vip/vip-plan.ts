// Which network, subnet and address a load balancer's VIP gets, from what the user named. Pure: Neutron's
// objects come in, a plan goes out.
import type { AdditionalVip, NeutronPort, NeutronSubnet } from '@f5-lbaas/model';
import ipaddr from 'ipaddr.js';

import { refuse } from '../refusals.ts';
import type { VipSettings } from '../settings.ts';

export interface VipRequest {
  vip_address?: string | null;
  vip_port_id?: string | null;
  vip_subnet_id?: string | null;
  vip_network_id?: string | null;
  vip_qos_policy_id?: string | null;
  vip_sg_ids?: readonly string[] | null;
  additional_vips?:
    readonly { subnet_id: string; ip_address?: string | null; port_id?: string | null }[] | null;
}

export interface VipPlan {
  networkId: string;
  /** Null: Neutron chooses. */
  subnetId: string | null;
  address: string | null;
  /** The user's port; undefined = one is to be made. */
  port: NeutronPort | undefined;
  qosPolicyId: string | null;
  securityGroupIds: string[];
  additional: Omit<AdditionalVip, 'port_id'>[];
}

export interface FreeAddresses {
  subnet_id: string;
  total_ips: number;
  used_ips: number;
}

/** Addresses that a subnet must have left: the VIP's and one to spare. @see Octavia SINGLE topology */
const FREE_ADDRESSES_MIN = 2;

/** A VIP must be named somehow, and only in ways that this deployment allows. */
export function checkVipOptions(request: VipRequest, settings: VipSettings): void {
  const options = [
    { option: 'vip_port_id', value: request.vip_port_id, allowed: settings.allowPortId },
    { option: 'vip_network_id', value: request.vip_network_id, allowed: settings.allowNetworkId },
    { option: 'vip_subnet_id', value: request.vip_subnet_id, allowed: settings.allowSubnetId },
  ];
  const refused = options.find(({ value, allowed }) => value && !allowed);
  if (refused !== undefined) throw refuse('ERR_VIP_OPTION_DISABLED', { option: refused.option });
  if (options.some(({ value }) => value)) return;
  const objects = options.filter(({ allowed }) => allowed).map(({ option }) => option);
  throw refuse('ERR_VIP_MISSING', { objects: objects.join(', ') });
}

function sameAddress(a: string, b: string): boolean {
  return ipaddr.parse(a).toNormalizedString() === ipaddr.parse(b).toNormalizedString();
}

/** Subnet and address of a VIP on the user's own port. */
export function placeOnPort(
  port: NeutronPort,
  request: VipRequest,
): { subnetId: string; address: string } {
  if (port.device_id !== '') {
    throw refuse('ERR_VIP_PORT_USED', { port_id: port.id, device_id: port.device_id });
  }
  const { vip_subnet_id: subnetId, vip_address: address } = request;
  const only = port.fixed_ips.length === 1 ? port.fixed_ips[0] : undefined;
  let chosen = only;
  if (subnetId) {
    chosen = port.fixed_ips.find((ip) => ip.subnet_id === subnetId);
    if (chosen === undefined) throw refuse('ERR_VIP_PORT_NOT_ON_SUBNET', {});
  } else if (address) {
    chosen = port.fixed_ips.find((ip) => sameAddress(ip.ip_address, address));
    if (chosen === undefined) throw refuse('ERR_VIP_ADDRESS_NOT_ON_PORT', {});
  }
  if (chosen === undefined) throw refuse('ERR_VIP_SUBNET_UNDETERMINED', {});
  return { subnetId: chosen.subnet_id, address: chosen.ip_address };
}

/** The subnet of a network whose range holds the address. */
export function subnetHolding(subnets: readonly NeutronSubnet[], address: string): NeutronSubnet {
  const wanted = ipaddr.parse(address);
  const found = subnets.find((subnet) => {
    const [network, prefix] = ipaddr.parseCIDR(subnet.cidr);
    return network.kind() === wanted.kind() && wanted.match(network, prefix);
  });
  if (found === undefined) throw refuse('ERR_VIP_ADDRESS_OUTSIDE', {});
  return found;
}

/**
 * The subnet of a network to take an address from: the first IPv4 one that has room, else the first.
 * @param free undefined when Neutron cannot tell; then every subnet counts as having room
 */
export function subnetWithRoom(
  subnets: readonly NeutronSubnet[],
  free: readonly FreeAddresses[] | undefined,
): NeutronSubnet {
  if (subnets.length === 0) throw refuse('ERR_VIP_NETWORK_EMPTY', {});
  const hasRoom = (subnet: NeutronSubnet): boolean => {
    const entry = free?.find((item) => item.subnet_id === subnet.id);
    return free === undefined
      ? true
      : entry !== undefined && entry.total_ips - entry.used_ips >= FREE_ADDRESSES_MIN;
  };
  const roomy = subnets.filter(hasRoom);
  const chosen = roomy.find((subnet) => subnet.ip_version === 4) ?? roomy[0];
  if (chosen === undefined) throw refuse('ERR_VIP_NETWORK_FULL', {});
  return chosen;
}

export function checkNetworkAllowed(networkId: string, settings: VipSettings): void {
  const { validNetworks, deniedNetworks } = settings;
  const allowed = validNetworks === null || validNetworks.includes(networkId);
  if (!allowed || deniedNetworks.includes(networkId)) {
    throw refuse('ERR_VIP_NETWORK_NOT_ALLOWED', {});
  }
}

/** Additional VIPs share the network of the main one, each on a subnet of its own. */
export function checkAdditionalSubnets(
  networkId: string,
  mainSubnetId: string | null,
  subnets: readonly NeutronSubnet[],
): void {
  const ids = [mainSubnetId, ...subnets.map((subnet) => subnet.id)];
  if (new Set(ids).size !== ids.length) throw refuse('ERR_VIP_SUBNETS_REPEATED', {});
  if (subnets.some((subnet) => subnet.network_id !== networkId)) {
    throw refuse('ERR_VIP_SUBNETS_APART', {});
  }
}
