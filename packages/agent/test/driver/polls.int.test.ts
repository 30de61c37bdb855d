// Health and counters as tenants see them, from real traffic through emulated devices.
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { statisticsOf } from '@f5-lbaas/bigip-client';
import { aService, waitFor } from '@f5-lbaas/testkit';
import type { ServiceDefinition } from '@f5-lbaas/model';
import { afterEach, describe, expect, it } from 'vitest';
import { named, startLab, type Lab } from './lab.ts';

let lab: Lab;
const servers: Server[] = [];
afterEach(async () => {
  await lab.stop();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const signal = (): AbortSignal => AbortSignal.timeout(20_000);

async function backend(): Promise<{ port: number; server: Server }> {
  const server = createServer((_req, res) => res.end('hello'));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

async function freePort(address: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function serviceWith(ports: number[], monitored = true): Promise<ServiceDefinition> {
  return aService({
    tenantId: 'tenant-1',
    listeners: [{ protocol_port: await freePort('127.10.0.10'), default_pool_id: 'lb-1-pool-1' }],
    pools: [{}],
    members: ports.map((protocol_port) => ({ address: '127.0.0.1', protocol_port })),
    healthmonitors: monitored ? [{ type: 'TCP', delay: 1, timeout: 1, max_retries_down: 1 }] : [],
  });
}

function fetchOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ host: '127.10.0.10', port, agent: false }, (res) => {
      res.resume().on('end', () => resolve(res.statusCode ?? 0));
    }).on('error', reject);
  });
}

describe('health', () => {
  it('follows the backends, up the tree', async () => {
    lab = await startLab();
    const [good, bad] = [await backend(), await backend()];
    const service = await serviceWith([good.port, bad.port]);
    await lab.apply(service);
    const poll = () => lab.driver.pollHealth([service], signal());
    await waitFor(async () => (await poll()).pools?.['lb-1-pool-1'] === 'ONLINE');

    bad.server.closeAllConnections();
    bad.server.close();

    const degraded = await waitFor(async () => {
      const health = await poll();
      return health.members?.['lb-1-member-2'] === 'ERROR' ? health : undefined;
    });
    expect(degraded).toEqual({
      loadbalancers: { 'lb-1': 'DEGRADED' },
      listeners: { 'lb-1-listener-1': 'DEGRADED' },
      pools: { 'lb-1-pool-1': 'DEGRADED' },
      members: { 'lb-1-member-1': 'ONLINE', 'lb-1-member-2': 'ERROR' },
    });
  });

  it('costs as many calls for many load balancers as for one, and none for none', async () => {
    lab = await startLab();
    const service = await serviceWith([1, 2, 3]);
    await lab.apply(service);
    await lab.devices[0]!.forgetCalls();

    await lab.driver.pollHealth([service], signal());
    const forOne = (await lab.devices[0]!.calls()).length;
    await lab.driver.pollHealth(
      Array.from({ length: 30 }, () => service),
      signal(),
    );
    await lab.driver.pollHealth([], signal());

    expect(forOne).toBe(1);
    expect(await lab.devices[0]!.calls()).toHaveLength(2);
  });

  it('is read from the device that carries the traffic', async () => {
    lab = await startLab({ devices: 2 });
    const { port } = await backend();
    const service = await serviceWith([port]);
    await lab.apply(service);

    await waitFor(async () => {
      const health = await lab.driver.pollHealth([service], signal());
      return health.members?.['lb-1-member-1'] === 'ONLINE';
    });

    const calls = await Promise.all(lab.devices.map((device) => device.calls()));
    const readers = calls.filter((list) => list.some((call) => named(call) === 'GET /ltm/pool'));
    expect(readers).toHaveLength(1);
  });
});

describe('statistics', () => {
  it('count what went through the listener, in one call per device', async () => {
    lab = await startLab();
    const { port } = await backend();
    const service = await serviceWith([port], false);
    await lab.apply(service);
    const vipPort = service.listeners[0]!.protocol_port;
    await waitFor(() => fetchOnce(vipPort), { what: 'the listener to listen' });
    for (let n = 0; n < 2; n += 1) expect(await fetchOnce(vipPort)).toBe(200);
    await lab.devices[0]!.forgetCalls();

    const statistics = await lab.driver.pollStatistics([service], signal());

    expect(statistics['lb-1-listener-1']).toMatchObject({ total_connections: 3 });
    expect(statistics['lb-1-listener-1']!.bytes_in).toBeGreaterThan(100);
    expect(statistics['lb-1-listener-1']!.bytes_out).toBeGreaterThan(3 * 'hello'.length);
    expect(await lab.devices[0]!.calls()).toHaveLength(1);
    expect(await lab.driver.pollStatistics([], signal())).toEqual({});
  });
});

describe.each(['11.6.1', '12.1.0', '16.1.0'])('statistics of a pair on TMOS %s', (version) => {
  it('are summed over both devices after a failover, in one call each', async () => {
    lab = await startLab({ devices: 2, version });
    const { port } = await backend();
    const service = await serviceWith([port], false);
    await lab.apply(service);
    const vipPort = service.listeners[0]!.protocol_port;
    const ask = async (times: number): Promise<void> => {
      for (let n = 0; n < times; n += 1) expect(await fetchOnce(vipPort)).toBe(200);
    };
    const perDevice = () =>
      Promise.all(
        lab.devices.map(async ({ reader }) => {
          const [fields] = statisticsOf(await reader.get('/ltm/virtual/stats'));
          return [
            Number(fields?.get('clientside.totConns')),
            Number(fields?.get('clientside.bitsIn')),
          ];
        }),
      );
    await waitFor(() => fetchOnce(vipPort), { what: 'the listener to listen' });
    await ask(2);
    await lab.devices[0]!.reader.run('/sys/failover', { command: 'run', standby: true });
    await waitFor(() => fetchOnce(vipPort), { what: 'the other device to take over' });
    await waitFor(async () => (await perDevice())[1]?.[0] === 1, { what: 'its first connection' });
    await ask(1);
    const counted = await perDevice();
    expect(counted.map(([connections]) => connections)).toEqual([3, 2]);
    await Promise.all(lab.devices.map((device) => device.forgetCalls()));

    const statistics = await lab.driver.pollStatistics([service], signal());

    const bits = counted.reduce((sum, [, bitsIn]) => sum + bitsIn!, 0);
    expect(statistics['lb-1-listener-1']).toMatchObject({
      total_connections: 5,
      bytes_in: bits / 8,
    });
    for (const device of lab.devices) expect(await device.calls()).toHaveLength(1);
  });
});

describe('what is compiled', () => {
  it('carries traffic with inserted headers, for the allowed networks only', async () => {
    lab = await startLab();
    const seen: (string | undefined)[] = [];
    const server = createServer((req, res) => {
      seen.push(req.headers['x-forwarded-for']?.toString());
      res.end();
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const service = await serviceWith([(server.address() as AddressInfo).port], false);
    const listener = service.listeners[0]!;
    listener.insert_headers = { 'X-Forwarded-For': 'true' };
    listener.allowed_cidrs = ['127.0.0.0/8'];
    await lab.apply(service);

    await waitFor(() => fetchOnce(listener.protocol_port), { what: 'the listener to listen' });
    expect(seen[0]).toMatch(/^127\./);

    listener.allowed_cidrs = ['192.0.2.0/24'];
    await lab.apply(service);
    await waitFor(
      () =>
        fetchOnce(listener.protocol_port).then(
          () => false,
          () => true,
        ),
      { what: 'clients of other networks to be refused' },
    );
  });
});
