// Parts for data plane tests: backends on loopback, configurations with defaults, waiting for conditions.
import * as http from 'node:http';
import * as net from 'node:net';
import { silentLogger, systemClock, systemRandom } from '@f5-lbaas/platform';
import type {
  DataPlane,
  HttpProfile,
  MemberConfig,
  MonitorConfig,
  PoolConfig,
  VirtualServer,
} from '../../src/data-plane/contract.ts';
import { createDataPlane } from '../../src/data-plane/index.ts';

export function newDataPlane(): DataPlane {
  return createDataPlane({ clock: systemClock, random: systemRandom, logger: silentLogger });
}

/** Something to undo at the end of a test, last first. */
export class Cleanup {
  readonly #steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  async run(): Promise<void> {
    for (const step of this.#steps.reverse()) await step();
    this.#steps.length = 0;
  }
}

export interface Backend {
  host: string;
  port: number;
  name: string;
  /** Accepted TCP connections so far. */
  connections: number;
  requests: number;
  stop(): Promise<void>;
}

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** Answers every request with its own name unless told otherwise. */
export async function httpBackend(
  name: string,
  handler?: Handler,
  host = '127.0.0.1',
): Promise<Backend> {
  const server = http.createServer((request, response) => {
    backend.requests += 1;
    if (handler === undefined) response.end(name);
    else handler(request, response);
  });
  const backend: Backend = await started(server, name, host);
  return backend;
}

export async function tcpBackend(
  name: string,
  onConnection: (socket: net.Socket) => void,
  host = '127.0.0.1',
  port = 0,
): Promise<Backend> {
  return started(net.createServer({ allowHalfOpen: true }, onConnection), name, host, port);
}

async function started(server: net.Server, name: string, host: string, port = 0): Promise<Backend> {
  const sockets = new Set<net.Socket>();
  const backend: Backend = {
    host,
    port: 0,
    name,
    connections: 0,
    requests: 0,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  server.on('connection', (socket: net.Socket) => {
    backend.connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  backend.port = (server.address() as net.AddressInfo).port;
  return backend;
}

/** Below the ports that the system hands out itself: nobody else gets it between this look and its use. */
const OWN_PORTS = { first: 10_000, count: 22_000 };

/** A port nothing listens on. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (;;) {
    const port = OWN_PORTS.first + Math.floor(Math.random() * OWN_PORTS.count);
    const server = net.createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, host, () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise<void>((resolve) => server.close(() => resolve()));
    return port;
  }
}

export function aMember(
  backend: { host: string; port: number },
  changes: Partial<MemberConfig> = {},
): MemberConfig {
  return {
    name: `${backend.host}:${backend.port}`,
    address: backend.host,
    port: backend.port,
    ratio: 1,
    priorityGroup: 0,
    connectionLimit: 0,
    nodeRatio: 1,
    nodeConnectionLimit: 0,
    adminState: 'enabled',
    monitors: null,
    minMonitors: 'all',
    nodeMonitors: [],
    minNodeMonitors: 'all',
    ...changes,
  };
}

export function aPool(members: MemberConfig[], changes: Partial<PoolConfig> = {}): PoolConfig {
  return {
    path: '/T/pool',
    loadBalancingMode: 'round-robin',
    monitors: [],
    minMonitors: 'all',
    members,
    minActiveMembers: 0,
    slowRampTimeSeconds: 10,
    serviceDownAction: 'none',
    ...changes,
  };
}

export function aMonitor(changes: Partial<MonitorConfig> = {}): MonitorConfig {
  return {
    path: '/T/monitor',
    type: 'http',
    intervalSeconds: 1,
    timeoutSeconds: 2,
    upIntervalSeconds: 0,
    timeUntilUpSeconds: 0,
    send: 'GET / HTTP/1.0\\r\\n\\r\\n',
    recv: '',
    recvDisable: '',
    reverse: false,
    destination: { address: '*', port: '*' },
    manualResume: false,
    username: null,
    password: null,
    ...changes,
  };
}

/** A TCP virtual server on 127.0.0.1 in front of `/T/pool`. */
export function aVirtual(port: number, changes: Partial<VirtualServer> = {}): VirtualServer {
  return {
    path: '/T/vs',
    address: '127.0.0.1',
    routeDomain: 0,
    virtualAddress: { path: '/T/127.0.0.1', connectionLimit: 0 },
    port,
    ipProtocol: 'tcp',
    enabled: true,
    isServed: true,
    connectionLimit: 0,
    translatesPort: true,
    pool: '/T/pool',
    type: 'standard',
    source: '0.0.0.0/0',
    tcp: { idleTimeoutSeconds: 300 },
    udp: { idleTimeoutSeconds: 60 },
    http: null,
    http2: false,
    oneConnect: null,
    clientSsl: [],
    serverSsl: null,
    persistence: null,
    fallbackPersistence: null,
    policies: [],
    rules: [],
    dataGroups: {},
    ...changes,
  };
}

export const HTTP: HttpProfile = {
  insertXForwardedFor: false,
  headerInsert: null,
  headerErase: null,
  fallbackHost: null,
  redirectRewrite: 'none',
  serverAgentName: 'BigIP',
  strictTransportSecurity: null,
};
const ONE_CONNECT = { sourceMask: 'any', maxReuse: 1000 };

/** An HTTP virtual server with one-connect, as the agent creates them. */
export function anHttpVirtual(port: number, changes: Partial<VirtualServer> = {}): VirtualServer {
  return aVirtual(port, { http: HTTP, oneConnect: ONE_CONNECT, ...changes });
}

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

export interface AskOptions {
  host?: string;
  path?: string;
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string;
  agent?: http.Agent;
  localAddress?: string;
}

/** One request; a new connection unless an agent is given. @throws what the connection threw */
export function ask(port: number, options: AskOptions = {}): Promise<Answer> {
  const { body, host = '127.0.0.1', ...rest } = options;
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host, port, ...rest, agent: options.agent ?? false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** Sends raw text and returns everything that comes back until the connection ends. */
export function rawExchange(port: number, text: string, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host });
    let reply = '';
    socket.on('data', (chunk: Buffer) => (reply += chunk.toString('latin1')));
    socket.on('end', () => resolve(reply));
    socket.on('error', reject);
    socket.write(text, 'latin1');
  });
}

/** Counts equal values. */
export function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** Polls until the condition holds. @throws when it does not within the deadline */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadlineMs = 10_000,
): Promise<void> {
  const endMs = Date.now() + deadlineMs;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error(`Waited in vain until ${what}`);
    await systemClock.sleep(10);
  }
}
