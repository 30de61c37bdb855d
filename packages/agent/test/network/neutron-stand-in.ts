// Ports of a small Neutron behind the methods that agents call, over the in-process transport.
import { LbaasError } from '@f5-lbaas/model';
import { silentLogger, systemClock, systemRandom } from '@f5-lbaas/platform';
import { createMemoryBroker, createMemoryTransport, type RpcTransport } from '@f5-lbaas/rpc';
import { PluginPorts } from '../../src/manager/plugin-ports.ts';

const TOPIC = 'f5-lbaasv2-process-on-controller_Project';
const parts = { clock: systemClock, random: systemRandom, logger: silentLogger };

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

interface StandInPort {
  id: string;
  name: string;
  network_id: string;
  mac_address: string;
  device_id: string;
  fixed_ips: { subnet_id: string; ip_address: string }[];
  allowed_address_pairs: string[];
}

export class NeutronStandIn {
  readonly ports = new Map<string, StandInPort>();
  /** Method names, as asked. */
  readonly calls: string[] = [];
  /** Subnet id -> first three parts of its addresses, or all but the last of IPv6 addresses. */
  readonly subnets = new Map([
    ['subnet-1', '10.1.0'],
    ['subnet-2', '10.2.0'],
  ]);
  /** Subnets that have no address left. */
  readonly exhausted = new Set<string>();
  readonly transport: RpcTransport = createMemoryTransport({
    broker: createMemoryBroker(),
    ...parts,
  });
  #next = 100;

  get names(): string[] {
    return [...this.ports.values()].map(({ name }) => name).sort();
  }

  async start(): Promise<PluginPorts> {
    await this.transport.serve(TOPIC, {
      get_port_by_name: (args) => {
        this.calls.push('get_port_by_name');
        const named = [...this.ports.values()].filter(({ name }) => name === args['port_name']);
        return Promise.resolve(named);
      },
      create_port_on_subnet: (args) => {
        this.calls.push('create_port_on_subnet');
        return Promise.resolve(this.#create(args));
      },
      create_port_on_subnet_with_specific_ip: (args) => {
        this.calls.push('create_port_on_subnet_with_specific_ip');
        return Promise.resolve(this.#create(args));
      },
      create_port_on_network: (args) => {
        this.calls.push('create_port_on_network');
        return Promise.resolve(this.#add(args, []));
      },
      delete_port_by_name: (args) => {
        this.calls.push('delete_port_by_name');
        for (const [id, { name }] of this.ports)
          if (name === args['port_name']) this.ports.delete(id);
        return Promise.resolve(null);
      },
      get_ports_for_mac_addresses: (args) => {
        const macs = args['mac_addresses'] as string[];
        return Promise.resolve(
          [...this.ports.values()].filter(({ mac_address: mac }) => macs.includes(mac)),
        );
      },
      add_allowed_address: (args) => {
        this.#portOf(args).allowed_address_pairs.push(String(args['ip_address']));
        return Promise.resolve(null);
      },
      remove_allowed_address: (args) => {
        const port = this.#portOf(args);
        port.allowed_address_pairs = port.allowed_address_pairs.filter(
          (one) => one !== args['ip_address'],
        );
        return Promise.resolve(null);
      },
    });
    return new PluginPorts({
      transport: this.transport,
      topic: TOPIC,
      agentHost: 'net-1:agent',
      callTimeoutMs: 2_000,
    });
  }

  /** A port that is not ours, as of a virtual device. */
  addPort(id: string, mac: string, subnet: string): void {
    this.ports.set(id, {
      id,
      name: '',
      network_id: '',
      mac_address: mac,
      device_id: '',
      fixed_ips: [{ subnet_id: subnet, ip_address: '10.1.0.5' }],
      allowed_address_pairs: [],
    });
  }

  #create(args: Record<string, unknown>): StandInPort | null {
    const subnet = String(args['subnet_id']);
    if (this.exhausted.has(subnet)) {
      throw new LbaasError('conflict', 'ERR_NO_ADDRESS', `No more addresses on subnet ${subnet}.`);
    }
    const prefix = this.subnets.get(subnet);
    if (prefix === undefined) return null;
    const isIpv6 = prefix.includes(':');
    const own = isIpv6 ? this.#next.toString(16) : `.${this.#next % 250}`;
    const ip_address = textOf(args['ip_address']) || `${prefix}${own}`;
    return this.#add(args, [{ subnet_id: subnet, ip_address }]);
  }

  #add(args: Record<string, unknown>, fixed_ips: StandInPort['fixed_ips']): StandInPort {
    this.#next += 1;
    const port: StandInPort = {
      id: `port-${this.#next}`,
      name: String(args['name']),
      network_id: textOf(args['network_id']),
      mac_address: `fa:16:3e:00:00:${this.#next.toString(16)}`,
      device_id: textOf(args['device_id']),
      fixed_ips,
      allowed_address_pairs: [],
    };
    this.ports.set(port.id, port);
    return port;
  }

  #portOf(args: Record<string, unknown>): StandInPort {
    const port = this.ports.get(String(args['port_id']));
    if (port === undefined) throw new LbaasError('not_found', 'ERR_NOT_FOUND', 'No such port.');
    return port;
  }
}
