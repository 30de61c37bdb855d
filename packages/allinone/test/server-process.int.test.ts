// A server as its configuration file describes it: what it listens on.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startServerProcess } from '../src/processes/server-process.ts';
import { fetchText } from './support/lab-api.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'f5-lbaas-server-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ports.push((server.address() as AddressInfo).port);
  }
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}

function configuration(port: number, more: readonly string[] = []): string {
  const file = join(folder, 'server.conf');
  const lines = [
    '[DEFAULT]',
    'transport_url = rabbit://guest:guest@127.0.0.1:5672/',
    // An exchange of its own, which goes with its queues.
    `control_exchange = metrics-${port}`,
    `log_file = ${join(folder, 'server.log')}`,
    ...more,
    '[oslo_messaging_rabbit]',
    'amqp_auto_delete = true',
    '[api_settings]',
    `bind_port = ${port}`,
    '[database]',
    `connection = sqlite:///${join(folder, 'lbaas.sqlite')}`,
    // Nobody is asked for a token here.
    '[keystone_authtoken]',
    'auth_url = http://127.0.0.1:9',
    ...['username = lbaas', 'password = secret'],
    '[neutron]',
    'endpoint_override = http://127.0.0.1:9',
    '[f5_lbaas]',
    `environment_prefix = Metrics_${port}`,
  ];
  writeFileSync(file, lines.join('\n'));
  return file;
}

it('serves its metrics on a port of their own', async () => {
  const [port = 0, metricsPort = 0] = await freePorts(2);
  const server = await startServerProcess([configuration(port, [`metrics_port = ${metricsPort}`])]);
  try {
    await fetchText(`http://127.0.0.1:${port}/healthcheck`);

    const { status, body } = await fetchText(`http://127.0.0.1:${metricsPort}/metrics`);

    expect(status).toBe(200);
    expect(body).toContain('lbaas_server_pending_load_balancers 0');
    expect(body).toMatch(
      /request_duration_seconds_count\{.*route="\/healthcheck",status="200"\} 1/,
    );
    expect((await fetchText(`http://127.0.0.1:${port}/metrics`)).status).not.toBe(200);
  } finally {
    await server.stop();
  }
  await expect(fetchText(`http://127.0.0.1:${metricsPort}/metrics`)).rejects.toThrow();
});

it('does not start, and leaves nothing listening, when it cannot have its metrics port', async () => {
  const [port = 0] = await freePorts(1);
  const busy = createServer();
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
  const metricsPort = (busy.address() as AddressInfo).port;

  await expect(
    startServerProcess([configuration(port, [`metrics_port = ${metricsPort}`])]),
  ).rejects.toThrow(/EADDRINUSE/);

  await expect(fetchText(`http://127.0.0.1:${port}/healthcheck`)).rejects.toThrow();
  await new Promise((resolve) => busy.close(resolve));
});
