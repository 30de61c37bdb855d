// Measures what a web server answers.
import type { FastifyInstance } from 'fastify';
import type { AnsweredRequest, ServerMetrics } from './server-metrics.ts';

/** To be called before any route is registered. */
export function measureRequests(
  app: FastifyInstance,
  endpoint: AnsweredRequest['endpoint'],
  metrics: Pick<ServerMetrics, 'answered'>,
): void {
  app.addHook('onResponse', (request, reply, done) => {
    metrics.answered({
      endpoint,
      method: request.method,
      route: request.is404 ? '' : (request.routeOptions.url ?? ''),
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
    });
    done();
  });
}
