// NeutronClient over Neutron's REST API, as the service user or as the user whose token is given.
import {
  LbaasError,
  type NeutronNetwork,
  type NeutronPort,
  type NeutronSubnet,
} from '@f5-lbaas/model';
import {
  HttpError,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
} from '@f5-lbaas/platform';
import Type, { type Static, type TSchema } from 'typebox';
import { Check } from 'typebox/value';

import type { KeystoneClient } from '../auth/keystone-client.ts';
import { neutronFailure, neutronUnavailable } from './neutron-faults.ts';
import type { NeutronClient, NeutronFilter } from './neutron-client.ts';

const REQUEST_TIMEOUT_MS = 15_000;
/** Items of one page when walking a long list. */
const PAGE_SIZE = 500;
const PAGES_MAX = 1_000;

const Port = Type.Object({
  id: Type.String(),
  network_id: Type.String(),
  fixed_ips: Type.Array(Type.Object({ subnet_id: Type.String(), ip_address: Type.String() })),
});
const Network = Type.Object({ id: Type.String() });
const Subnet = Type.Object({
  id: Type.String(),
  network_id: Type.String(),
  cidr: Type.String(),
  ip_version: Type.Union([Type.Literal(4), Type.Literal(6)]),
});
const Item = Type.Record(Type.String(), Type.Unknown());
const Availability = Type.Object({
  network_ip_availability: Type.Object({
    subnet_ip_availability: Type.Array(
      Type.Object({
        subnet_id: Type.String(),
        total_ips: Type.Integer(),
        used_ips: Type.Integer(),
      }),
    ),
  }),
});
const Extensions = Type.Object({ extensions: Type.Array(Type.Object({ alias: Type.String() })) });

type Method = HttpRequest['method'];
interface Call {
  path: string;
  query?: NeutronFilter;
  body?: object;
  token?: string | undefined;
}

/** @param endpoint base URL of the network service, without `/v2.0` */
export class HttpNeutronClient implements NeutronClient {
  readonly #http: HttpClient;
  readonly #keystone: Pick<KeystoneClient, 'serviceToken' | 'dropToken'>;
  readonly #base: string;

  constructor(
    http: HttpClient,
    keystone: Pick<KeystoneClient, 'serviceToken' | 'dropToken'>,
    endpoint: string,
  ) {
    this.#http = http;
    this.#keystone = keystone;
    this.#base = `${endpoint.replace(/\/+(v2\.0\/*)?$/, '')}/v2.0`;
  }

