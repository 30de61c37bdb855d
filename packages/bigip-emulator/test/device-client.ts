// A plain HTTPS client for tests: basic credentials, JSON in and out, nothing of the agent's client.
import { Agent, request } from 'node:https';
import { request as plainRequest } from 'node:http';
import type { RunningEmulator } from '../src/index.ts';

/** Answers as tests look into them: the members they use often are named, the rest is unknown. */
interface Body {
  name: string;
  partition: string;
  context: string;
  message: string;
  error: string;
  value: string;
  selfLink: string;
  generation: number;
  total: number;
  transId: number;
  commandId: number;
  items: Body[];
  vlans: string[];
  token: { token: string };
  membersReference: { items: Body[] };
  rulesReference: { items: Body[] };
  actionsReference: { items: Body[] };
  certKeyChain: Body[];
  entries: Record<
    string,
    { nestedStats: { entries: Record<string, { description: string; value: number }> } }
  >;
  [property: string]: unknown;
}

export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Of a JSON answer; the text itself otherwise. */
  body: Body;
}

export interface CallOptions {
  body?: unknown;
  headers?: Record<string, string>;
}

export class DeviceClient {
  readonly #url: string;
  readonly #controlUrl: string;
  readonly #agent: Agent;
  readonly #authorization: string;

  constructor(emulator: RunningEmulator, index = 0) {
    const device = emulator.devices[index];
    if (device === undefined) throw new Error(`No device ${index}`);
    this.#url = device.url;
    this.#controlUrl = device.controlUrl;
    this.#agent = new Agent({ ca: emulator.caPem, keepAlive: true });
    const pair = `${device.username}:${device.password}`;
    this.#authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  }

  /** @param path below /mgmt/tm unless it starts with /mgmt */
  async call(
    method: string,
    path: string,
    { body, headers = {} }: CallOptions = {},
  ): Promise<Reply> {
    const target = new URL(path.startsWith('/mgmt') ? path : `/mgmt/tm/${path}`, this.#url);
    const all = {
      ...('X-F5-Auth-Token' in headers || 'authorization' in headers
        ? {}
        : { authorization: this.#authorization }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request(
        target,
        { method, agent: this.#agent, headers: all, timeout: 10_000 },
        (message) => {
          const chunks: Buffer[] = [];
          message.on('data', (chunk: Buffer) => chunks.push(chunk));
          message.on('error', reject);
          message.on('end', () => {
            const content = Buffer.concat(chunks).toString();
            resolve({
              status: message.statusCode ?? 0,
              headers: message.headers,
              body: parse(content),
            });
          });
        },
      );
      sent.on('error', reject);
      sent.end(text);
    });
  }

  get(path: string): Promise<Reply> {
    return this.call('GET', path);
  }

  post(path: string, body: unknown): Promise<Reply> {
    return this.call('POST', path, { body });
  }

  patch(path: string, body: unknown): Promise<Reply> {
    return this.call('PATCH', path, { body });
  }

  put(path: string, body: unknown): Promise<Reply> {
    return this.call('PUT', path, { body });
  }

  delete(path: string): Promise<Reply> {
    return this.call('DELETE', path);
  }

  /** Runs writes in one transaction. @returns the answer to the commit */
  async transaction(
    writes: readonly (readonly [method: string, path: string, body?: unknown])[],
    commit: Record<string, unknown> = {},
  ): Promise<Reply> {
    const started = await this.post('transaction', {});
    const id = String(started.body.transId);
    for (const [method, path, body] of writes) {
      const headers = { 'X-F5-REST-Coordination-Id': id };
      await this.call(method, path, body === undefined ? { headers } : { body, headers });
    }
    return this.patch(`transaction/${id}`, { state: 'VALIDATING', ...commit });
  }

  /** The side door. */
  async control(method: string, path: string, body?: unknown): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const sent = plainRequest(
        new URL(path, this.#controlUrl),
        { method, agent: false },
        (message) => {
          let content = '';
          message.on('data', (chunk: Buffer) => (content += chunk.toString()));
          message.on('end', () => {
            resolve({
              status: message.statusCode ?? 0,
              headers: message.headers,
              body: parse(content),
            });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function parse(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return text as unknown as Body;
  }
}

/** Polls until the condition holds. */
export async function eventually(
  condition: () => Promise<boolean>,
  withinMs = 5000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('The condition did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
