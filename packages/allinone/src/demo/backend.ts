// A small HTTP server for the demo that answers with its own name.
import { createServer } from 'node:http';
import { LAB_ADDRESS } from '../lab/port-map.ts';

export interface Backend {
  name: string;
  port: number;
  /** Closes its socket and every connection. Safe to repeat. */
  stop(): Promise<void>;
}

export function startBackend(name: string, host = LAB_ADDRESS): Promise<Backend> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain');
    response.end(name);
  });
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port: 0 }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({ name, port, stop });
    });
  });
}
