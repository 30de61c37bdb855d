// A small JSON server for stand-ins, on a loopback port of the system's choice.
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface JsonRequest {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  /** Parsed; undefined when empty. */
  body: unknown;
}
export interface JsonAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}
export interface JsonServer {
  url: string;
  stop(): Promise<void>;
}

export async function jsonServer(
  server: Server,
  answer: (request: JsonRequest) => JsonAnswer,
): Promise<JsonServer> {
  server.on('request', (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const result = answer({
        method: request.method ?? 'GET',
        url: new URL(request.url ?? '/', 'http://stand-in'),
        headers: request.headers,
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
      });
      response.writeHead(result.status, { 'content-type': 'application/json', ...result.headers });
      response.end(result.body === undefined ? '' : JSON.stringify(result.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
