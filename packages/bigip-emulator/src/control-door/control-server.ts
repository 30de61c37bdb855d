// The emulator's side door, plain HTTP beside the device and never below /mgmt: the request log, faults, wipe.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FaultFormatError, faultView } from '../faults/fault.ts';
import type { FaultInjector } from '../faults/fault-injector.ts';
import type { Json, JsonObject } from '../json.ts';
import type { RequestLog } from './request-log.ts';

const BODY_BYTES_MAX = 64 * 1024;

export interface ControlServerDeps {
  log: RequestLog;
  faults: FaultInjector;
  /** Back to a fresh device. */
  wipe(): void;
  /** Facts about the device that the configuration does not show. */
  status(): JsonObject;
}

interface Answer {
  status: number;
  body?: JsonObject;
}

export class ControlServer {
  readonly #deps: ControlServerDeps;
  readonly #server: Server;

  constructor(deps: ControlServerDeps) {
    this.#deps = deps;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Loopback only. @throws Error of the socket, e.g. EADDRINUSE */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Answer;
    try {
      answer = this.#route(request, await readText(request));
    } catch (error) {
      if (!(error instanceof FaultFormatError)) throw error;
      answer = { status: 400, body: { error: error.message } };
    }
    const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
    response.writeHead(answer.status, { 'Content-Type': 'application/json' });
    response.end(text);
  }

  #route(request: IncomingMessage, text: string): Answer {
    const { log, faults } = this.#deps;
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://localhost');
    switch (`${String(request.method)} ${path}`) {
      case 'GET /requests':
        return {
          status: 200,
          body: requestsView(log, query),
        };
      case 'DELETE /requests':
        log.clear();
        return { status: 204 };
      case 'GET /faults':
        return { status: 200, body: { faults: faults.list().map(faultView) } };
      case 'POST /faults':
        return { status: 201, body: faultView(faults.add(parseJson(text))) };
      case 'DELETE /faults':
        faults.clear();
        return { status: 204 };
      case 'POST /wipe':
        this.#deps.wipe();
        return { status: 204 };
      case 'GET /status':
        return { status: 200, body: this.#deps.status() };
      default:
        return { status: 404, body: { error: `${path}: not found` } };
    }
  }
}

/** `?client=`, `?agent=`, `?method=` and `?path=` (a prefix) narrow the list; the totals stay. */
function requestsView(log: RequestLog, query: URLSearchParams): JsonObject {
  const is = (name: string, value: string): boolean => (query.get(name) ?? value) === value;
  const requests = log
    .list()
    .filter(
      ({ client, agent, method, path }) =>
        is('client', client) &&
        is('agent', agent) &&
        is('method', method) &&
        path.startsWith(query.get('path') ?? ''),
    );
  return {
    total: log.total,
    clients: log.clients().map((entry) => ({ ...entry })),
    requests: requests.map((entry) => ({ ...entry })),
  };
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new FaultFormatError('body: must be JSON');
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > BODY_BYTES_MAX)
      throw new FaultFormatError(`body: must be at most ${BODY_BYTES_MAX} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
