// What tests ask an emulated device: its request count, its faults, its configuration.
import { readFileSync } from 'node:fs';
import { createHttpClient } from '@f5-lbaas/platform';
import type { LabDescription, LabDevice } from '../../src/lab/lab-description.ts';
import { at, listAt, textAt } from './json.ts';

export interface LoggedRequest {
  method: string;
  path: string;
  status: number;
}

/** Requests that come by the clock and no change causes: health, counters, failover state and partitions. */
const BACKGROUND =
  /^GET \/mgmt\/tm\/(sys\/db\/failover.state|sys\/folder|ltm\/pool|ltm\/virtual\/stats)(\/|$|\?)/;

export class DeviceDoor {
  readonly #device: LabDevice;
  readonly #http;
  readonly #authorization: string;

  constructor(lab: LabDescription, index: number) {
    const device = lab.devices[index];
    if (device === undefined) throw new Error(`There is no device ${index}.`);
    this.#device = device;
    this.#http = createHttpClient({ tls: { ca: readFileSync(lab.cacert, 'utf8') } });
    const login = `${device.username}:${device.password}`;
    this.#authorization = `Basic ${Buffer.from(login).toString('base64')}`;
  }

  async resetRequests(): Promise<void> {
    await this.#control('DELETE', '/requests');
  }

  async requests(): Promise<LoggedRequest[]> {
    const body = await this.#control('GET', '/requests');
    return listAt(body, 'requests').map((item) => ({
      method: textAt(item, 'method'),
      path: textAt(item, 'path'),
      status: Number(at(item, 'status')),
    }));
  }

  /** All but the background's. */
  async changeRequests(): Promise<LoggedRequest[]> {
    const all = await this.requests();
    return all.filter(({ method, path }) => !BACKGROUND.test(`${method} ${path}`));
  }

  async writes(): Promise<LoggedRequest[]> {
    return (await this.requests()).filter(({ method }) => method !== 'GET');
  }

  async addFault(fault: Record<string, unknown>): Promise<void> {
    await this.#control('POST', '/faults', fault);
  }

  /** Faults that have not struck as often as they should. */
  async faultsLeft(): Promise<unknown[]> {
    return listAt(await this.#control('GET', '/faults'), 'faults');
  }

  async clearFaults(): Promise<void> {
    await this.#control('DELETE', '/faults');
  }

  async wipe(): Promise<void> {
    await this.#control('POST', '/wipe');
  }

  /** Items of a collection below `/mgmt/tm/`; counts as a request. */
  async list(collection: string): Promise<unknown[]> {
    const items = at(await this.#send('GET', collection), 'items');
    return Array.isArray(items) ? (items as unknown[]) : [];
  }

  /** Objects of a collection by full path, members included. */
  async objects(collection: string): Promise<Map<string, unknown>> {
    const items = await this.list(`${collection}?expandSubcollections=true`);
    return new Map(items.map((item) => [textAt(item, 'fullPath'), item]));
  }

  /** As an operator makes it by hand. @returns the full path */
  async create(collection: string, body: object): Promise<string> {
    return textAt(await this.#send('POST', collection, body), 'fullPath');
  }

  /** `collection name` of everything that an agent made, whose names hold the text. */
  async ownObjects(prefix = 'Project_'): Promise<string[]> {
    const collections = [
      ...['sys/folder', 'ltm/virtual-address', 'ltm/virtual', 'ltm/pool', 'ltm/node'],
      ...['ltm/monitor/http', 'ltm/monitor/tcp', 'ltm/persistence/cookie'],
    ];
    const found: string[] = [];
    for (const collection of collections) {
      for (const item of await this.list(collection)) {
        const path = textAt(item, 'fullPath');
        if (path.includes(prefix)) found.push(`${collection} ${path}`);
      }
    }
    return found.sort();
  }

  /** @param path below `/mgmt/tm/` */
  async #send(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const answer = await this.#http.request({
      method,
      url: `${this.#device.url}/mgmt/tm/${path}`,
      headers: { authorization: this.#authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body);
  }

  async #control(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<unknown> {
    const answer = await this.#http.request({
      method,
      url: `${this.#device.control_url}${path}`,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.body}`);
    return answer.body === '' ? undefined : JSON.parse(answer.body);
  }
}
