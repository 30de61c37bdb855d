// TCP and UDP virtual servers, listening and the life of connections over configuration changes.
import * as dgram from 'node:dgram';
import { once } from 'node:events';
import * as net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DataPlane } from '../../src/data-plane/contract.ts';
import {
  aMember,
  aMonitor,
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

describe('a layer 4 virtual server', () => {
  const cleanup = new Cleanup();
  let dataPlane: DataPlane;
  let port: number;
  let echo: Backend;

  beforeEach(async () => {
    dataPlane = newDataPlane();
    cleanup.add(() => dataPlane.stop());
    port = await freePort();
    echo = await tcpBackend('echo', (socket) => socket.pipe(socket));
    cleanup.add(() => echo.stop());
  });
  afterEach(() => cleanup.run());

  async function open(options: { host?: string; localAddress?: string } = {}): Promise<net.Socket> {
    const socket = net.connect({ port, host: '127.0.0.1', ...options });
    socket.on('error', () => undefined);
    cleanup.add(() => socket.destroy());
    await once(socket, 'connect');
    return socket;
  }

  function closed(socket: net.Socket): Promise<void> {
    return new Promise((resolve) => socket.once('close', () => resolve()));
  }

  /** The connection is reset before a byte comes back, perhaps before it is seen as open. */
  async function isRefused(options: { localAddress?: string } = {}): Promise<boolean> {
    const socket = net.connect({ port, host: '127.0.0.1', ...options });
    socket.on('error', () => undefined);
    socket.write('hello');
    await closed(socket);
    return socket.bytesRead === 0;
  }

  async function echoes(socket: net.Socket, text: string): Promise<boolean> {
    socket.write(text);
    const [reply] = (await once(socket, 'data')) as [Buffer];
    return reply.toString() === text;
  }

  it('copies bytes both ways and passes a half-close on', async () => {
    const answering = await tcpBackend('answering', (socket) => {
      let bytes = 0;
      socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
      socket.on('end', () => socket.end(`got ${bytes}`));
    });
    cleanup.add(() => answering.stop());
    await dataPlane.apply({ virtuals: [aVirtual(port)], pools: [aPool([aMember(answering)])] });

    const socket = await open();
    socket.end(Buffer.alloc(5_000_000));
    const [reply] = (await once(socket, 'data')) as [Buffer];

    expect(reply.toString()).toBe('got 5000000');
    await until(
      'the connection is closed',
      () => dataPlane.virtualState('/T/vs')?.counters.curConns === 0,
    );
    expect(dataPlane.virtualState('/T/vs')?.counters).toMatchObject({
      bitsIn: 40_000_000,
      bitsOut: 'got 5000000'.length * 8,
      totConns: 1,
      maxConns: 1,
    });
  });

  it('tries another member when one refuses', async () => {
    const dead = { host: '127.0.0.1', port: await freePort() };
    await dataPlane.apply({
      virtuals: [aVirtual(port)],
      pools: [aPool([aMember(dead), aMember(echo)])],
    });

    for (let i = 0; i < 4; i += 1) expect(await echoes(await open(), 'hi')).toBe(true);
  });

  it('reaches members on the port the client asked for where ports are not translated', async () => {
    const host = '127.66.0.2';
    const member = await tcpBackend('same port', (socket) => socket.end('hello'), host, port);
    cleanup.add(() => member.stop());
    const untranslated = aVirtual(port, { translatesPort: false });

    await dataPlane.apply({
      virtuals: [untranslated],
      pools: [aPool([aMember({ host, port: 1 })])],
    });
    expect(await rawExchange(port, '')).toBe('hello');
    await dataPlane.apply({
      virtuals: [aVirtual(port)],
      pools: [aPool([aMember({ host, port: 0 })])],
    });
    expect(await rawExchange(port, '')).toBe('hello');
  });

  it('resets the client when the member resets', async () => {
    const rude = await tcpBackend('rude', (socket) => {
      socket.once('data', () => socket.resetAndDestroy());
    });
    cleanup.add(() => rude.stop());
    await dataPlane.apply({ virtuals: [aVirtual(port)], pools: [aPool([aMember(rude)])] });

    await expect(rawExchange(port, 'hello')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('serves the virtual server whose source fits the client best, and resets others', async () => {
    const special = await tcpBackend('special', (socket) => socket.end('special'));
    const normal = await tcpBackend('normal', (socket) => socket.end('normal'));
    cleanup.add(() => special.stop());
    cleanup.add(() => normal.stop());
    await dataPlane.apply({
      virtuals: [
        aVirtual(port, { path: '/T/wide', source: '127.0.0.0/16' }),
        aVirtual(port, { path: '/T/narrow', source: '127.0.7.0/24', pool: '/T/special' }),
      ],
      pools: [aPool([aMember(normal)]), aPool([aMember(special)], { path: '/T/special' })],
    });
    const read = async (localAddress: string) =>
      String((await once(await open({ localAddress }), 'data'))[0]);

    expect(await read('127.0.7.1')).toBe('special');
    expect(await read('127.0.8.1')).toBe('normal');
    expect(await isRefused({ localAddress: '127.9.9.9' })).toBe(true);
  });

  it('refuses connections beyond its limit', async () => {
    await dataPlane.apply({
      virtuals: [aVirtual(port, { connectionLimit: 1 })],
      pools: [aPool([aMember(echo)])],
    });

    expect(await echoes(await open(), 'one')).toBe(true);
    expect(await isRefused()).toBe(true);
  });

  it('keeps connections over changes elsewhere and of its pool, and ends them with its removal', async () => {
    const virtual = aVirtual(port);
    await dataPlane.apply({ virtuals: [virtual], pools: [aPool([aMember(echo)])] });
    const socket = await open();
    expect(await echoes(socket, 'before')).toBe(true);

    await dataPlane.apply({
      virtuals: [virtual, aVirtual(await freePort(), { path: '/T/another' })],
      pools: [aPool([], { loadBalancingMode: 'least-connections-member' })],
    });
    expect(await echoes(socket, 'after')).toBe(true);

    const ended = closed(socket);
    await dataPlane.apply({ virtuals: [], pools: [] });
    await ended;
    await expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('lets connections of a disabled virtual server go on and refuses new ones', async () => {
    await dataPlane.apply({ virtuals: [aVirtual(port)], pools: [aPool([aMember(echo)])] });
    const socket = await open();
    await echoes(socket, 'x');

    await dataPlane.apply({
      virtuals: [aVirtual(port, { enabled: false })],
      pools: [aPool([aMember(echo)])],
    });

    expect(await echoes(socket, 'still here')).toBe(true);
    await expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(dataPlane.virtualState('/T/vs')?.bindError).toBeNull();
  });

  it('reports an address in use and takes it over when it is free', async () => {
    const occupier = net.createServer();
    await new Promise<void>((resolve) => occupier.listen(port, '127.0.0.1', resolve));
    await dataPlane.apply({ virtuals: [aVirtual(port)], pools: [aPool([aMember(echo)])] });
    expect(dataPlane.virtualState('/T/vs')?.bindError).toBe(`EADDRINUSE 127.0.0.1:${port}`);

    await new Promise<void>((resolve) => occupier.close(() => resolve()));
    await until('it listens', () => dataPlane.virtualState('/T/vs')?.bindError === null);

    expect(await echoes(await open(), 'mine')).toBe(true);
  });

  it('reports what it cannot listen on', async () => {
    await dataPlane.apply({
      virtuals: [
        aVirtual(0, { path: '/T/any' }),
        aVirtual(port, { path: '/T/sctp', ipProtocol: 'sctp' }),
        aVirtual(port, { path: '/T/foreign', address: '192.0.2.1' }),
      ],
      pools: [],
    });

    const error = (path: string) => dataPlane.virtualState(path)?.bindError;
    expect(error('/T/any')).toMatch(/port 0/);
    expect(error('/T/sctp')).toMatch(/SCTP/);
    expect(error('/T/foreign')).toBe(`EADDRNOTAVAIL 192.0.2.1:${port}`);
  });

  it('resets flows through a member that goes down when the pool says so', async () => {
    const pool = aPool([aMember(echo)], { serviceDownAction: 'reset' });
    await dataPlane.apply({ virtuals: [aVirtual(port)], pools: [pool] });
    const socket = await open();
    await echoes(socket, 'x');

    await dataPlane.apply({
      virtuals: [aVirtual(port)],
      pools: [{ ...pool, monitors: [aMonitor({ recv: 'no HTTP here', timeoutSeconds: 1 })] }],
    });

    await closed(socket);
  });

  it('forwards datagrams, one member per client, and answers from its own address', async () => {
    const members = await Promise.all(['a', 'b'].map((name) => udpBackend(name)));
    await dataPlane.apply({
      virtuals: [
        aVirtual(port, {
          ipProtocol: 'udp',
          persistence: { type: 'source-addr', timeoutSeconds: 60, mask: null },
        }),
      ],
      pools: [aPool(members.map((each) => aMember(each)))],
    });

    const first = await askUdp('127.0.0.1', 3);
    const second = await askUdp('127.0.0.2', 3);

    expect(new Set(first).size).toBe(1);
    expect(new Set(second).size).toBe(1);
    expect(first[0]).not.toBe(second[0]);
    expect(dataPlane.virtualState('/T/vs')?.counters).toMatchObject({
      totConns: 2,
      bitsIn: 6 * 2 * 8,
    });
  });

  async function udpBackend(name: string): Promise<{ host: string; port: number }> {
    const socket = dgram.createSocket('udp4');
    socket.on('message', (_message, from) => socket.send(name, from.port, from.address));
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    cleanup.add(() => new Promise<void>((resolve) => socket.close(() => resolve())));
    return { host: '127.0.0.1', port: socket.address().port };
  }

  async function askUdp(localAddress: string, count: number): Promise<string[]> {
    const socket = dgram.createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, localAddress, resolve));
    const answers: string[] = [];
    for (let i = 0; i < count; i += 1) {
      socket.send('hi', port, '127.0.0.1');
      const [message, from] = (await once(socket, 'message')) as [Buffer, dgram.RemoteInfo];
      answers.push(`${message.toString()} ${from.port === port}`);
    }
    await new Promise<void>((resolve) => socket.close(() => resolve()));
    return answers;
  }

  it('hands an address over between two data planes', async () => {
    const standby = newDataPlane();
    cleanup.add(() => standby.stop());
    const web = await httpBackend('web');
    cleanup.add(() => web.stop());
    const config = { virtuals: [anHttpVirtual(port)], pools: [aPool([aMember(web)])] };
    await dataPlane.apply(config);

    await dataPlane.apply({ ...config, virtuals: [] });
    await standby.apply(config);

    expect((await ask(port)).body).toBe('web');
    expect(standby.virtualState('/T/vs')?.bindError).toBeNull();
  });
});
