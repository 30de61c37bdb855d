// Counts the messages that a transport is given for agents.
import type { RpcTransport } from '@f5-lbaas/rpc';
import type { ServerMetrics } from './server-metrics.ts';

export function countingTransport(
  transport: RpcTransport,
  metrics: Pick<ServerMetrics, 'cast'>,
): RpcTransport {
  return {
    async cast(topic, method, args, options) {
      try {
        await transport.cast(topic, method, args, options);
      } catch (error) {
        metrics.cast(method, false);
        throw error;
      }
      metrics.cast(method, true);
    },
    fanout: (...args) => transport.fanout(...args),
    call: (...args) => transport.call(...args),
    serve: (...args) => transport.serve(...args),
    close: () => transport.close(),
  };
}
