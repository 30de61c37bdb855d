// What a process shows and how it ends.
import { createManualClock } from '@f5-lbaas/testkit';
import { describe, expect, it } from 'vitest';
import { createLogger, silentLogger } from './logger.ts';
import { Counter, createMetricsRegistry, startMetricsServer } from './metrics.ts';
import { createShutdown } from './shutdown.ts';

describe('shutdown', () => {
  it('stops last what was started first, whatever a step does', async () => {
    const clock = createManualClock();
    const stopped: string[] = [];
    const shutdown = createShutdown({ clock, logger: silentLogger, stepTimeoutMs: 1_000 });
    shutdown.add('storage', () => void stopped.push('storage'));
    shutdown.add('hanging', () => new Promise(() => undefined));
    shutdown.add('failing', () => Promise.reject(new Error('x')));
    shutdown.add('api', () => void stopped.push('api'));

    const done = shutdown.stop('test');
    await clock.advance(1_000);
    await done;
    await shutdown.stop('again');

    expect(stopped).toEqual(['api', 'storage']);
  });
});

describe('metrics', () => {
  it('are served as text to the scraper, and nothing else is', async () => {
    const registry = createMetricsRegistry();
    new Counter({ name: 'lbaas_test_total', help: 'h', registers: [registry] }).inc(3);
    const server = await startMetricsServer(registry, { host: '127.0.0.1', port: 0 });

    const metrics = await fetch(`http://127.0.0.1:${server.port}/metrics`);
    const other = await fetch(`http://127.0.0.1:${server.port}/`);

    expect(await metrics.text()).toContain('lbaas_test_total 3');
    expect(other.status).toBe(404);
    await server.close();
  });
});

describe('logger', () => {
  it('writes no secret, at any of the first levels', () => {
    const lines: string[] = [];
    const logger = createLogger('test', {
      destination: { write: (line) => void lines.push(line) },
    });

    logger.info(
      { password: 'hunter2', device: { token: 'hunter2', more: { private_key: 'hunter2' } } },
      'm',
    );
    logger.child({ authorization: 'hunter2' }).warn({ device: 'bigip-a' }, 'm');

    expect(lines).toHaveLength(2);
    expect(lines.join('')).not.toContain('hunter2');
    expect(lines[1]).toContain('bigip-a');
  });
});
