// A device as its operator uses it: objects made and read by hand.
import { readFileSync } from 'node:fs';
import { createHttpClient } from '@f5-lbaas/platform';
import type { LabDescription, LabDevice } from '../../src/lab/lab-description.ts';
import { at, textAt } from './json.ts';

export class RawDevice {
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

  /** @param collection below `/mgmt/tm/`. @returns the full path */
  async create(collection: string, body: object): Promise<string> {
    return textAt(await this.#send('POST', collection, body), 'fullPath');
  }

  /** Objects of a collection in all partitions, by full path, members included. */
  async objects(collection: string): Promise<Map<string, unknown>> {
    const body = await this.#send('GET', `${collection}?expandSubcollections=true`);
    const items = at(body, 'items');
    const list = Array.isArray(items) ? (items as unknown[]) : [];
    return new Map(list.map((item) => [textAt(item, 'fullPath'), item]));
  }

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
}
