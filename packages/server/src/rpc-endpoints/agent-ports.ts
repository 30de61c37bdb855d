// Ports that agents need for self IPs, SNAT addresses and floating addresses, made in Neutron on their
// behalf. The name is the idempotency key. Only ports of our own are ever found by name or deleted: a
// tenant may give a port any name.
import type { NeutronPort } from '@f5-lbaas/model';
import { createKeyedLock } from '@f5-lbaas/platform';
import type { RpcArgs, RpcEndpoint } from '@f5-lbaas/rpc';
import type { DriverDeps } from '../driver/driver-deps.ts';
import { optionalNumber, optionalText, textArg, textListArg } from './arguments.ts';
import { chunksOf } from './chunks.ts';

/** `device_owner` of ports that we make for agents. */
const PORT_OWNER = 'network:f5lbaasv2';
const MAC_ADDRESSES_AT_ONCE = 50;

type PortDeps = Pick<DriverDeps, 'neutron'>;

export function agentPorts(deps: PortDeps): RpcEndpoint {
  return {
    ...portCreation(deps),
    ...portQueries(deps),
    ...portDeletion(deps),
    ...addressPairing(deps),
  };
}

function ownPorts({ neutron }: PortDeps, filter: Record<string, string>): Promise<NeutronPort[]> {
  return neutron.listPorts({ ...filter, device_owner: PORT_OWNER });
}

function portCreation(deps: PortDeps): RpcEndpoint {
  const { neutron } = deps;
  const names = createKeyedLock();
  /** Finds by name or creates; calls for one name queue, so that one port results. */
  const ensure = (
    name: string | undefined,
    isThere: (port: NeutronPort) => boolean,
    create: () => Promise<NeutronPort>,
  ): Promise<NeutronPort> =>
    name === undefined
      ? create()
      : names.run(
          name,
          async () => (await ownPorts(deps, { name })).find(isThere) ?? (await create()),
        );
  return {
    async create_port_on_subnet(args) {
      const subnetId = textArg(args, 'subnet_id');
      const count = optionalNumber(args, 'fixed_address_count') ?? 1;
      const onSubnet = (port: NeutronPort) =>
        port.fixed_ips.some((ip) => ip.subnet_id === subnetId);
      return ensure(optionalText(args, 'name'), onSubnet, async () => {
        const subnet = await neutron.getSubnet(subnetId);
        return neutron.createPort({
          ...portAttributes(args, subnet.tenant_id),
          network_id: subnet.network_id,
          fixed_ips: Array.from({ length: count }, () => ({ subnet_id: subnetId })),
        });
      });
    },

    /** Of F5's v1 driver; its v2 agent asks for it when devices become a subnet's gateway. */
    async create_port_on_subnet_with_specific_ip(args) {
      const subnet_id = textArg(args, 'subnet_id');
      const ip_address = textArg(args, 'ip_address');
      const isIt = (port: NeutronPort) => port.fixed_ips.some((ip) => ip.ip_address === ip_address);
      return ensure(optionalText(args, 'name'), isIt, async () => {
        const subnet = await neutron.getSubnet(subnet_id);
        return neutron.createPort({
          ...portAttributes(args, subnet.tenant_id),
          network_id: subnet.network_id,
          fixed_ips: [{ subnet_id, ip_address }],
        });
      });
    },

    async create_port_on_network(args) {
      const networkId = textArg(args, 'network_id');
      const onNetwork = (port: NeutronPort) => port.network_id === networkId;
      return ensure(optionalText(args, 'name'), onNetwork, async () => {
        const network = await neutron.getNetwork(networkId);
        return neutron.createPort({
          ...portAttributes(args, network.tenant_id),
          network_id: networkId,
        });
      });
    },
  };
}

function portQueries(deps: PortDeps): RpcEndpoint {
  const { neutron } = deps;
  return {
    async get_port_by_name(args) {
      const name = optionalText(args, 'port_name');
      return name === undefined ? null : ownPorts(deps, { name });
    },

    async get_ports_for_mac_addresses(args) {
      const macs = textListArg(args, 'mac_addresses');
      const ports: NeutronPort[] = [];
      for (const mac_address of chunksOf(macs, MAC_ADDRESSES_AT_ONCE)) {
        ports.push(...(await neutron.listPorts({ mac_address })));
      }
      return ports;
    },

    async get_ports_on_network(args) {
      const several = Array.isArray(args['network_id']);
      const ids = several ? textListArg(args, 'network_id') : [textArg(args, 'network_id')];
      return ids.length === 0 ? [] : neutron.listPorts({ network_id: ids });
    },
  };
}

function portDeletion(deps: PortDeps): RpcEndpoint {
  const removeAll = async (filter: Record<string, string>): Promise<null> => {
    for (const port of await ownPorts(deps, filter)) await deps.neutron.deletePort(port.id);
    return null;
  };
  return {
    delete_port: async (args) => {
      const id = optionalText(args, 'port_id');
      return removeAll(id === undefined ? { mac_address: textArg(args, 'mac_address') } : { id });
    },
    delete_port_by_name: async (args) => removeAll({ name: textArg(args, 'port_name') }),
  };
}

function addressPairing({ neutron }: PortDeps): RpcEndpoint {
  const read = async (args: RpcArgs) => {
    const ip_address = textArg(args, 'ip_address');
    const port = await neutron.getPort(textArg(args, 'port_id'));
    return { port, pairs: addressPairs(port), ip_address };
  };
  return {
    async add_allowed_address(args) {
      const { port, pairs, ip_address } = await read(args);
      if (pairs.some((pair) => pair.ip_address === ip_address)) return null;
      const added = { ip_address, mac_address: port.mac_address };
      await neutron.updatePort(port.id, { allowed_address_pairs: [...pairs, added] });
      return null;
    },

    async remove_allowed_address(args) {
      const { port, pairs, ip_address } = await read(args);
      const remaining = pairs.filter((pair) => pair.ip_address !== ip_address);
      if (remaining.length === pairs.length) return null;
      await neutron.updatePort(port.id, { allowed_address_pairs: remaining });
      return null;
    },
  };
}

interface AddressPair {
  ip_address: string;
  mac_address?: string;
}

function addressPairs(port: NeutronPort): AddressPair[] {
  const pairs: unknown = port['allowed_address_pairs'];
  return Array.isArray(pairs) ? pairs.filter(isAddressPair) : [];
}

function isAddressPair(value: unknown): value is AddressPair {
  return (
    typeof value === 'object' &&
    value !== null &&
    'ip_address' in value &&
    typeof value.ip_address === 'string'
  );
}

/** Null and absent arguments of a Python sender are left to Neutron's defaults. */
function portAttributes(args: RpcArgs, tenantId: string): Record<string, unknown> {
  const profile = args['binding_profile'];
  const optional = {
    mac_address: optionalText(args, 'mac_address'),
    device_id: optionalText(args, 'device_id'),
  };
  return {
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    tenant_id: tenantId,
    name: optionalText(args, 'name') ?? '',
    admin_state_up: true,
    device_owner: PORT_OWNER,
    'binding:host_id': optionalText(args, 'host') ?? '',
    'binding:vnic_type': optionalText(args, 'vnic_type') ?? 'normal',
    'binding:profile': typeof profile === 'object' && profile !== null ? profile : {},
  };
}
