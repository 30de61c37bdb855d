// A virtual server that is deleted takes everything with it that it opened. Alone in its file, and so in its process:
// what other tests are still closing would be counted.
import * as dgram from 'node:dgram';
import * as net from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { silentLogger, systemClock, systemRandom, type Clock } from '@f5-lbaas/platform';
import { afterEach, describe, expect, it } from 'vitest';
import { createDataPlane } from '../../src/data-plane/index.ts';
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
  tcpBackend,
  until,
} from './fixtures.ts';

describe('the data plane', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  /** Timers that the data plane waits for. */
  const timers = new Set<object>();
  const clock: Clock = {
    ...systemClock,
    after: (delayMs, run) => {
      const key = {};
      timers.add(key);
      const timer = systemClock.after(delayMs, () => {
        timers.delete(key);
        run();
      });
      return {
        cancel: () => {
          timers.delete(key);
          timer.cancel();
        },
      };
    },
  };

  /** How many sockets this process keeps open, by kind. */
  function sockets(): Record<string, number> {
    const open = process.getActiveResourcesInfo();
    return Object.fromEntries(
      ['TCPServerWrap', 'TCPSocketWrap', 'UDPWrap'].map((kind) => [
        kind,
        open.filter((name) => name === kind).length,
      ]),
    );
  }

  it('leaves neither socket nor timer behind when virtual servers are deleted', async () => {
    const dataPlane = createDataPlane({ clock, random: systemRandom, logger: silentLogger });
    cleanup.add(() => dataPlane.stop());
    const member = await httpBackend('member');
    const silent = await tcpBackend('silent', (socket) => {
      socket.resume().on('end', () => socket.end());
    });
    for (const each of [member, silent]) cleanup.add(() => each.stop());
    const sink = dgram.createSocket('udp4');
    await new Promise<void>((resolve) => sink.bind(0, '127.0.0.1', resolve));
    cleanup.add(() => sink.close());
    const [http, tcp, udp] = [await freePort(), await freePort(), await freePort()];
    await until('only the members listen', () => sockets()['TCPServerWrap'] === 2);
    const before = sockets();
    await dataPlane.apply({
      virtuals: [
        anHttpVirtual(http),
        aVirtual(tcp, { path: '/T/tcp', pool: '/T/silent' }),
        aVirtual(udp, { path: '/T/udp', ipProtocol: 'udp', pool: '/T/sink' }),
        aVirtual(1, { path: '/T/unbound', address: '192.0.2.1' }),
      ],
      pools: [
        aPool([aMember(member)], { monitors: [aMonitor({ type: 'tcp' })] }),
        aPool([aMember(silent)], { path: '/T/silent' }),
        aPool([aMember({ host: '127.0.0.1', port: sink.address().port })], { path: '/T/sink' }),
      ],
    });
    await until('the monitor approved', () => {
      return dataPlane.memberState('/T/pool', `127.0.0.1:${member.port}`)?.monitorStatus === 'up';
    });
    await ask(http);
    const clients = [http, tcp].map((port) => net.connect(port, '127.0.0.1'));
    for (const client of clients) {
      client.on('error', () => undefined);
      client.write('GET / HTTP/1.1\r\nHost');
    }
    const datagrams = dgram.createSocket('udp4');
    datagrams.send('hello', udp, '127.0.0.1', () => datagrams.close());
    await until('every virtual server has a client', () =>
      ['/T/vs', '/T/tcp', '/T/udp'].every((path) => {
        return dataPlane.virtualState(path)?.counters.curConns === 1;
      }),
    );
    expect(timers.size).toBeGreaterThan(2);
    expect(sockets()['TCPSocketWrap']).toBeGreaterThan(4);

    await dataPlane.apply({ virtuals: [], pools: [] });

    await until('the clients are reset', () => clients.every(({ destroyed }) => destroyed));
    await until('every socket is closed', () => isDeepStrictEqual(sockets(), before));
    expect(timers.size).toBe(0);
  });
});
