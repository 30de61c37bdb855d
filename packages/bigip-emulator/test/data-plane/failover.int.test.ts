// What a device group does to traffic: floating addresses move with all their sockets, each device counts what it served.
import * as dgram from 'node:dgram';
import * as net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type RunningEmulator } from '../../src/index.ts';
import { DeviceClient } from '../device-client.ts';
import { ask, Cleanup, freePort, httpBackend, until, type Backend } from './fixtures.ts';

const IP = '127.78.1.1';

describe('a device group', () => {
  const cleanup = new Cleanup();
  let devices: [DeviceClient, DeviceClient];
  let web: Backend;
  let port: number;
  let udpPort: number;

  beforeEach(async () => {
    const emulator: RunningEmulator = await startEmulator({
      devices: ['a', 'b'].map((name) => ({
        name: `bigip-${name}.lab`,
        listen: { host: '127.0.0.1', port: 0 },
      })),
      deviceGroup: { name: 'dg1', autoSync: true, autoSyncDelayMs: 20 },
    });
    cleanup.add(() => emulator.stop());
    devices = [new DeviceClient(emulator, 0), new DeviceClient(emulator, 1)];
    for (const device of devices) cleanup.add(() => device.close());
    web = await httpBackend('web');
    cleanup.add(() => web.stop());
    [port, udpPort] = [await freePort(IP), await freePort(IP)];
    await configure();
  });
  afterEach(() => cleanup.run());

  async function configure(): Promise<void> {
    const echo = dgram.createSocket('udp4');
    echo.on('message', (message, from) => echo.send(message, from.port, from.address));
    await new Promise<void>((resolve) => echo.bind(0, '127.0.0.1', resolve));
    cleanup.add(() => echo.close());
    const [a] = devices;
    const bodies: [string, object][] = [
      ['ltm/pool', { name: 'web', members: [`127.0.0.1:${web.port}`] }],
      ['ltm/pool', { name: 'echo', members: [`127.0.0.1:${echo.address().port}`] }],
      [
        'ltm/virtual',
        {
          name: 'http',
          destination: `${IP}:${port}`,
          ipProtocol: 'tcp',
          pool: '/Common/web',
          profiles: ['/Common/tcp', '/Common/http'],
        },
      ],
      [
        'ltm/virtual',
        {
          name: 'udp',
          destination: `${IP}:${udpPort}`,
          ipProtocol: 'udp',
          pool: '/Common/echo',
          profiles: ['/Common/udp'],
        },
      ],
    ];
    for (const [path, body] of bodies) expect((await a.post(path, body)).status).toBe(200);
  }

  const answers = async (): Promise<boolean> =>
    (await ask(port, { host: IP }).catch(() => null))?.body === 'web';

  async function totalConnections(device: DeviceClient, name = 'http'): Promise<number> {
    const { body } = await device.get(`ltm/virtual/${name}/stats`);
    const [entry] = Object.values(body.entries);
    return entry?.nestedStats.entries['clientside.totConns']?.value ?? -1;
  }

  function echoes(text: string): Promise<boolean> {
    const socket = dgram.createSocket('udp4');
    return new Promise((resolve) => {
      const finish = (isEchoed: boolean): void => {
        clearTimeout(timer);
        socket.close();
        resolve(isEchoed);
      };
      const timer = setTimeout(() => finish(false), 200);
      socket.on('error', () => finish(false));
      socket.on('message', (message) => finish(message.toString() === text));
      socket.send(text, udpPort, IP);
    });
  }

  async function synced(): Promise<void> {
    const [, b] = devices;
    await until('both devices have everything', async () => {
      return (await b.get('ltm/virtual/udp')).status === 200;
    });
  }

  it('moves TCP and UDP sockets to the other device, resets what was open, and counts per device', async () => {
    const [a, b] = devices;
    await until('the first device serves', answers);
    await until('its datagrams too', () => echoes('one'));
    await synced();
    const open = net.connect(port, IP);
    let isReset = false;
    open.on('error', () => (isReset = true));
    open.write('GET / HTTP/1.1\r\n');
    await until('a client is connected', () => !open.connecting);
    const served = await totalConnections(a);
    expect(served).toBeGreaterThan(0);
    expect(await totalConnections(b)).toBe(0);

    await a.post('sys/failover', { command: 'run', utilCmdArgs: 'standby' });
    await until('the second device serves', answers);
    await until('the open connection is reset', () => isReset);
    await until('its datagrams too', () => echoes('two'));

    expect(await totalConnections(b)).toBeGreaterThan(0);
    expect(await totalConnections(b, 'udp')).toBeGreaterThan(0);
    expect(await totalConnections(a)).toBeGreaterThanOrEqual(served);
  });

  it('serves on when the active device dies, and again when the other one does', async () => {
    const [a, b] = devices;
    await until('the first device serves', answers);
    await synced();

    await a.control('POST', '/faults', { kind: 'device-down' });
    await until('the second device serves', answers);
    await a.control('DELETE', '/faults');

    expect(await totalConnections(b)).toBeGreaterThan(0);
    await b.control('POST', '/faults', { kind: 'device-down' });
    await until('the first device serves again', answers);
  });
});
