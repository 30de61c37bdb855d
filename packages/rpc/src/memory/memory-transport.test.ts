import { silentLogger, systemClock, systemRandom } from '@f5-lbaas/platform';
import { describeRpcTransportContract } from '@f5-lbaas/testkit';
import { describe, expect, it } from 'vitest';
import { RpcUnavailableError } from '../errors.ts';
import { createMemoryBroker } from './memory-broker.ts';
import { createMemoryTransport } from './memory-transport.ts';

const parts = { clock: systemClock, random: systemRandom, logger: silentLogger };

const broker = createMemoryBroker();
describeRpcTransportContract('memory', () => ({
  connect: () => createMemoryTransport({ broker, ...parts }),
  topic: () => `topic-${systemRandom.uuid()}`,
}));

describe('memory broker', () => {
  it('refuses messages during an outage and delivers what it kept afterwards', async () => {
    const outage = createMemoryBroker();
    const transport = createMemoryTransport({ broker: outage, ...parts });
    const server = await transport.serve('t', { echo: (args) => Promise.resolve(args.n) });
    await server.stop();
    await transport.cast('t', 'echo', { n: 1 });

    outage.setReachable(false);
    await expect(transport.cast('t', 'echo', { n: 2 })).rejects.toThrow(RpcUnavailableError);
    await expect(transport.call('t', 'echo', { n: 2 })).rejects.toThrow(RpcUnavailableError);
    await transport.serve('t', { echo: (args) => Promise.resolve(args.n) });
    expect(outage.depth('t')).toBe(1);

    outage.setReachable(true);
    await expect(transport.call('t', 'echo', { n: 3 })).resolves.toBe(3);
    expect(outage.depth('t')).toBe(0);
    await transport.close();
  });
});
