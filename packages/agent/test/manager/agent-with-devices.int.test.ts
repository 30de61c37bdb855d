// The whole agent on emulated devices: messages in, configuration on the devices, reports out.
import { BigIpClient } from '@f5-lbaas/bigip-client';
import { startEmulator, type RunningDevice, type RunningEmulator } from '@f5-lbaas/bigip-emulator';
import type { ProvisioningStatus } from '@f5-lbaas/model';
import { createMetricsRegistry, silentLogger, systemClock, systemRandom } from '@f5-lbaas/platform';
import {
  agentTopic,
  createMemoryBroker,
  createMemoryTransport,
  type RpcTransport,
} from '@f5-lbaas/rpc';
import { aService, waitFor } from '@f5-lbaas/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIControlDriver } from '../../src/driver/icontrol-driver.ts';
import { startAgent, type RunningAgent } from '../../src/start-agent.ts';
import { FakeServer } from './fake-server.ts';

const ENVIRONMENT = 'Project';
const PARTITION = 'Project_tenant-1';
const parts = { clock: systemClock, random: systemRandom, logger: silentLogger };

describe('agent with devices', () => {
  let emulator: RunningEmulator;
  let transport: RpcTransport;
  let server: FakeServer;
  let agent: RunningAgent;
  let readers: BigIpClient[];
  const registry = createMetricsRegistry();

  const service = (revision: number, status: ProvisioningStatus = 'PENDING_UPDATE') =>
    aService({
      revision,
      loadbalancer: { provisioning_status: status },
      listeners: [{ default_pool_id: 'lb-1-pool-1' }],
      pools: [{}],
      members: [{}, {}],
      healthmonitors: [{}],
    });
  const send = async (revision: number, status?: ProvisioningStatus): Promise<void> => {
    const definition = service(revision, status);
    server.services.set('lb-1', definition);
    const topic = agentTopic(ENVIRONMENT, agent.agentHost);
    await transport.cast(topic, 'update_loadbalancer', { service: definition });
    await waitFor(() => server.reports('lb-1').some((report) => report.revision === revision), {
      what: `the report of revision ${revision}`,
    });
  };
  /** Objects of a kind in the tenant's partition, per device; the partition need not be there. */
  const countOf = (collection: string): Promise<number[]> =>
    Promise.all(
      readers.map(async (reader) => {
        const objects = await reader.list(collection, {});
        return objects.filter((object) => object['partition'] === PARTITION).length;
      }),
    );
  const deviceOptions = (device: RunningDevice) => ({
    host: '127.0.0.1',
    port: Number(new URL(device.url).port),
    username: device.username,
    password: device.password,
    tls: { ca: emulator.caPem },
  });

  beforeEach(async () => {
    emulator = await startEmulator({
      reach: 'loopback',
      devices: ['a', 'b'].map((name) => ({
        name: `bigip-${name}.test`,
        listen: { host: '127.0.0.1', port: 0 },
      })),
      deviceGroup: { name: 'dsg' },
    });
    readers = emulator.devices.map(
      (device) => new BigIpClient({ ...deviceOptions(device), ...parts }),
    );
    transport = createMemoryTransport({ broker: createMemoryBroker(), ...parts });
    server = new FakeServer(transport, ENVIRONMENT);
    await server.start();
    registry.clear();
    agent = await startAgent({
      options: {
        host: 'net-1',
        environmentPrefix: ENVIRONMENT,
        deviceHosts: emulator.devices.map((device) => device.name),
        manager: { resyncIntervalMs: 300, orphanConfirmMs: 300, healthIntervalMs: 0 },
      },
      transport,
      createDriver: (context) =>
        createIControlDriver({
          ...context,
          devices: emulator.devices.map(deviceOptions),
          haType: 'pair',
          syncMode: 'replication',
          deviceProbeIntervalMs: 200,
          timeouts: { reconnectMs: 100, requestMs: 5_000, connectMs: 1_000 },
        }),
      registry,
      ...parts,
    });
    await waitFor(() => agent.isOperational(), { what: 'a device to be ready' });
  });
  afterEach(async () => {
    await agent.stop();
    await transport.close();
    await Promise.all(readers.map((reader) => reader.close()));
    await emulator.stop();
  });

  it('configures every device, reports it, and removes everything again', async () => {
    await send(1);
    expect(await countOf('/ltm/virtual')).toEqual([1, 1]);
    expect(await countOf('/ltm/monitor/http')).toEqual([1, 1]);
    const metrics = await registry.metrics();
    expect(metrics).toMatch(/lbaas_agent_operational 1/);
    expect(metrics).toMatch(/lbaas_agent_services 1/);

    await send(2, 'PENDING_DELETE');
    server.services.delete('lb-1');

    expect(server.reports('lb-1').at(-1)).toMatchObject({
      objects: { loadbalancers: { 'lb-1': { provisioning_status: 'DELETED' } } },
    });
    for (const collection of ['/ltm/virtual', '/ltm/virtual-address', '/ltm/pool', '/ltm/node']) {
      expect(await countOf(collection)).toEqual([0, 0]);
    }
  });

  it('puts back what a device has lost, without being asked', async () => {
    await send(1);

    const [device] = emulator.devices;
    await fetch(`${device?.controlUrl ?? ''}/wipe`, { method: 'POST' });
    expect((await countOf('/ltm/virtual'))[0]).toBe(0);

    await waitFor(async () => (await countOf('/ltm/virtual'))[0] === 1, { what: 'the listener' });
  });

  it('takes away what the server says does not exist, once that is certain', async () => {
    await send(1);

    server.services.clear();

    await waitFor(
      async () => {
        const folders = await readers[0]?.list('/sys/folder', {});
        return folders?.every((folder) => folder['name'] !== PARTITION);
      },
      { what: 'the partition to go' },
    );
  });
});
