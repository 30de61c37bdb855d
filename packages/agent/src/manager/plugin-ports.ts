// Ports of devices by way of the server, which talks to Neutron on the agent's behalf.
// @see f5-openstack-lbaasv2-driver `f5lbaasdriver/v2/bigip/plugin_rpc.py`
import { LbaasError } from '@f5-lbaas/model';
import type { RpcArgs, RpcTransport } from '@f5-lbaas/rpc';
import type { NetworkPorts, PortOnSubnets, PortRequest } from '../allocate/ports.ts';
import { isRecord } from './readers.ts';

export interface PluginPortsOptions {
  transport: RpcTransport;
  /** Topic that the servers of the environment consume. */
  topic: string;
  agentHost: string;
  callTimeoutMs: number;
}

interface Port {
  id: string;
  macAddress: string;
  addresses: { subnetId: string; address: string }[];
}

function readPort(value: unknown): Port | undefined {
  if (!isRecord(value) || typeof value.id !== 'string') return undefined;
  const ips: unknown[] = Array.isArray(value.fixed_ips) ? value.fixed_ips : [];
  const addresses = ips.flatMap((ip) =>
    isRecord(ip) && typeof ip.ip_address === 'string' && typeof ip.subnet_id === 'string'
      ? [{ subnetId: ip.subnet_id, address: ip.ip_address }]
      : [],
  );
  const mac = typeof value.mac_address === 'string' ? value.mac_address.toLowerCase() : '';
  return { id: value.id, macAddress: mac, addresses };
}

function readPorts(value: unknown): Port[] {
  return Array.isArray(value) ? value.flatMap((one: unknown) => readPort(one) ?? []) : [];
}

export class PluginPorts implements NetworkPorts {
  readonly #options: PluginPortsOptions;

  constructor(options: PluginPortsOptions) {
    this.#options = options;
  }

  async ensure(request: PortRequest, signal: AbortSignal): Promise<string> {
    const { name, subnetId } = request;
    const known = readPorts(await this.#call('get_port_by_name', { port_name: name }, signal));
    const found = known.flatMap((port) => addressOn(port, subnetId) ?? [])[0];
    return found ?? this.#create(request, signal);
  }

  async ensureOnNetwork(name: string, networkId: string, signal: AbortSignal): Promise<void> {
    const { agentHost: host } = this.#options;
    const args = { network_id: networkId, mac_address: null, name, host };
    const port = readPort(await this.#call('create_port_on_network', args, signal));
    if (port === undefined) throw withoutPort(name, `network ${networkId}`);
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    // DIFFERS: F5's agent casts; a port that was not deleted would never be missed.
    await this.#call('delete_port_by_name', { port_name: name }, signal);
  }

  async allowAddress(portId: string, address: string, signal: AbortSignal): Promise<void> {
    await this.#call('add_allowed_address', { port_id: portId, ip_address: address }, signal);
  }

  async disallowAddress(portId: string, address: string, signal: AbortSignal): Promise<void> {
    await this.#call('remove_allowed_address', { port_id: portId, ip_address: address }, signal);
  }

  async findByMac(macs: readonly string[], signal: AbortSignal): Promise<PortOnSubnets[]> {
    if (macs.length === 0) return [];
    const args = { mac_addresses: [...macs] };
    const ports = readPorts(await this.#call('get_ports_for_mac_addresses', args, signal));
    return ports.map(({ id, macAddress, addresses }) => ({
      id,
      macAddress,
      subnetIds: addresses.map(({ subnetId }) => subnetId),
    }));
  }

  async #create(
    { name, subnetId, loadbalancerId, address, vnicType }: PortRequest,
    signal: AbortSignal,
  ): Promise<string> {
    const args: RpcArgs = {
      subnet_id: subnetId,
      mac_address: null,
      name,
      fixed_address_count: 1,
      host: this.#options.agentHost,
      device_id: loadbalancerId,
      vnic_type: vnicType,
      binding_profile: {},
      ...(address !== undefined && { ip_address: address }),
    };
    const method =
      address === undefined ? 'create_port_on_subnet' : 'create_port_on_subnet_with_specific_ip';
    const port = readPort(await this.#call(method, args, signal));
    const found = port && addressOn(port, subnetId);
    if (found === undefined) throw withoutPort(name, `subnet ${subnetId}`);
    return found;
  }

  #call(method: string, args: RpcArgs, signal: AbortSignal): Promise<unknown> {
    const { transport, topic, callTimeoutMs } = this.#options;
    return transport.call(topic, method, args, { timeoutMs: callTimeoutMs, signal });
  }
}

function addressOn({ addresses }: Port, subnetId: string): string | undefined {
  return addresses.find((one) => one.subnetId === subnetId)?.address;
}

/** F5's driver answers null when Neutron refuses. */
function withoutPort(name: string, where: string): LbaasError {
  return new LbaasError('conflict', 'ERR_NO_PORT', `No port '${name}' could be had on ${where}.`);
}
