// What every RpcTransport must do, in-process or over a broker. Each implementation runs this suite.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RpcArgs, RpcTransport } from '@f5-lbaas/rpc';
import { RpcRemoteError, RpcTimeoutError, RpcUnavailableError } from '@f5-lbaas/rpc';
import { LbaasError } from '@f5-lbaas/model';
import { waitFor } from '../wait-for.ts';

export interface TransportFixture {
  /** A further party on the same broker. Closed by the suite. */
  connect(): RpcTransport | Promise<RpcTransport>;
  /** A topic that nothing else uses. */
  topic(): string;
}

export function describeRpcTransportContract(name: string, fixture: () => TransportFixture): void {
  describe(`${name} transport`, () => {
    let transports: RpcTransport[] = [];
    const connect = async (): Promise<RpcTransport> => {
      const transport = await fixture().connect();
      transports.push(transport);
      return transport;
    };
    let client: RpcTransport;
    let server: RpcTransport;
    let topic: string;

    beforeEach(async () => {
      transports = [];
      [client, server] = [await connect(), await connect()];
      topic = fixture().topic();
    });
    afterEach(async () => {
      await Promise.all(transports.map((transport) => transport.close()));
    });

    it('answers a call with the value that the handler returns', async () => {
      await server.serve(topic, {
        add: (args) => Promise.resolve(Number(args.a) + Number(args.b)),
      });

      await expect(client.call(topic, 'add', { a: 2, b: 3 })).resolves.toBe(5);
    });

    it('answers null when the handler returns nothing', async () => {
      await server.serve(topic, { forget: () => Promise.resolve(undefined) });

      await expect(client.call(topic, 'forget', {})).resolves.toBeNull();
    });

    it('hands over copies, so neither side can change what the other holds', async () => {
      const received: RpcArgs[] = [];
      const sent = { list: ['a'], text: 'ünïcødé \u{1f40d}', nothing: null };
      await server.serve(topic, {
        keep: (args) => {
          received.push(args);
          return Promise.resolve(args);
        },
      });

      const answer = await client.call(topic, 'keep', sent);
      sent.list.push('b');

      expect(received[0]).toEqual({ ...sent, list: ['a'] });
      expect(answer).toEqual(received[0]);
      expect(answer).not.toBe(received[0]);
    });

    it('hands the context over and blanks credentials in it', async () => {
      await server.serve(topic, { who: (_args, context) => Promise.resolve(context) });
      const context = { project_id: 'p1', request_id: 'req-1', auth_token: 'secret' };

      const seen = await client.call(topic, 'who', {}, { context });

      expect(seen).toEqual({ project_id: 'p1', request_id: 'req-1', auth_token: null });
    });

    it('delivers casts in the order they were sent', async () => {
      const seen: unknown[] = [];
      await server.serve(topic, {
        note: (args) => {
          seen.push(args.n);
          return Promise.resolve(null);
        },
      });

      for (let n = 0; n < 50; n += 1) await client.cast(topic, 'note', { n });

      await waitFor(() => seen.length === 50, { what: 'all casts' });
      expect(seen).toEqual(Array.from({ length: 50 }, (_, n) => n));
    });

    it('delivers each cast to exactly one of several servers of a topic', async () => {
      const seen: string[] = [];
      const endpoint = (who: string) => ({
        note: (args: RpcArgs) => {
          seen.push(`${who}:${String(args.n)}`);
          return Promise.resolve(null);
        },
      });
      await server.serve(topic, endpoint('a'));
      await (await connect()).serve(topic, endpoint('b'));

      for (let n = 0; n < 20; n += 1) await client.cast(topic, 'note', { n });

      await waitFor(() => seen.length >= 20, { what: 'all casts' });
      const numbers = seen.map((entry) => Number(entry.slice(2))).sort((a, b) => a - b);
      expect(numbers).toEqual(Array.from({ length: 20 }, (_, n) => n));
      expect(new Set(seen.map((entry) => entry[0]))).toEqual(new Set(['a', 'b']));
    });

    it('delivers a fanout to every server of the topic', async () => {
      const seen: string[] = [];
      const endpoint = (who: string) => ({
        hello: () => {
          seen.push(who);
          return Promise.resolve(null);
        },
      });
      await server.serve(topic, endpoint('a'));
      await (await connect()).serve(topic, endpoint('b'));

      await client.fanout(topic, 'hello', {});

      await waitFor(() => seen.length === 2, { what: 'both servers' });
      expect(seen.sort()).toEqual(['a', 'b']);
    });

    it('serves the queue of its server name as well', async () => {
      await server.serve(topic, { ping: () => Promise.resolve('pong') }, { server: 'host-1' });

      await expect(client.call(`${topic}.host-1`, 'ping', {})).resolves.toBe('pong');
    });

    it('keeps messages while nobody consumes the queue', async () => {
      const seen: unknown[] = [];
      const endpoint = {
        note: (args: RpcArgs) => {
          seen.push(args.n);
          return Promise.resolve(null);
        },
      };
      const first = await server.serve(topic, endpoint);
      await first.stop();

      await client.cast(topic, 'note', { n: 1 });
      expect(seen).toEqual([]);
      await server.serve(topic, endpoint);

      await waitFor(() => seen.length === 1, { what: 'the kept message' });
    });

    it('accepts a cast to a topic that nobody has ever served', async () => {
      await expect(client.cast(topic, 'note', {})).resolves.toBeUndefined();
    });

    it('reports the error of a handler with its kind and code', async () => {
      await server.serve(topic, {
        fail: () =>
          Promise.reject(
            new LbaasError('not_found', 'ERR_NO_SUCH_THING', 'There is no such thing.'),
          ),
      });

      const failure = await client.call(topic, 'fail', {}).catch((error: unknown) => error);

      expect(failure).toBeInstanceOf(RpcRemoteError);
      expect(failure).toMatchObject({ kind: 'not_found', code: 'ERR_NO_SUCH_THING' });
      expect((failure as Error).message).toContain('There is no such thing.');
    });

    it('reports a method that the endpoint does not have, own methods of objects included', async () => {
      await server.serve(topic, { known: () => Promise.resolve(1) });

      for (const method of ['unknown', 'toString', 'constructor']) {
        await expect(client.call(topic, method, {})).rejects.toMatchObject({
          className: 'NoSuchMethod',
        });
      }
    });

    it('refuses a major version that the endpoint does not serve', async () => {
      await server.serve(topic, { known: () => Promise.resolve(1) });

      await expect(client.call(topic, 'known', {}, { version: '2.0' })).rejects.toMatchObject({
        className: 'UnsupportedVersion',
      });
      await expect(client.call(topic, 'known', {}, { version: '1.7' })).resolves.toBe(1);
    });

    it('gives up a call after its timeout', async () => {
      await server.serve(topic, { hang: () => new Promise((resolve) => setTimeout(resolve, 400)) });

      await expect(client.call(topic, 'hang', {}, { timeoutMs: 50 })).rejects.toThrow(
        RpcTimeoutError,
      );
    });

    it('gives up a call when its signal fires', async () => {
      const controller = new AbortController();
      await server.serve(topic, { hang: () => new Promise((resolve) => setTimeout(resolve, 400)) });

      const call = client.call(topic, 'hang', {}, { signal: controller.signal });
      controller.abort(new Error('enough'));

      await expect(call).rejects.toThrow('enough');
    });

    it('handles no more messages at once than asked', async () => {
      let running = 0;
      let most = 0;
      let done = 0;
      await server.serve(
        topic,
        {
          work: async () => {
            running += 1;
            most = Math.max(most, running);
            await new Promise((resolve) => setTimeout(resolve, 5));
            running -= 1;
            done += 1;
          },
        },
        { concurrency: 3 },
      );

      for (let n = 0; n < 12; n += 1) await client.cast(topic, 'work', {});

      await waitFor(() => done === 12, { what: 'all messages' });
      expect(most).toBe(3);
    });

    it('waits for running handlers when it stops, and takes no more', async () => {
      const seen: string[] = [];
      const running = await server.serve(topic, {
        work: async () => {
          seen.push('started');
          await new Promise((resolve) => setTimeout(resolve, 50));
          seen.push('ended');
        },
      });
      await client.cast(topic, 'work', {});
      await waitFor(() => seen.length === 1, { what: 'the handler to start' });

      await running.stop();
      await client.cast(topic, 'work', {});

      expect(seen).toEqual(['started', 'ended']);
      await expect(running.stop()).resolves.toBeUndefined();
    });

    it('refuses to send once it is closed, and fails what waits', async () => {
      await server.serve(topic, { hang: () => new Promise((resolve) => setTimeout(resolve, 400)) });
      const call = client.call(topic, 'hang', {});
      const failed = expect(call).rejects.toThrow(RpcUnavailableError);

      await client.close();

      await failed;
      await expect(client.cast(topic, 'note', {})).rejects.toThrow(RpcUnavailableError);
      await expect(client.close()).resolves.toBeUndefined();
    });

    it('answers many calls at once, each with its own answer', async () => {
      await server.serve(topic, { echo: (args) => Promise.resolve(args.n) }, { concurrency: 32 });

      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, n) => client.call(topic, 'echo', { n })),
      );

      expect(answers).toEqual(Array.from({ length: 200 }, (_, n) => n));
    });
  });
}
