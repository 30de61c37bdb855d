// HTTPS in front of one device: bodies with a bound, faults, the request log, responses of every layer.
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock, Logger } from '@f5-lbaas/platform';
import { DeviceError } from '../errors.ts';
import type { RequestLog } from '../control-door/request-log.ts';
import type { FaultInjector } from '../faults/fault-injector.ts';
import type { RestRequest, RestResponse } from '../rest/request.ts';
import type { TlsIdentity } from './certificate-authority.ts';
import {
  errorResponse,
  FRAMEWORK_HEADERS,
  internalError,
  JSON_TYPE,
  type RawResponse,
} from './error-response.ts';

/** Largest body of one request; uploads come in chunks of at most 1 MiB (iControl REST 6.19). */
const BODY_BYTES_MAX = 4 * 1024 * 1024;
const REQUEST_TIMEOUT_MS = 120_000;

export interface RestServerDeps {
  identity: TlsIdentity;
  /** @throws DeviceError */
  handle(request: RestRequest): RestResponse;
  authenticate(message: IncomingMessage, clientAddress: string): string;
  log: RequestLog;
  faults: FaultInjector;
  clock: Clock;
  logger: Logger;
}

export interface ListenAddress {
  host: string;
  /** 0 = any free port */
  port: number;
}

export class RestServer {
  readonly #deps: RestServerDeps;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #operationId = 7_000_000;
  #isDown = false;

  constructor(deps: RestServerDeps) {
    this.#deps = deps;
    const { certPem, keyPem } = deps.identity;
    this.#server = createServer({ cert: certPem, key: keyPem, requestTimeout: REQUEST_TIMEOUT_MS });
    this.#server.on('connection', (socket: Socket) => this.#track(socket));
    this.#server.on('request', (message, response) => void this.#serve(message, response));
    this.#server.on('tlsClientError', (_error, socket) => socket.destroy());
  }

  /** @throws Error of the socket, e.g. EADDRINUSE */
  async listen({ host, port }: ListenAddress): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** A device that is down refuses connections by resetting them; the port stays ours. */
  setDown(isDown: boolean): void {
    this.#isDown = isDown;
    if (isDown) for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #track(socket: Socket): void {
    if (this.#isDown) {
      socket.resetAndDestroy();
      return;
    }
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const startMs = this.#deps.clock.nowMs();
    const clientAddress = message.socket.remoteAddress ?? '';
    const path = (message.url ?? '/').split('?')[0] ?? '/';
    const method = message.method ?? 'GET';
    let raw: RawResponse | 'reset';
    try {
      const body = await readBody(message);
      raw = await this.#answer(message, { method, path, body, clientAddress });
    } catch (error) {
      raw = this.#failure(error, clientAddress, path);
    }
    const status = raw === 'reset' ? 0 : raw.status;
    const bytes = raw === 'reset' ? 0 : Buffer.byteLength(raw.body);
    const ms = this.#deps.clock.nowMs() - startMs;
    const agent = message.headers['user-agent'] ?? '';
    this.#deps.log.add({ method, path, status, ms, client: clientAddress, agent, bytes });
    if (raw === 'reset') message.socket.destroy();
    else send(response, raw);
  }

  async #answer(message: IncomingMessage, basics: RequestBasics): Promise<RawResponse | 'reset'> {
    const { faults } = this.#deps;
    const before = await faults.before(basics);
    if (before === 'reset') return 'reset';
    const response = this.#deps.handle(
      toRequest(message, basics, this.#deps.authenticate(message, basics.clientAddress)),
    );
    const after = faults.after(basics);
    if (after === 'reset') return 'reset';
    const usesToken = message.headers['x-f5-auth-token'] !== undefined;
    return toRaw(response, usesToken ? {} : SESSION_COOKIES);
  }

  #failure(error: unknown, clientAddress: string, path: string): RawResponse {
    this.#operationId += 1;
    if (error instanceof DeviceError) return errorResponse(error, clientAddress, this.#operationId);
    this.#deps.logger.error({ err: error, path }, 'request failed inside the emulator');
    return errorResponse(internalError(), clientAddress, this.#operationId);
  }
}

export interface RequestBasics {
  method: string;
  path: string;
  body: Buffer;
  clientAddress: string;
}

function toRequest(message: IncomingMessage, basics: RequestBasics, user: string): RestRequest {
  const query = (message.url ?? '').split('?').slice(1).join('?');
  return {
    ...basics,
    segments: [],
    query: new URLSearchParams(query),
    headers: message.headers,
    user,
  };
}

/** httpd answers Basic credentials with cookies; they open nothing here (iControl REST 1.2). */
const SESSION_COOKIES = {
  'Set-Cookie': ['BIGIPAuthCookie=none', 'BIGIPAuthUsernameCookie=none'].map(
    (cookie) => `${cookie}; path=/; Secure; HttpOnly; SameSite=Strict`,
  ),
};

function toRaw(
  { status, body, headers }: RestResponse,
  cookies: RawResponse['headers'],
): RawResponse {
  const type = body === undefined ? {} : { 'Content-Type': JSON_TYPE };
  return {
    status,
    headers: { ...FRAMEWORK_HEADERS, ...cookies, ...type, ...headers },
    body: body === undefined ? '' : JSON.stringify(body),
  };
}

function send(response: ServerResponse, { status, reason, headers, body }: RawResponse): void {
  const all = { ...headers, 'Content-Length': String(Buffer.byteLength(body)) };
  if (reason === undefined) response.writeHead(status, all);
  else response.writeHead(status, reason, all);
  response.end(body);
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > BODY_BYTES_MAX) {
      throw new DeviceError(413, 'Request Entity Too Large', {
        layer: 'httpd',
        headers: { Connection: 'close' },
      });
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
