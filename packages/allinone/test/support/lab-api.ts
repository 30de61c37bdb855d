// A tenant's or administrator's view of a running lab, over HTTP.
import { createHttpClient, type HttpResponse } from '@f5-lbaas/platform';
import { type LabDescription, readCloud, readLabJson } from '../../src/lab/lab-description.ts';
import { join } from 'node:path';
import { at, listAt, textAt } from './json.ts';
import { waitUntil, type WaitOptions } from './wait-until.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
export type CloudName = 'lab' | 'lab-other' | 'lab-reader' | 'lab-admin';

export interface ApiAnswer {
  status: number;
  body: unknown;
}

const http = createHttpClient({ connections: 16, requestTimeoutMs: 20_000 });

function parsed({ status, body }: HttpResponse): ApiAnswer {
  return { status, body: body.startsWith('{') ? JSON.parse(body) : body };
}

export class LabApi {
  readonly lab: LabDescription;
  readonly #dataDir: string;
  readonly #cloud: CloudName;
  #token: string | undefined;

  constructor(dataDir: string, cloud: CloudName = 'lab') {
    this.lab = readLabJson(join(dataDir, 'lab.json'));
    this.#dataDir = dataDir;
    this.#cloud = cloud;
  }

  async token(): Promise<string> {
    if (this.#token !== undefined) return this.#token;
    const cloud = readCloud(join(this.#dataDir, 'clouds.yaml'), this.#cloud);
    const domain = { id: 'default' };
    const user = { name: cloud.username, password: cloud.password, domain };
    const auth = {
      identity: { methods: ['password'], password: { user } },
      scope: { project: { name: cloud.project, domain } },
    };
    const answer = await http.request({
      method: 'POST',
      url: `${this.lab.auth_url}/auth/tokens`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ auth }),
    });
    this.#token = answer.headers['x-subject-token'] ?? '';
    return this.#token;
  }

  /** @param path below `/v2/lbaas`, or absolute below the load-balancer endpoint */
  async send(method: Method, path: string, body?: unknown): Promise<ApiAnswer> {
    const answer = await http.request({
      method,
      url: `${this.lab.load_balancer_url}/v2/lbaas/${path}`,
      headers: { 'x-auth-token': await this.token(), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return parsed(answer);
  }

  async neutron(path: string, method: Method = 'GET', body?: unknown): Promise<ApiAnswer> {
    const answer = await http.request({
      method,
      url: `${this.lab.network_url}/v2.0/${path}`,
      headers: { 'x-auth-token': await this.token(), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return parsed(answer);
  }

  /** POST that must be accepted. @returns the object's id */
  async create(collection: string, singular: string, attributes: unknown): Promise<string> {
    const answer = await this.send('POST', collection, { [singular]: attributes });
    if (answer.status !== 201) throw new Error(`POST ${collection}: ${JSON.stringify(answer)}`);
    return textAt(answer.body, `${singular}.id`);
  }

  /** The body's object; undefined when it is not there. */
  async show(collection: string, id: string): Promise<unknown> {
    const answer = await this.send('GET', `${collection}/${id}`);
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw new Error(`GET ${collection}/${id}: ${answer.status}`);
    return Object.values(answer.body as object)[0];
  }

  /** Waits until the load balancer takes changes. @throws Error at once when it is in ERROR */
  async active(id: string, options: WaitOptions = {}): Promise<unknown> {
    let failed: unknown;
    const found = await waitUntil(
      `load balancer ${id} is ACTIVE`,
      async () => {
        const body = await this.show('loadbalancers', id);
        const status = at(body, 'provisioning_status');
        if (status === 'ERROR') failed = body;
        return status === 'ACTIVE' || status === 'ERROR' ? body : undefined;
      },
      { pollMs: 25, ...options },
    );
    if (failed !== undefined) throw new Error(`In ERROR: ${JSON.stringify(failed)}`);
    return found;
  }

  async gone(id: string, options: WaitOptions = {}): Promise<void> {
    await waitUntil(
      `load balancer ${id} is gone`,
      async () => {
        const body = await this.show('loadbalancers', id);
        return body === undefined || at(body, 'provisioning_status') === 'DELETED';
      },
      { pollMs: 25, ...options },
    );
  }

  async createLoadBalancer(name: string): Promise<string> {
    const vip_subnet_id = this.lab.subnets.vip;
    return this.create('loadbalancers', 'loadbalancer', { name, vip_subnet_id });
  }

  async removeLoadBalancer(id: string): Promise<void> {
    await this.send('DELETE', `loadbalancers/${id}?cascade=true`);
    await this.gone(id);
  }

  /** Every load balancer with everything below it, whatever its status. */
  async everything(): Promise<unknown[]> {
    const kinds = ['loadbalancers', 'listeners', 'pools', 'healthmonitors'] as const;
    const lists = await Promise.all(
      kinds.map(async (kind) => listAt((await this.send('GET', kind)).body, kind)),
    );
    const members = await Promise.all(
      (lists[2] ?? []).map(async (pool) => {
        const { body } = await this.send('GET', `pools/${textAt(pool, 'id')}/members`);
        return listAt(body, 'members');
      }),
    );
    return [...lists.flat(), ...members.flat()];
  }
}

/** A request to anything, as plain text. */
export async function fetchText(url: string): Promise<{ status: number; body: string }> {
  const headers = { connection: 'close' };
  const { status, body } = await http.request({ method: 'GET', url, headers, timeoutMs: 5_000 });
  return { status, body };
}
