// The corners of HTTP/1.1 through a virtual server: framing, interim answers, upgrades, broken peers.
import { once } from 'node:events';
import * as http from 'node:http';
import type * as net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DataPlane } from '../../src/data-plane/contract.ts';
import {
  aMember,
  anHttpVirtual,
  aPool,
  ask,
  Cleanup,
  freePort,
  httpBackend,
  newDataPlane,
  rawExchange,
  tcpBackend,
  until,
  type Backend,
} from './fixtures.ts';

describe('HTTP messages', () => {
  const cleanup = new Cleanup();
  let dataPlane: DataPlane;
  let port: number;

  beforeEach(async () => {
    dataPlane = newDataPlane();
    cleanup.add(() => dataPlane.stop());
    port = await freePort();
  });
  afterEach(() => cleanup.run());

  type Handler = Parameters<typeof httpBackend>[1];

  async function web(handler?: Handler): Promise<Backend> {
    const backend = await httpBackend('web', handler);
    cleanup.add(() => backend.stop());
    return backend;
  }

  /** Answers every first piece of data with the given text. */
  async function scripted(text: string, afterwards: 'end' | 'reset' | 'stay'): Promise<Backend> {
    const backend = await tcpBackend('scripted', (socket) => {
      socket.on('data', () => {
        backend.requests += 1;
        socket.write(text, () => {
          if (afterwards === 'end') socket.end();
          else if (afterwards === 'reset') socket.resetAndDestroy();
        });
      });
    });
    cleanup.add(() => backend.stop());
    return backend;
  }

  async function serve(...members: Backend[]): Promise<void> {
    await dataPlane.apply({
      virtuals: [anHttpVirtual(port)],
      pools: [aPool(members.map((each) => aMember(each)))],
    });
  }

  it('HEAD has the headers of a body but no body', async () => {
    const backend = await web((_request, response) => {
      response.setHeader('Content-Length', 1000);
      response.end();
    });
    await serve(backend);

    const answer = await ask(port, { method: 'HEAD' });

    expect(answer).toMatchObject({ body: '', headers: { 'content-length': '1000' } });
    expect((await ask(port, { method: 'HEAD' })).status).toBe(200);
    expect(backend.connections).toBe(1);
  });

  it('passes 204 and 304 on without a body', async () => {
    await serve(
      await web((request, response) => {
        response.statusCode = Number(request.url?.slice(1));
        response.end();
      }),
    );

    expect((await ask(port, { path: '/204' })).status).toBe(204);
    expect((await ask(port, { path: '/304' })).status).toBe(304);
  });

  it('delivers a body that ends with the connection', async () => {
    await serve(await scripted('HTTP/1.0 200 OK\r\nX-A: 1\r\n\r\nall of it', 'end'));

    expect(await ask(port)).toMatchObject({ body: 'all of it', headers: { connection: 'close' } });
  });

  it('unchunks for HTTP/1.0 clients', async () => {
    await serve(
      await scripted(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
        'stay',
      ),
    );

    const reply = await rawExchange(port, 'GET / HTTP/1.0\r\n\r\n');

    expect(reply).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(reply).not.toMatch(/chunked/i);
    expect(reply).toMatch(/\r\n\r\nabc$/);
  });

  it('keeps HTTP/1.0 connections alive when asked to', async () => {
    await serve(
      await web((_request, response) => {
        response.setHeader('Content-Length', 3);
        response.end('web');
      }),
    );

    const ask10 = 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n';
    const reply = await rawExchange(port, `${ask10}GET / HTTP/1.0\r\n\r\n`);

    expect(reply.match(/web/g)).toHaveLength(2);
  });

  it('relays 100-continue from the member', async () => {
    await serve(
      await web((request, response) => {
        request.resume();
        request.on('end', () => response.end('stored'));
      }),
    );
    const request = http.request({
      port,
      host: '127.0.0.1',
      method: 'PUT',
      headers: { Expect: '100-continue', 'Content-Length': 4 },
    });
    request.flushHeaders();

    await once(request, 'continue');
    request.end('data');
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];

    expect(response.statusCode).toBe(200);
    response.resume();
  });

  it('carries an upgraded connection both ways', async () => {
    const backend = await tcpBackend('ws', (socket) => {
      socket.once('data', (head: Buffer) => {
        expect(head.toString()).toMatch(/Connection: Upgrade\r\n/i);
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nearly',
        );
        socket.pipe(socket);
      });
    });
    cleanup.add(() => backend.stop());
    await serve(backend);
    const request = http.request({
      port,
      host: '127.0.0.1',
      headers: { Connection: 'Upgrade', Upgrade: 'echo' },
    });
    request.end();

    const [response, socket, head] = (await once(request, 'upgrade')) as [
      http.IncomingMessage,
      net.Socket,
      Buffer,
    ];
    let received = head.toString();
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    socket.write('ping');
    await until('both texts arrived', () => received === 'earlyping');
    socket.destroy();

    expect(response.statusCode).toBe(101);
    await until('the member connection is closed', () => {
      return dataPlane.memberCounters('/T/pool', `127.0.0.1:${backend.port}`)?.curConns === 0;
    });
  });

  const malformed: [string, string][] = [
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    ],
    [
      'length and chunked',
      'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a blank before the colon', 'GET / HTTP/1.1\r\nHost : h\r\n\r\n'],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n'],
    ['a bare line feed', 'GET / HTTP/1.1\r\nHost: h\nX-A: b\r\n\r\n'],
    ['an unknown coding', 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n'],
    ['no HTTP at all', '\x16\x03\x01\x00\x00\r\n\r\n'],
    [
      'a negative chunk',
      'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n',
    ],
    ['too many headers', `GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(100)}\r\n`],
    ['too long a header', `GET / HTTP/1.1\r\nA: ${'b'.repeat(40_000)}\r\n\r\n`],
  ];
  it.each(malformed)('resets a request with %s', async (_title, text) => {
    await serve(await web((request) => request.resume()));

    await expect(rawExchange(port, text)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('resets the client when the response breaks off', async () => {
    await serve(await scripted('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart', 'reset'));

    await expect(ask(port)).rejects.toThrow(/aborted|ECONNRESET|hang up/);
  });

  it('asks another member when one dies before answering, but repeats no POST', async () => {
    const dying = await scripted('', 'reset');
    const alive = await web();
    await serve(dying, alive);

    expect((await ask(port, { method: 'PUT', body: 'again' })).body).toBe('web');
    expect(dying.requests).toBe(1);

    await serve(dying);
    await expect(ask(port, { method: 'POST', body: 'once' })).rejects.toThrow();
    expect(dying.requests).toBe(2);
  });

  it('replaces an idle server connection that the member closed', async () => {
    const backend = await tcpBackend('once', (socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        socket.once('data', () => socket.resetAndDestroy());
      });
    });
    cleanup.add(() => backend.stop());
    await serve(backend);

    for (let i = 0; i < 4; i += 1) expect((await ask(port)).body).toBe('ok');
  });

  it('keeps a client on its server connection without one-connect', async () => {
    const [a, b] = [
      await web((_r, response) => response.end('a')),
      await web((_r, response) => response.end('b')),
    ];
    await dataPlane.apply({
      virtuals: [anHttpVirtual(port, { oneConnect: null })],
      pools: [aPool([aMember(a), aMember(b)])],
    });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const bodies: string[] = [];
    for (let i = 0; i < 4; i += 1) bodies.push((await ask(port, { agent })).body);
    agent.destroy();

    expect(new Set(bodies).size).toBe(1);
    expect(a.connections + b.connections).toBe(1);
    await until('the server connection is closed with the client', () => {
      return dataPlane.memberCounters('/T/pool', `127.0.0.1:${a.port}`)?.curConns === 0;
    });
  });

  it('uses a server connection for no more requests than the profile allows', async () => {
    const backend = await web();
    await dataPlane.apply({
      virtuals: [anHttpVirtual(port, { oneConnect: { sourceMask: 'any', maxReuse: 2 } })],
      pools: [aPool([aMember(backend)])],
    });

    for (let i = 0; i < 4; i += 1) await ask(port);

    expect(backend.connections).toBe(2);
  });

  it('stops the member from sending when the client went away', async () => {
    let isClosed = false;
    const backend = await web((_request, response) => {
      response.on('close', () => (isClosed = true));
      const fill = (): void => {
        while (response.write(Buffer.alloc(65_536)));
        response.once('drain', fill);
      };
      fill();
    });
    await serve(backend);
    const request = http.get({ port, host: '127.0.0.1' });
    request.on('error', () => undefined);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];

    response.destroy();

    await until('the member noticed', () => isClosed);
  });

  it('slows the member down to the speed of the client', async () => {
    let written = 0;
    const backend = await web((_request, response) => {
      const fill = (): void => {
        while (written < 200_000_000 && response.write(Buffer.alloc(65_536))) written += 65_536;
        response.once('drain', fill);
      };
      fill();
    });
    await serve(backend);
    const request = http.get({ port, host: '127.0.0.1' });
    request.on('error', () => undefined);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.pause();

    let before = -1;
    await until('nothing moves any more', () => {
      const isStill = before === written;
      before = written;
      return isStill;
    });
    response.destroy();

    expect(written).toBeLessThan(100_000_000);
  });
});
