// Clients and members for tests with real traffic through an emulated device.
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect as connectHttp2 } from 'node:http2';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
} from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';

export const VIP = '127.10.0.10';

export interface Backend {
  port: number;
  /** Headers of the requests so far. */
  requests: IncomingMessage['headers'][];
  close(): Promise<void>;
}

type AnyServer = Server | TcpServer;

async function listen(server: AnyServer, address: string): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return (server.address() as AddressInfo).port;
}

function closed(server: AnyServer): Promise<void> {
  if ('closeAllConnections' in server) server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

/** Answers every request with its name. */
export async function httpBackend(
  name: string,
  tls?: { cert: string; key: string; ca?: string; requestCert?: boolean },
): Promise<Backend> {
  const requests: Backend['requests'] = [];
  const answer = (req: IncomingMessage, res: { end(text: string): void }): void => {
    requests.push(req.headers);
    res.end(name);
  };
  const server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
  return { port: await listen(server, '127.0.0.1'), requests, close: () => closed(server) };
}

/** Tells what the first bytes of each connection were, and answers with its name. */
export async function tcpBackend(
  name: string,
): Promise<Omit<Backend, 'requests'> & { first: Buffer[] }> {
  const first: Buffer[] = [];
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (chunk) => {
      first.push(chunk);
      socket.end(name);
    });
  });
  return { port: await listen(server, '127.0.0.1'), first, close: () => closed(server) };
}

/** A port of the VIP that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server, VIP);
  await closed(server);
  return port;
}

export interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

export function get(
  port: number,
  options: { path?: string; headers?: Record<string, string>; from?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { path = '/', headers = {}, from } = options;
    request(
      {
        ...{ host: VIP, port, path, headers, agent: false },
        ...(from === undefined ? {} : { localAddress: from }),
      },
      (res) => {
        let body = '';
        res.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body }));
      },
    )
      .on('error', reject)
      .end();
  });
}

/** A finished handshake. @throws when it fails */
export function handshake(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: VIP, port, ...options });
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Text of the answer to one request over TLS. @throws when handshake or request fail */
export async function getOverTls(port: number, options: ConnectionOptions): Promise<string> {
  const socket = await handshake(port, options);
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.once('error', reject);
    socket.once('close', () => (text === '' ? reject(new Error('closed')) : resolve(text)));
    socket.write('GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n');
  });
}

/** Body of an answer over HTTP/2. */
export function getOverHttp2(port: number, ca: string, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`https://${VIP}:${port}`, { ca, servername: host });
    session.once('error', reject);
    const stream = session.request({ ':path': '/', ':authority': host });
    let body = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    stream.once('error', reject);
    stream.once('end', () => {
      session.close();
      resolve(body);
    });
  });
}
