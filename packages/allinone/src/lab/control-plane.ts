// The product itself within the lab: database, in-process message bus, server and agent.
import {
  createBarbicanReader,
  createIControlDriver,
  type DeviceOptions,
  type RunningAgent,
  startAgent,
} from '@f5-lbaas/agent';
import type { Clock, Logger, Random, Shutdown } from '@f5-lbaas/platform';
import { createMemoryBroker, createMemoryTransport } from '@f5-lbaas/rpc';
import { startServer, type ServerOptions } from '@f5-lbaas/server';
import { openStorage, type Storage } from '@f5-lbaas/storage';
import {
  LAB_AGENT,
  LAB_DEVICE_PROBE_MS,
  LAB_DEVICE_RECONNECT_MS,
  LAB_DRIVER,
  LAB_ENVIRONMENT,
  LAB_MANAGER,
} from './lab-options.ts';
import { LAB_ADDRESS } from './port-map.ts';

export interface ControlPlaneOptions {
  /** SQLite file. */
  database: string;
  port: number;
  /** Of the network endpoint, which stands before Neutron. */
  networkPort: number;
  keystone: ServerOptions['keystone'];
  neutronUrl: string;
  keyManagerUrl: string;
  devices: readonly DeviceOptions[];
  clock: Clock;
  random: Random;
  logger: Logger;
  /** Takes what has to be stopped, in order. */
  shutdown: Shutdown;
}

const READY_TIMEOUT_MS = 30_000;
const READY_POLL_MS = 50;

/** Until the agent has a device and the server knows of the agent, no load balancer can be scheduled. */
async function untilReady(agent: RunningAgent, storage: Storage, clock: Clock): Promise<void> {
  const deadlineMs = clock.nowMs() + READY_TIMEOUT_MS;
  for (;;) {
    const agents = await storage.read.agents.list();
    const isKnown = agents.some(({ host }) => host === agent.agentHost);
    if (isKnown && agent.isOperational()) return;
    if (clock.nowMs() > deadlineMs) {
      throw new Error('The agent did not become ready: see lab.log in the data directory.');
    }
    await clock.sleep(READY_POLL_MS);
  }
}

/** Resolves once load balancers can be created. @returns where the two endpoints are */
export async function startControlPlane(
  options: ControlPlaneOptions,
): Promise<{ url: string; networkUrl: string }> {
  const { clock, random, logger, shutdown, devices } = options;
  const storage = await openStorage({ url: `sqlite://${options.database}`, clock, logger });
  shutdown.add('database', () => storage.close());
  await storage.migrate();

  const broker = createMemoryBroker();
  const newTransport = (name: string) => {
    const transport = createMemoryTransport({ broker, clock, random, logger });
    shutdown.add(`${name} transport`, () => transport.close());
    return transport;
  };
  const server = await startServer({
    storage,
    transport: newTransport('server'),
    ...{ clock, random, logger },
    listen: { host: LAB_ADDRESS, port: options.port },
    keystone: options.keystone,
    neutron: { endpoint: options.neutronUrl },
    barbican: { endpoint: options.keyManagerUrl },
    networkEndpoint: {
      listen: { host: LAB_ADDRESS, port: options.networkPort },
      proxyUrl: options.neutronUrl,
    },
    driver: LAB_DRIVER,
  });
  shutdown.add('server', () => server.stop());

  const secrets = createBarbicanReader({ account: options.keystone, clock });
  shutdown.add('Barbican connections', () => secrets.close());
  const agent = await startAgent({
    options: {
      host: 'lab',
      agentId: LAB_AGENT,
      environmentPrefix: LAB_ENVIRONMENT,
      deviceHosts: devices.map(({ host }) => host),
      manager: LAB_MANAGER,
    },
    transport: newTransport('agent'),
    createDriver: (context) =>
      createIControlDriver({
        ...context,
        devices,
        secrets: secrets.reader,
        haType: 'pair',
        syncMode: 'replication',
        deviceProbeIntervalMs: LAB_DEVICE_PROBE_MS,
        timeouts: { reconnectMs: LAB_DEVICE_RECONNECT_MS },
      }),
    ...{ clock, random, logger: logger.child({ part: 'agent' }) },
  });
  shutdown.add('agent', () => agent.stop());
  await untilReady(agent, storage, clock);
  const networkUrl = `http://${LAB_ADDRESS}:${options.networkPort}`;
  return { url: server.url, networkUrl };
}
