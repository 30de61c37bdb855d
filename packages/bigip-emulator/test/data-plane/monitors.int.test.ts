// Every monitor type against real servers.
import * as dgram from 'node:dgram';
import type * as net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { DataPlane, MonitorConfig } from '../../src/data-plane/contract.ts';
import {
  aMember,
  aMonitor,
  aPool,
  Cleanup,
  freePort,
  httpBackend,
  newDataPlane,
  tcpBackend,
  until,
} from './fixtures.ts';

describe('a monitor', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  async function statusOf(
    target: { host: string; port: number },
    monitors: MonitorConfig[],
    wanted: string,
    minMonitors: number | 'all' = 'all',
  ): Promise<{ status: string; dataPlane: DataPlane }> {
    const dataPlane = newDataPlane();
    cleanup.add(() => dataPlane.stop());
    await dataPlane.apply({
      virtuals: [],
      pools: [aPool([aMember(target)], { monitors, minMonitors })],
    });
    const read = () =>
      dataPlane.memberState('/T/pool', `${target.host}:${target.port}`)?.monitorStatus ?? '';
    await until(`the member is ${wanted}`, () => read() === wanted).catch(() => undefined);
    return { status: read(), dataPlane };
  }

  async function echo(onConnection?: (socket: net.Socket) => void) {
    const backend = await tcpBackend('echo', onConnection ?? ((socket) => socket.pipe(socket)));
    cleanup.add(() => backend.stop());
    return backend;
  }

  async function web(status = 200) {
    const backend = await httpBackend('web', (request, response) => {
      const isAllowed = request.headers.authorization !== undefined || request.url !== '/private';
      response.statusCode = isAllowed ? status : 401;
      response.end('service: fine');
    });
    cleanup.add(() => backend.stop());
    return backend;
  }

  const fast = { intervalSeconds: 1, timeoutSeconds: 1 };

  it('http: any answer is good without a receive string', async () => {
    expect((await statusOf(await web(500), [aMonitor()], 'up')).status).toBe('up');
  });

  it('http: searches status line and body with a regular expression', async () => {
    const recv = 'HTTP/1.(0|1) (200|202)|nothing [[:alpha:]]+';
    expect((await statusOf(await web(), [aMonitor({ recv })], 'up')).status).toBe('up');
  });

  it('http: a wrong status makes the member down after the timeout', async () => {
    const monitor = aMonitor({ ...fast, recv: 'HTTP/1.(0|1) 200' });
    expect((await statusOf(await web(503), [monitor], 'down')).status).toBe('down');
  });

  it('http: the receive-disable string drains the member', async () => {
    const monitor = aMonitor({ recv: ' 200 ', recvDisable: ' 503 ' });
    const { status } = await statusOf(await web(503), [monitor], 'disabled-by-recv');
    expect(status).toBe('disabled-by-recv');
  });

  it('http: reverse takes the member down as soon as the string is seen', async () => {
    const monitor = aMonitor({ recv: 'fine', reverse: true, timeoutSeconds: 60 });
    expect((await statusOf(await web(), [monitor], 'down')).status).toBe('down');
  });

  it('http: logs in with user name and password', async () => {
    const monitor = aMonitor({
      send: 'GET /private HTTP/1.1\\r\\nHost: x\\r\\n',
      recv: ' 200 ',
      username: 'user',
      password: 'secret',
    });
    expect((await statusOf(await web(), [monitor], 'up')).status).toBe('up');
  });

  it('tcp: a connection is enough', async () => {
    const monitor = aMonitor({ type: 'tcp', send: '', recv: '' });
    expect((await statusOf(await echo(), [monitor], 'up')).status).toBe('up');
  });

  it('tcp: sends and searches the reply, escapes expanded', async () => {
    const monitor = aMonitor({ type: 'tcp', send: 'pi\\x6eg\\r\\n', recv: '^ping' });
    expect((await statusOf(await echo(), [monitor], 'up')).status).toBe('up');
  });

  it('tcp-half-open: a listening port is enough, a closed one is down', async () => {
    const monitor = aMonitor({ ...fast, type: 'tcp-half-open' });
    const closed = { host: '127.0.0.1', port: await freePort() };
    expect((await statusOf(await echo(), [monitor], 'up')).status).toBe('up');
    expect((await statusOf(closed, [monitor], 'down')).status).toBe('down');
  });

  it('gateway-icmp: a host is up whether or not the port is open', async () => {
    const monitor = aMonitor({ type: 'gateway-icmp' });
    const closed = { host: '127.0.0.1', port: await freePort() };
    expect((await statusOf(closed, [monitor], 'up')).status).toBe('up');
  });

  it('udp: silence is good, a refused port is not', async () => {
    const socket = dgram.createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    cleanup.add(() => new Promise<void>((resolve) => socket.close(() => resolve())));
    const monitor = aMonitor({ ...fast, type: 'udp', send: 'hello' });
    const open = { host: '127.0.0.1', port: socket.address().port };
    const closed = { host: '127.0.0.1', port: await freePort() };

    expect((await statusOf(open, [monitor], 'up')).status).toBe('up');
    expect((await statusOf(closed, [monitor], 'down')).status).toBe('down');
  });

  it('needs only the quorum of several monitors', async () => {
    const good = aMonitor({ type: 'tcp', path: '/T/good', send: '', recv: '' });
    const bad = aMonitor({ ...fast, path: '/T/bad', recv: 'not there' });
    const backend = await web();

    expect((await statusOf(backend, [good, bad], 'up', 1)).status).toBe('up');
    expect((await statusOf(backend, [good, bad], 'down')).status).toBe('down');
  });

  it('keeps a member down after a manual-resume monitor until it is enabled again', async () => {
    const backend = await web();
    const failing = aMonitor({ ...fast, recv: 'not there', manualResume: true });
    const { dataPlane } = await statusOf(backend, [failing], 'down');
    const apply = (adminState: 'enabled' | 'disabled') =>
      dataPlane.apply({
        virtuals: [],
        pools: [
          aPool([aMember(backend, { adminState })], {
            monitors: [{ ...failing, path: '/T/other', recv: '' }],
          }),
        ],
      });
    const read = () => dataPlane.memberState('/T/pool', `127.0.0.1:${backend.port}`);

    await apply('enabled');
    await until('the monitor is content', () => read()?.reason.includes('manual resume') === true);
    expect(read()?.monitorStatus).toBe('down');

    await apply('disabled');
    await apply('enabled');
    await until('the member is up', () => read()?.monitorStatus === 'up');
  });
});
