// Neutron as far as the server needs it: two networks with subnets, ports with addresses, two switches.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

import { jsonServer, type JsonAnswer, type JsonServer } from './json-server.ts';

interface FixedIp {
  subnet_id: string;
  ip_address: string;
}
export interface StandInPort {
  id: string;
  name: string;
  network_id: string;
  project_id: string;
  device_id: string;
  device_owner: string;
  fixed_ips: FixedIp[];
  [attribute: string]: unknown;
}

export interface NetworkStandIn extends JsonServer {
  ports: Map<string, StandInPort>;
  networkId: string;
  subnetId: string;
  /** On the same network, IPv6. */
  subnet6Id: string;
  /** Shared. */
  otherNetworkId: string;
  otherSubnetId: string;
  /** Its only subnet has no address left. */
  fullNetworkId: string;
  emptyNetworkId: string;
  /** All of them. */
  subnets: { id: string; tenant_id: string }[];
  qosPolicyId: string;
  securityGroupId: string;
  /** Status of the next port creations instead of making one. */
  refusePorts: { status: number; message: string } | undefined;
}

/** Whose the subnets are until a test says otherwise. */
const NOBODY = 'nobody';

export async function startNetwork(): Promise<NetworkStandIn> {
  const ids = {
    networkId: randomUUID(),
    subnetId: randomUUID(),
    subnet6Id: randomUUID(),
    otherNetworkId: randomUUID(),
    otherSubnetId: randomUUID(),
    fullNetworkId: randomUUID(),
    emptyNetworkId: randomUUID(),
    qosPolicyId: randomUUID(),
    securityGroupId: randomUUID(),
  };
  const fullSubnetId = randomUUID();
  const subnets = [
    aSubnet(ids.subnetId, ids.networkId, '10.0.0.0/16', 4),
    aSubnet(ids.subnet6Id, ids.networkId, '2001:db8::/64', 6),
    aSubnet(ids.otherSubnetId, ids.otherNetworkId, '10.9.0.0/16', 4),
    aSubnet(fullSubnetId, ids.fullNetworkId, '10.8.0.0/30', 4),
  ];
  const networks = [ids.networkId, ids.otherNetworkId, ids.fullNetworkId, ids.emptyNetworkId];
  const state = {
    ...ids,
    subnets,
    ports: new Map<string, StandInPort>(),
    refusePorts: undefined as NetworkStandIn['refusePorts'],
  };
  let nextHost = 10;

  const makePort = (wanted: Record<string, unknown>): JsonAnswer => {
    const refusal = state.refusePorts;
    if (refusal !== undefined) {
      const NeutronError = { type: 'Refused', message: refusal.message, detail: '' };
      return { status: refusal.status, body: { NeutronError } };
    }
    const fixed = (wanted.fixed_ips ?? []) as Partial<FixedIp>[];
    nextHost += 1;
    const port = {
      id: randomUUID(),
      name: '',
      network_id: '',
      project_id: '',
      device_id: '',
      device_owner: '',
      ...wanted,
      fixed_ips: fixed.map((ip) => ({
        subnet_id: ip.subnet_id ?? ids.subnetId,
        ip_address:
          ip.ip_address ??
          (ip.subnet_id === ids.subnet6Id ? `2001:db8::${nextHost}` : `10.0.1.${nextHost}`),
      })),
    };
    state.ports.set(port.id, port);
    return { status: 201, body: { port } };
  };

  const answer = (collection: string, items: { id: string }[], url: URL): JsonAnswer => {
    const [, , , id] = url.pathname.split('/');
    if (id === undefined) {
      const shown = items.filter((item) => isWanted(item, url.searchParams));
      return { status: 200, body: { [collection]: shown } };
    }
    const item = items.find((one) => one.id === id);
    return item === undefined ? absent(url) : { status: 200, body: { item, ...wrapped(item) } };
  };
  const collections: Record<string, (url: URL) => JsonAnswer> = {
    networks: (url) =>
      answer(
        'networks',
        networks.map((id) => ({ id, subnets: [], shared: id === ids.otherNetworkId })),
        url,
      ),
    subnets: (url) => answer('subnets', subnets, url),
    ports: (url) => answer('ports', [...state.ports.values()], url),
    'security-groups': (url) => answer('security_groups', [{ id: ids.securityGroupId }], url),
    extensions: () => ({ status: 200, body: { extensions: [{ alias: 'qos' }] } }),
    qos: (url) =>
      url.pathname.endsWith(ids.qosPolicyId)
        ? { status: 200, body: { policy: { id: ids.qosPolicyId } } }
        : absent(url),
    'network-ip-availabilities': () => ({
      status: 200,
      body: {
        network_ip_availability: {
          subnet_ip_availability: subnets.map(({ id }) => ({
            subnet_id: id,
            total_ips: 10,
            used_ips: id === fullSubnetId ? 9 : 1,
          })),
        },
      },
    }),
  };

  const server = await jsonServer(createServer(), ({ method, url, body }) => {
    const [, , collection = '', id = ''] = url.pathname.split('/');
    if (method === 'GET') return collections[collection]?.(url) ?? { status: 404, body: {} };
    const wanted = (body as { port?: Record<string, unknown> } | undefined)?.port ?? {};
    if (method === 'POST') return makePort(wanted);
    const port = state.ports.get(id);
    if (port === undefined) return absent(url);
    if (method === 'DELETE') {
      state.ports.delete(port.id);
      return { status: 204 };
    }
    Object.assign(port, wanted);
    return { status: 200, body: { port } };
  });
  return Object.assign(state, server);
}

function aSubnet(id: string, network_id: string, cidr: string, ip_version: number) {
  return { id, network_id, cidr, ip_version, name: '', gateway_ip: null, tenant_id: NOBODY };
}

/** As Neutron filters: each attribute that is asked for has one of its values. */
function isWanted(item: object, query: URLSearchParams): boolean {
  const attributes = new Map<string, unknown>(Object.entries(item));
  return [...new Set(query.keys())].every((name) => {
    const wanted = query.getAll(name).map((value) => value.replace(/^ip_address=/, ''));
    const value = attributes.get(name);
    if (value === undefined) return true;
    if (Array.isArray(value)) {
      return (value as FixedIp[]).some((ip) => wanted.includes(ip.ip_address));
    }
    return wanted.some((text) => text === value || (text === 'True' && value === true));
  });
}

function absent(url: URL): JsonAnswer {
  const NeutronError = { type: 'NotFound', message: `${url.pathname} not found`, detail: '' };
  return { status: 404, body: { NeutronError } };
}

/** Under whichever name the caller looks. */
function wrapped(item: object): Record<string, object> {
  return { network: item, subnet: item, port: item, security_group: item };
}
