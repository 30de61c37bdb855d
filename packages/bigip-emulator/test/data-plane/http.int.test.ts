// HTTP virtual servers over real sockets.
import * as http from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DataPlane } from '../../src/data-plane/contract.ts';
import {
  aMember,
  anHttpVirtual,
  aPool,
  ask,
  Cleanup,
  freePort,
  HTTP,
  httpBackend,
  newDataPlane,
  rawExchange,
  tally,
  until,
  type Backend,
} from './fixtures.ts';

describe('an HTTP virtual server', () => {
  const cleanup = new Cleanup();
  let dataPlane: DataPlane;
  let port: number;

  beforeEach(async () => {
    dataPlane = newDataPlane();
    cleanup.add(() => dataPlane.stop());
    port = await freePort();
  });
  afterEach(() => cleanup.run());

  async function backend(
    name: string,
    handler?: Parameters<typeof httpBackend>[1],
  ): Promise<Backend> {
    const started = await httpBackend(name, handler);
    cleanup.add(() => started.stop());
    return started;
  }

  it('spreads requests of one kept-alive connection over the members', async () => {
    const members = [await backend('a'), await backend('b')];
    await dataPlane.apply({
      virtuals: [anHttpVirtual(port)],
      pools: [aPool(members.map((each) => aMember(each)))],
    });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    cleanup.add(() => agent.destroy());

    const bodies: string[] = [];
    for (let i = 0; i < 10; i += 1) bodies.push((await ask(port, { agent })).body);

    expect(tally(bodies)).toEqual({ a: 5, b: 5 });
    expect(members.map((each) => each.connections)).toEqual([1, 1]);
    expect(dataPlane.virtualState('/T/vs')?.counters).toMatchObject({
      totConns: 1,
      totRequests: 10,
    });
  });

  it('answers pipelined requests in order', async () => {
    const slowFirst = await backend('x', (request, response) => {
      const delayMs = request.url === '/1' ? 50 : 0;
      setTimeout(() => response.end(`[${request.url ?? ''}]`), delayMs);
    });
    await dataPlane.apply({
      virtuals: [anHttpVirtual(port)],
      pools: [aPool([aMember(slowFirst)])],
    });

    const reply = await rawExchange(
      port,
      'GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n' +
        'GET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n',
    );

    expect(reply.match(/\[\/\d\]/g)).toEqual(['[/1]', '[/2]', '[/3]']);
  });

  it('resets the connection when no member is available', async () => {
    const gone = await backend('gone');
    await gone.stop();
    await dataPlane.apply({ virtuals: [anHttpVirtual(port)], pools: [aPool([aMember(gone)])] });

    await expect(ask(port)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('redirects to the fallback host of its profile when no member is available', async () => {
    const http = { ...HTTP, fallbackHost: 'sorry.example.com', serverAgentName: null };
    await dataPlane.apply({ virtuals: [anHttpVirtual(port, { http })], pools: [aPool([])] });

    const { status, headers } = await ask(port);

    expect([status, headers.location]).toEqual([302, 'http://sorry.example.com/']);
    expect(headers).not.toHaveProperty('server');
  });

  it('hides a crashed member from clients before any monitor notices', async () => {
    const [alive, crashing] = [await backend('alive'), await backend('crashing')];
    await dataPlane.apply({
      virtuals: [anHttpVirtual(port)],
      pools: [aPool([aMember(alive), aMember(crashing)])],
    });
    for (let i = 0; i < 4; i += 1) await ask(port);
    await crashing.stop();

    const bodies: string[] = [];
    for (let i = 0; i < 10; i += 1) bodies.push((await ask(port)).body);

    expect(tally(bodies)).toEqual({ alive: 10 });
  });

  it('streams a large chunked upload and its trailers', async () => {
    const counting = await backend('x', (request, response) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => (bytes += chunk.length));
      request.on('end', () => {
        response.writeHead(200, { Trailer: 'X-Sum' });
        response.write('ok');
        response.addTrailers({ 'X-Sum': String(bytes) });
        response.end();
      });
    });
    await dataPlane.apply({ virtuals: [anHttpVirtual(port)], pools: [aPool([aMember(counting)])] });

    const trailers = await new Promise<NodeJS.Dict<string>>((resolve, reject) => {
      const request = http.request({ port, host: '127.0.0.1', method: 'POST' }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.trailers));
      });
      request.on('error', reject);
      for (let i = 0; i < 64; i += 1) request.write(Buffer.alloc(65_536, i));
      request.end();
    });

    expect(trailers['x-sum']).toBe(String(64 * 65_536));
  });

  it('counts members and bytes', async () => {
    const one = await backend('one');
    await dataPlane.apply({ virtuals: [anHttpVirtual(port)], pools: [aPool([aMember(one)])] });

    await ask(port);
    await ask(port);

    const counters = dataPlane.memberCounters('/T/pool', `127.0.0.1:${one.port}`);
    expect(counters).toMatchObject({ totRequests: 2, totConns: 1, curConns: 1 });
    expect(counters?.bitsIn).toBeGreaterThan(0);
    await until('the client connections are closed', () => {
      return dataPlane.virtualState('/T/vs')?.counters.curConns === 0;
    });
  });
});