  async getNetwork(id: string, token?: string): Promise<NeutronNetwork> {
    return asNetwork(await this.#item('networks', 'network', id, token));
  }

  async listNetworks(filter: NeutronFilter, token?: string): Promise<NeutronNetwork[]> {
    return (await this.#list('networks', filter, token)).map(asNetwork);
  }

  async getSubnet(id: string, token?: string): Promise<NeutronSubnet> {
    return asSubnet(await this.#item('subnets', 'subnet', id, token));
  }

  async listSubnets(filter: NeutronFilter, token?: string): Promise<NeutronSubnet[]> {
    return (await this.#list('subnets', filter, token)).map(asSubnet);
  }

  async getPort(id: string, token?: string): Promise<NeutronPort> {
    return asPort(await this.#item('ports', 'port', id, token));
  }

  async listPorts(filter: NeutronFilter, token?: string): Promise<NeutronPort[]> {
    return (await this.#list('ports', filter, token)).map(asPort);
  }

  async createPort(attributes: Record<string, unknown>): Promise<NeutronPort> {
    const answer = await this.#json('POST', { path: 'ports', body: { port: attributes } });
    return asPort(within(answer, 'port'));
  }

  async updatePort(id: string, changes: Record<string, unknown>): Promise<NeutronPort> {
    const path = `ports/${encodeURIComponent(id)}`;
    const answer = await this.#json('PUT', { path, body: { port: changes } });
    return asPort(within(answer, 'port'));
  }

  async deletePort(id: string): Promise<void> {
    const path = `ports/${encodeURIComponent(id)}`;
    const answer = await this.#send('DELETE', { path });
    if (answer.status >= 300 && answer.status !== 404) throw neutronFailure(answer, path);
  }

  async listAgents(filter: NeutronFilter): Promise<Record<string, unknown>[]> {
    return this.#list('agents', filter, undefined, { absentIsEmpty: true });
  }

  async getNetworkIpAvailability(
    networkId: string,
    token?: string,
  ): Promise<{ subnet_id: string; total_ips: number; used_ips: number }[] | undefined> {
    const path = `network-ip-availabilities/${encodeURIComponent(networkId)}`;
    const answer = await this.#send('GET', { path, token });
    // Absent extension, or an extension that this user may not use.
    if (answer.status === 404 || answer.status === 403) return undefined;
    if (answer.status !== 200) throw neutronFailure(answer, path);
    return checked(Availability, parse(answer.body)).network_ip_availability.subnet_ip_availability;
  }

  async listExtensions(): Promise<string[]> {
    const answer = await this.#json('GET', { path: 'extensions' });
    return checked(Extensions, answer).extensions.map((extension) => extension.alias);
  }

  async find(
    collection: string,
    id: string,
    token?: string,
  ): Promise<Record<string, unknown> | undefined> {
    const path = `${collection}/${encodeURIComponent(id)}`;
    const answer = await this.#send('GET', { path, token });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw neutronFailure(answer, path);
    const [item] = Object.values(checked(Item, parse(answer.body)));
    return checked(Item, item);
  }

  async #item(
    collection: string,
    wrapper: string,
    id: string,
    token: string | undefined,
  ): Promise<unknown> {
    const path = `${collection}/${encodeURIComponent(id)}`;
    const answer = await this.#send('GET', { path, token });
    if (answer.status === 404) {
      throw new LbaasError('not_found', 'ERR_NEUTRON_NOT_FOUND', `No ${wrapper} '${id}'.`, {
        context: { resource: wrapper, id },
      });
    }
    if (answer.status !== 200) throw neutronFailure(answer, path);
    return within(parse(answer.body), wrapper);
  }

  /** Walks the pages of a list; Neutron without paging answers everything on the first. */
  async #list(
    collection: string,
    filter: NeutronFilter,
    token: string | undefined,
    options: { absentIsEmpty?: boolean } = {},
  ): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    let marker: NeutronFilter = {};
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const query = { ...filter, limit: String(PAGE_SIZE), ...marker };
      const answer = await this.#send('GET', { path: collection, query, token });
      if (answer.status === 404 && options.absentIsEmpty === true) return [];
      if (answer.status !== 200) throw neutronFailure(answer, collection);
      const batch = checked(Type.Array(Item), within(parse(answer.body), collection));
      items.push(...batch);
      const last = batch.at(-1)?.id;
      if (batch.length !== PAGE_SIZE || typeof last !== 'string') return items;
      marker = { marker: last };
    }
    throw neutronUnavailable(`list of ${collection} does not end.`);
  }

  async #json(method: Method, call: Call): Promise<unknown> {
    const answer = await this.#send(method, call);
    if (answer.status >= 300) throw neutronFailure(answer, call.path);
    return parse(answer.body);
  }

  async #send(method: Method, call: Call): Promise<HttpResponse> {
    const token = call.token ?? (await this.#keystone.serviceToken());
    const answer = await this.#sendAs(token, method, call);
    if (answer.status !== 401 || call.token !== undefined) return answer;
    this.#keystone.dropToken(token);
    return this.#sendAs(await this.#keystone.serviceToken(), method, call);
  }

  async #sendAs(token: string, method: Method, call: Call): Promise<HttpResponse> {
    try {
      return await this.#http.request({
        method,
        url: `${this.#base}/${call.path}${queryString(call.query)}`,
        headers: {
          'X-Auth-Token': token,
          Accept: 'application/json',
          ...(call.body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        timeoutMs: REQUEST_TIMEOUT_MS,
      });
    } catch (error) {
      if (error instanceof HttpError) throw neutronUnavailable(error.message, error);
      throw error;
    }
  }
}

function queryString(filter: NeutronFilter | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(filter ?? {})) {
    for (const one of typeof value === 'string' ? [value] : value) parameters.append(name, one);
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw neutronUnavailable('answered something else than JSON.', error);
  }
}

function checked<Schema extends TSchema>(schema: Schema, value: unknown): Static<Schema> {
  if (!Check(schema, value)) throw neutronUnavailable('answered an unexpected document.');
  return value;
}

function within(document: unknown, key: string): unknown {
  return checked(Item, document)[key];
}

/** What Neutron may leave out or hide from a user gets its neutral value. */
function asPort(value: unknown): NeutronPort {
  const item = checked(Item, value);
  return {
    name: '',
    tenant_id: textOf(item.project_id),
    mac_address: '',
    device_id: '',
    device_owner: '',
    ...item,
    ...checked(Port, value),
  };
}

function asNetwork(value: unknown): NeutronNetwork {
  const item = checked(Item, value);
  return {
    name: '',
    tenant_id: textOf(item.project_id),
    shared: false,
    subnets: [],
    ...item,
    ...checked(Network, value),
  };
}

function asSubnet(value: unknown): NeutronSubnet {
  const item = checked(Item, value);
  return {
    name: '',
    tenant_id: textOf(item.project_id),
    gateway_ip: null,
    ...item,
    ...checked(Subnet, value),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
