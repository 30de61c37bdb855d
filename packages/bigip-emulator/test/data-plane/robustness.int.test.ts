// Peers that misbehave, and crowds: nothing is mixed up, nothing is left behind.
import { once } from 'node:events';
import * as http from 'node:http';
import * as net from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DataPlane, VirtualServer } from '../../src/data-plane/contract.ts';
import {
  aMember,
  anHttpVirtual,
  aPool,
  ask,
  aVirtual,
  Cleanup,
  freePort,
  httpBackend,
  newDataPlane,
  rawExchange,
  tcpBackend,
  until,
  type Backend,
} from './fixtures.ts';

describe('the data plane', () => {
  const cleanup = new Cleanup();
  let dataPlane: DataPlane;
  let port: number;

  beforeEach(async () => {
    dataPlane = newDataPlane();
    cleanup.add(() => dataPlane.stop());
    port = await freePort();
  });
  afterEach(() => cleanup.run());

  async function serve(virtual: VirtualServer, ...members: Backend[]): Promise<void> {
    for (const member of members) cleanup.add(() => member.stop());
    await dataPlane.apply({
      virtuals: [virtual],
      pools: [aPool(members.map((member) => aMember(member)))],
    });
  }

  /** Answers with the request's body, framed as the request wishes. */
  const echo = (): Promise<Backend> =>
    httpBackend('echo', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        if (request.headers['x-framing'] === 'length')
          response.setHeader('Content-Length', body.length);
        if (request.headers['x-framing'] === 'close') response.shouldKeepAlive = false;
        const half = body.length >> 1;
        response.write(body.subarray(0, half));
        response.end(body.subarray(half));
      });
    });

  interface Message {
    body: Uint8Array;
    pieces: number;
    isChunked: boolean;
    answer: string;
  }

  function send(agent: http.Agent, message: Message): Promise<Buffer> {
    const { body, pieces, isChunked, answer } = message;
    const headers: http.OutgoingHttpHeaders = { 'X-Framing': answer };
    if (!isChunked) headers['Content-Length'] = body.length;
    return new Promise((resolve, reject) => {
      const options = { port, host: '127.0.0.1', method: 'PUT', agent, headers };
      const request = http.request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(Buffer.concat(chunks)));
      });
      request.on('error', reject);
      const size = Math.ceil(body.length / pieces);
      for (let at = 0; at < body.length; at += size) request.write(body.subarray(at, at + size));
      request.end();
    });
  }

  it('preserves bodies of any framing, one after the other on the same connections', async () => {
    await serve(anHttpVirtual(port), await echo(), await echo());
    const message = fc.record({
      body: fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.integer({ min: 0, max: 300_000 }).map((size) => new Uint8Array(size).fill(size)),
      ),
      pieces: fc.integer({ min: 1, max: 5 }),
      isChunked: fc.boolean(),
      answer: fc.constantFrom('length', 'chunked', 'close'),
    });

    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 4 }), async (messages) => {
        const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
        const answers = await Promise.all(messages.map((each) => send(agent, each)));
        agent.destroy();
        expect(
          answers.map((answer, i) => answer.equals(messages[i]?.body ?? new Uint8Array())),
        ).toEqual(messages.map(() => true));
      }),
      { numRuns: 40 },
    );
  });

  it('takes a smuggled request for body, never for a request', async () => {
    const targets: string[] = [];
    const member = await httpBackend('m', (request, response) => {
      targets.push(request.url ?? '');
      request.resume().on('end', () => response.end('ok'));
    });
    await serve(anHttpVirtual(port), member);
    const inner = 'GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n';
    const head = 'POST /outer HTTP/1.1\r\nHost: h\r\nConnection: close\r\n';

    await rawExchange(port, `${head}Content-Length: ${inner.length}\r\n\r\n${inner}`);
    const chunk = `${inner.length.toString(16)};x="\u0001"\r\n${inner}\r\n0\r\n\r\n`;
    await rawExchange(port, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk}`);
    const both = `Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`;
    await expect(rawExchange(port, head + both)).rejects.toMatchObject({ code: 'ECONNRESET' });
    const hidden = `Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${inner}`;
    await expect(rawExchange(port, head + hidden)).rejects.toMatchObject({ code: 'ECONNRESET' });
    const old = `${head.replace('1.1', '1.0')}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`;
    await expect(rawExchange(port, old)).rejects.toMatchObject({ code: 'ECONNRESET' });

    expect(targets).toEqual(['/outer', '/outer']);
  });

  it.each([
    ['a chunk shorter than announced', '4\r\nabc\r\n0\r\n\r\n'],
    ['a chunk size that is no number', 'zz\r\nabc\r\n0\r\n\r\n'],
    ['a chunk size with a sign', '+3\r\nabc\r\n0\r\n\r\n'],
    ['a chunk size beyond reason', 'fffffffffffffffff\r\nabc\r\n0\r\n\r\n'],
    ['a chunk line without end', 'a'.repeat(10_000)],
    ['a bare line feed', '3\nabc\n0\n\n'],
  ])('resets a request body with %s', async (_title, body) => {
    await serve(anHttpVirtual(port), await echo());
    const head = 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n';

    await expect(rawExchange(port, head + body)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  const says = (text: string): Promise<Backend> =>
    tcpBackend('says', (socket) => {
      socket.once('data', () => socket.write(text, 'latin1'));
    });

  it('passes on one length only when a member announces two kinds', async () => {
    const lie = 'Content-Length: 50\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n';
    await serve(anHttpVirtual(port), await says(`HTTP/1.1 200 OK\r\n${lie}`));

    const { headers, body } = await ask(port);

    expect(headers).not.toHaveProperty('content-length');
    expect(body).toBe('ok');
  });

  it.each([
    ['nonsense', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['a change of protocol nobody asked for', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nraw'],
    [
      'two different lengths',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    ],
    ['an endless head', `HTTP/1.1 200 OK\r\nA: ${'b'.repeat(40_000)}`],
  ])('resets the client when the member answers with %s', async (_title, text) => {
    await serve(anHttpVirtual(port), await says(text));

    await expect(ask(port)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('does not let a second answer of a member reach the next client', async () => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n';
    const member = await tcpBackend('twice', (socket) => {
      socket.on('data', () => socket.write(`${answer}ok${answer}no`));
    });
    await serve(anHttpVirtual(port), member);

    for (let i = 0; i < 5; i += 1) expect((await ask(port)).body).toBe('ok');
  });

  it('resets a client that dribbles its head, and counts it as slow', async () => {
    await serve(anHttpVirtual(port, { tcp: { idleTimeoutSeconds: 1 } }), await echo());
    const socket = net.connect(port, '127.0.0.1');
    cleanup.add(() => socket.destroy());
    socket.write('GET / HTTP/1.1\r\n');
    const dribble = setInterval(() => socket.write('A: b\r\n'), 100);
    cleanup.add(() => clearInterval(dribble));

    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];

    expect(error.code).toMatch(/ECONNRESET|EPIPE/);
    expect(dataPlane.virtualState('/T/vs')?.counters.slowKilled).toBe(1);
  });

  it('closes server connections over which nothing goes any more', async () => {
    const member = await echo();
    await serve(anHttpVirtual(port, { tcp: { idleTimeoutSeconds: 1 } }), member);
    await ask(port);

    const name = `127.0.0.1:${member.port}`;
    expect(dataPlane.memberCounters('/T/pool', name)?.curConns).toBe(1);
    await until('the idle connection is closed', () => {
      return dataPlane.memberCounters('/T/pool', name)?.curConns === 0;
    });
  });

  it('answers a client that closed its half, and lets a half-closed server finish', async () => {
    const member = await tcpBackend('counter', (socket) => {
      let size = 0;
      socket.on('data', (chunk: Buffer) => (size += chunk.length));
      socket.on('end', () => socket.end(`${size} bytes`));
    });
    await serve(aVirtual(port), member);
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let reply = '';
    socket.on('data', (chunk: Buffer) => (reply += chunk.toString()));
    socket.end(Buffer.alloc(1_000_000));

    await once(socket, 'end');

    expect(reply).toBe('1000000 bytes');
  });

  it('carries a thousand connections at once', async () => {
    const member = await tcpBackend('echo', (socket) => socket.pipe(socket));
    await serve(aVirtual(port), member);
    const sockets = await Promise.all(
      Array.from({ length: 1000 }, async (_, i) => {
        const socket = net.connect(port, '127.0.0.1');
        socket.write(`client ${i}`);
        const [chunk] = (await once(socket, 'data')) as [Buffer];
        expect(chunk.toString()).toBe(`client ${i}`);
        return socket;
      }),
    );

    const open = dataPlane.virtualState('/T/vs')?.counters.curConns;
    for (const socket of sockets) socket.destroy();

    expect(open).toBe(1000);
    await until('all are gone', () => {
      return dataPlane.virtualState('/T/vs')?.counters.curConns === 0;
    });
    expect(dataPlane.memberCounters('/T/pool', `127.0.0.1:${member.port}`)?.curConns).toBe(0);
  });
});
