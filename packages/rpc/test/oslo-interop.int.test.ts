// Talks to Debian's oslo.messaging over a real broker, as caller and as server.
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { silentLogger, systemClock, systemRandom } from '@f5-lbaas/platform';
import { findRabbitMq, waitFor } from '@f5-lbaas/testkit';
import { Connection } from 'rabbitmq-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAmqpTransport } from '../src/amqp/amqp-transport.ts';
import type { RpcTransport } from '../src/transport.ts';

const PYTHON = '/usr/bin/python3';
const PEER = fileURLToPath(new URL('./oslo-peer.py', import.meta.url));
const EXCHANGE = 'f5-lbaas-interop';
const run = promisify(execFile);

async function findMissing(): Promise<string | undefined> {
  const { missing } = await findRabbitMq();
  if (missing !== undefined) return missing;
  const probe = spawnSync(PYTHON, ['-c', 'import oslo_messaging'], { timeout: 20_000 });
  return probe.status === 0 ? undefined : 'python3-oslo.messaging is not installed.';
}

const missing = await findMissing();
const { url } = await findRabbitMq();

describe.skipIf(missing !== undefined)(`oslo.messaging ${missing ?? ''}`, () => {
  const pythonTopic = `python-${systemRandom.uuid()}`;
  const ownTopic = `own-${systemRandom.uuid()}`;
  const seen: unknown[] = [];
  let transport: RpcTransport;
  let peer: ChildProcess;

  const python = async (command: string, method: string, args: unknown): Promise<unknown> => {
    const parameters = [PEER, command, url, EXCHANGE, ownTopic, method, JSON.stringify(args)];
    const { stdout } = await run(PYTHON, parameters, { timeout: 20_000 });
    return stdout === '' ? undefined : JSON.parse(stdout);
  };

  beforeAll(async () => {
    transport = createAmqpTransport({
      url,
      exchange: EXCHANGE,
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
    });
    await transport.serve(
      ownTopic,
      {
        add: (args, context) =>
          Promise.resolve({
            sum: Number(args.a) + Number(args.b),
            project: context.project_id,
            token: context.auth_token,
          }),
        fail: () => Promise.reject(new Error('broken on purpose')),
        note: (args) => {
          seen.push(args.n);
          return Promise.resolve(null);
        },
      },
      { server: 'own' },
    );
    peer = spawn(PYTHON, [PEER, 'serve', url, EXCHANGE, pythonTopic], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    if (peer.stdout) await once(peer.stdout, 'data');
  });
  afterAll(async () => {
    peer.stdin?.end();
    await once(peer, 'exit');
    await transport.close();
    const connection = new Connection('amqp://guest:guest@127.0.0.1:5672');
    for (const queue of [pythonTopic, `${pythonTopic}.peer`, ownTopic, `${ownTopic}.own`]) {
      await connection.queueDelete(queue);
    }
    await connection.close();
  });

  it('answers our calls', async () => {
    const context = { project_id: 'p7' };

    await expect(transport.call(pythonTopic, 'add', { a: 2, b: 3 }, { context })).resolves.toEqual({
      sum: 5,
      project: 'p7',
    });
    await expect(
      transport.call(`${pythonTopic}.peer`, 'add', { a: 1, b: 1 }),
    ).resolves.toMatchObject({ sum: 2 });
  });

  it('tells us of failures and of methods it does not have', async () => {
    await expect(transport.call(pythonTopic, 'fail', {})).rejects.toMatchObject({
      className: 'ValueError',
    });
    await expect(transport.call(pythonTopic, 'unknown', {})).rejects.toMatchObject({
      className: 'NoSuchMethod',
    });
  });

  it('takes our casts and fanouts', async () => {
    await transport.cast(pythonTopic, 'note', { n: 1 });
    await transport.fanout(pythonTopic, 'note', { n: 2 });

    await waitFor(
      async () => JSON.stringify(await transport.call(pythonTopic, 'noted', {})).length === 5,
      { what: 'both messages' },
    );
  });

  it('gets answers to its calls', async () => {
    await expect(python('call', 'add', { a: 2, b: 3 })).resolves.toEqual({
      result: { sum: 5, project: 'p1', token: 'secret' },
    });
  });

  it('learns of our failures', async () => {
    await expect(python('call', 'fail', {})).resolves.toMatchObject({
      error: 'RemoteError',
      text: expect.stringContaining('broken on purpose') as string,
    });
    await expect(python('call', 'unknown', {})).resolves.toMatchObject({
      text: expect.stringContaining('does not support RPC method unknown') as string,
    });
  });

  it('reaches us by cast and by fanout', async () => {
    await python('cast', 'note', { n: 1 });
    await python('fanout', 'note', { n: 2 });

    await waitFor(() => seen.length === 2, { what: 'both messages' });
  });
});
