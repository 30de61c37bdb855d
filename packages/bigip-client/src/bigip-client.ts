// The device as its users see it: collections and items by path, commands, transactions.
import {
  createHttpClient,
  type Clock,
  type HttpClient,
  type Random,
  type TlsTrust,
} from '@f5-lbaas/platform';
import type { Answer } from './classify.ts';
import { DeviceError, isDeviceError } from './errors.ts';
import { Exchange, type RequestEvent, type RetryPolicy } from './exchange.ts';
import { collectionItems, isJsonObject, type DeviceItem, type JsonObject } from './json.ts';
import { listQuery, type ListOptions } from './paths.ts';
import { Session } from './session.ts';
import { TransactionRunner, type Command } from './transaction.ts';

export interface BigIpClientOptions {
  host: string;
  /** @default 443 */
  port?: number | undefined;
  username: string;
  password: string;
  tls: TlsTrust;
  clock: Clock;
  random: Random;
  /** @default 5000 */
  connectTimeoutMs?: number | undefined;
  /** Longest wait for one answer. @default 60000, as long as the device itself waits */
  requestTimeoutMs?: number | undefined;
  /** Longest wait for the commit of a transaction. @default 300000 */
  commitTimeoutMs?: number | undefined;
  /** @default 6 tries, pauses from 0.25 s to 5 s */
  retry?: RetryPolicy | undefined;
  /** Told about every request that was answered or failed; for metrics. */
  onRequest?: ((event: RequestEvent) => void) | undefined;
  /** Transport to use instead of an own HTTPS client; `tls` is its business then. */
  http?: HttpClient | undefined;
}

/** The device takes 1 MiB at most. */
const UPLOAD_CHUNK_BYTES = 512 * 1024;

const DEFAULT_RETRY: RetryPolicy = { attempts: 6, backoff: { initialMs: 250, maxMs: 5_000 } };

/** All methods throw `DeviceError`, or the signal's reason when aborted. Paths are below `/mgmt/tm`. */
export class BigIpClient {
  readonly #http: HttpClient;
  readonly #session: Session;
  readonly #exchange: Exchange;
  readonly #transactions: TransactionRunner;

  constructor(options: BigIpClientOptions) {
    const { clock, random, username, password } = options;
    const host = options.host.includes(':') ? `[${options.host}]` : options.host;
    const origin = `https://${host}:${options.port ?? 443}`;
    const timeoutMs = options.requestTimeoutMs ?? 60_000;
    const commitTimeoutMs = options.commitTimeoutMs ?? 300_000;
    const http =
      options.http ??
      createHttpClient({ tls: options.tls, connectTimeoutMs: options.connectTimeoutMs ?? 5_000 });
    this.#http = http;
    this.#session = new Session({ http, origin, username, password, clock, timeoutMs });
    this.#exchange = new Exchange({
      http,
      session: this.#session,
      origin,
      clock,
      random,
      timeoutMs,
      retry: options.retry ?? DEFAULT_RETRY,
      onRequest: options.onRequest ?? (() => undefined),
    });
    this.#transactions = new TransactionRunner({
      exchange: this.#exchange,
      clock,
      commitTimeoutMs,
    });
  }

  /** One item, singleton or statistics body. @throws DeviceError `absent` */
  async get(path: string, signal?: AbortSignal): Promise<DeviceItem> {
    return itemOf(await this.#exchange.send({ method: 'GET', path, signal }), `GET ${path}`);
  }

  /** All items of a collection in one answer. */
  async list(
    collection: string,
    options: ListOptions = {},
    signal?: AbortSignal,
  ): Promise<DeviceItem[]> {
    const path = collection + listQuery(options);
    return collectionItems((await this.#exchange.send({ method: 'GET', path, signal })).json);
  }

  /** @returns the created object as the device shows it, without its subcollections */
  async create(collection: string, body: JsonObject, signal?: AbortSignal): Promise<DeviceItem> {
    const answer = await this.#exchange.send({ method: 'POST', path: collection, body, signal });
    return itemOf(answer, `POST ${collection}`);
  }

  /** Changes only the named fields; a named list is replaced whole. */
  async modify(path: string, body: JsonObject, signal?: AbortSignal): Promise<DeviceItem> {
    const answer = await this.#exchange.send({ method: 'PATCH', path, body, signal });
    return itemOf(answer, `PATCH ${path}`);
  }

  /** @throws DeviceError `absent` when it is not there: whether that is fine, the caller knows */
  async remove(path: string, signal?: AbortSignal): Promise<void> {
    await this.#exchange.send({ method: 'DELETE', path, signal });
  }

  /** A command such as `config-sync` or `save`. */
  async run(path: string, body: JsonObject, signal?: AbortSignal): Promise<DeviceItem> {
    const answer = await this.#exchange.send({ method: 'POST', path, body, signal });
    return itemOf(answer, `POST ${path}`);
  }

  /** Puts a file into the device's download directory; one of the same name is replaced. */
  async upload(name: string, content: Buffer, signal?: AbortSignal): Promise<void> {
    const path = `/mgmt/shared/file-transfer/uploads/${encodeURIComponent(name)}`;
    for (let start = 0; start < content.length; start += UPLOAD_CHUNK_BYTES) {
      const bytes = content.subarray(start, start + UPLOAD_CHUNK_BYTES);
      const range = `${start}-${start + bytes.length - 1}/${content.length}`;
      const headers = { 'content-range': range };
      await this.#exchange.send({
        ...{ method: 'POST', path, bytes, headers, signal },
        repeatable: true,
      });
    }
  }

  /**
   * All commands or none, exactly once.
   * @throws DeviceError: nothing changed, except for `unknown_outcome`
   */
  async transaction(commands: readonly Command[], signal?: AbortSignal): Promise<void> {
    await this.#transactions.run(commands, signal);
  }

  /** Gives the token back and closes the connections. Idempotent; never throws. */
  async close(): Promise<void> {
    await this.#session.close();
    await this.#http.close();
  }
}

function itemOf(answer: Answer, request: string): DeviceItem {
  if (isJsonObject(answer.json)) return answer.json;
  throw new DeviceError({
    kind: 'unknown_outcome',
    message: 'The answer is not a JSON object.',
    request,
    status: answer.status,
  });
}

/** `undefined` instead of a DeviceError `absent`. */
export async function orAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isDeviceError(error, 'absent')) return undefined;
    throw error;
  }
}
