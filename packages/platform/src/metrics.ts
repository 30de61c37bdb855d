// Prometheus metrics: a registry that is handed to whoever counts something, and a listener for the scraper.
import { createServer } from 'node:http';
import { Registry, collectDefaultMetrics } from 'prom-client';
import { toError } from './to-error.ts';

export { Counter, Gauge, Histogram, type Registry as MetricsRegistry } from 'prom-client';

/** A registry with the process's own metrics (memory, event loop, file handles). */
export function createMetricsRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

export interface MetricsServer {
  port: number;
  close(): Promise<void>;
}

/**
 * Serves `GET /metrics`.
 * @param address host and port to listen on; port 0 lets the system choose
 * @throws Error when it cannot listen there
 */
export async function startMetricsServer(
  registry: Registry,
  address: { host: string; port: number },
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      (error: unknown) => response.writeHead(500).end(toError(error).message),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
