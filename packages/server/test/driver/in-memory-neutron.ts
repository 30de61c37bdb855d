// A Neutron in memory behind the NeutronClient interface, for tests under simulated time. Can be away.
import { randomUUID } from 'node:crypto';
import {
  LbaasError,
  type NeutronNetwork,
  type NeutronPort,
  type NeutronSubnet,
} from '@f5-lbaas/model';
import type { NeutronClient, NeutronFilter } from '../../src/neutron/neutron-client.ts';

export class InMemoryNeutron implements NeutronClient {
  readonly networks = new Map<string, NeutronNetwork>();
  readonly subnets = new Map<string, NeutronSubnet>();
  readonly ports = new Map<string, NeutronPort>();
  readonly agents: Record<string, unknown>[] = [];
  /** Calls answered, by method. */
  readonly calls: string[] = [];
  /** Set: every call fails as when Neutron cannot be reached. */
  away = false;

  addNetwork(given: Partial<NeutronNetwork> = {}): NeutronNetwork {
    const network: NeutronNetwork = {
      id: randomUUID(),
      name: 'net',
      tenant_id: 'project-1',
      shared: false,
      subnets: [],
      'provider:network_type': 'vlan',
      'provider:segmentation_id': 100,
      'provider:physical_network': 'physnet1',
      ...given,
    };
    this.networks.set(network.id, network);
    return network;
  }

  addSubnet(given: Partial<NeutronSubnet> & { network_id: string }): NeutronSubnet {
    const subnet: NeutronSubnet = {
      id: randomUUID(),
      name: 'subnet',
      tenant_id: 'project-1',
      ip_version: 4,
      cidr: '10.0.0.0/24',
      gateway_ip: '10.0.0.1',
      ...given,
    };
    this.subnets.set(subnet.id, subnet);
    return subnet;
  }

  addPort(given: Partial<NeutronPort> & { network_id: string }): NeutronPort {
    const port: NeutronPort = {
      id: randomUUID(),
      name: '',
      tenant_id: 'project-1',
      mac_address: 'fa:16:3e:00:00:01',
      device_id: '',
      device_owner: '',
      fixed_ips: [],
      ...given,
    };
    this.ports.set(port.id, port);
    return port;
  }

  getNetwork(id: string): Promise<NeutronNetwork> {
    return this.#answer('getNetwork', () => one(this.networks, id, 'network'));
  }

  listNetworks(filter: NeutronFilter): Promise<NeutronNetwork[]> {
    return this.#answer('listNetworks', () => matching(this.networks, filter));
  }

  getSubnet(id: string): Promise<NeutronSubnet> {
    return this.#answer('getSubnet', () => one(this.subnets, id, 'subnet'));
  }

  listSubnets(filter: NeutronFilter): Promise<NeutronSubnet[]> {
    return this.#answer('listSubnets', () => matching(this.subnets, filter));
  }

  getPort(id: string): Promise<NeutronPort> {
    return this.#answer('getPort', () => one(this.ports, id, 'port'));
  }

  listPorts(filter: NeutronFilter): Promise<NeutronPort[]> {
    const { fixed_ips, ...rest } = filter;
    const addresses = fixed_ips === undefined ? undefined : [fixed_ips].flat();
    return this.#answer('listPorts', () =>
      matching(this.ports, rest).filter(
        (port) =>
          addresses === undefined ||
          port.fixed_ips.some((ip) => addresses.includes(`ip_address=${ip.ip_address}`)),
      ),
    );
  }

  createPort(attributes: Record<string, unknown>): Promise<NeutronPort> {
    return this.#answer('createPort', () =>
      this.addPort({ network_id: String(attributes['network_id']), ...attributes }),
    );
  }

  updatePort(id: string, changes: Record<string, unknown>): Promise<NeutronPort> {
    return this.#answer('updatePort', () => {
      const port = { ...one(this.ports, id, 'port'), ...changes };
      this.ports.set(id, port);
      return port;
    });
  }

  deletePort(id: string): Promise<void> {
    return this.#answer('deletePort', () => {
      this.ports.delete(id);
    });
  }

  listAgents(): Promise<Record<string, unknown>[]> {
    return this.#answer('listAgents', () => this.agents);
  }

  getNetworkIpAvailability(): Promise<undefined> {
    return this.#answer('getNetworkIpAvailability', () => undefined);
  }

  listExtensions(): Promise<string[]> {
    return this.#answer('listExtensions', () => []);
  }

  find(): Promise<undefined> {
    return this.#answer('find', () => undefined);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a throw must become a rejection
  async #answer<T>(call: string, answer: () => T): Promise<T> {
    if (this.away) {
      throw new LbaasError('unavailable', 'ERR_NEUTRON_UNAVAILABLE', 'Neutron is away.');
    }
    this.calls.push(call);
    return structuredClone(answer());
  }
}

function one<Item>(items: ReadonlyMap<string, Item>, id: string, resource: string): Item {
  const item = items.get(id);
  if (item !== undefined) return item;
  throw new LbaasError('not_found', 'ERR_NEUTRON_NOT_FOUND', `No ${resource} '${id}'.`, {
    context: { resource, id },
  });
}

function matching<Item extends Record<string, unknown>>(
  items: ReadonlyMap<string, Item>,
  filter: NeutronFilter,
): Item[] {
  return [...items.values()].filter((item) =>
    Object.entries(filter).every(([key, wanted]) => [wanted].flat().includes(String(item[key]))),
  );
}
