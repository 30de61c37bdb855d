// Server and agent in the test's own process with an in-process bus, the agent putting networks on devices; the lab's
// stand-ins and devices around them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AgentOptions,
  createIControlDriver,
  type DeviceOptions,
  startAgent,
} from '@f5-lbaas/agent';
import { createShutdown } from '@f5-lbaas/platform';
import { createMemoryBroker, createMemoryTransport } from '@f5-lbaas/rpc';
import { startServer } from '@f5-lbaas/server';
import { openStorage } from '@f5-lbaas/storage';
import { SERVICE_USER } from '../../src/keystone/directory.ts';
import { startDevices } from '../../src/lab/devices.ts';
import { LAB_DRIVER, LAB_MANAGER } from '../../src/lab/lab-options.ts';
import { LAB_ADDRESS } from '../../src/lab/port-map.ts';
import { DeviceDoor } from './device-door.ts';
import { LabApi } from './lab-api.ts';
import { L2_AGENTS, type NetworkSystem } from './network-scenarios.ts';
import { parts, startSurroundings } from './surroundings.ts';

export interface NetworkStack extends NetworkSystem {
  /** Of the agent: changes that wait or are carried out. */
  queueDepth(): number;
  stop(): Promise<void>;
}

export async function startNetworkStack(
  networks: NonNullable<AgentOptions['networks']>,
): Promise<NetworkStack> {
  const dataDir = mkdtempSync(join(tmpdir(), 'f5-lbaas-networks-'));
  const shutdown = createShutdown(parts);
  let connections: readonly DeviceOptions[] = [];
  const { description, paths, servicePassword } = await startSurroundings(
    dataDir,
    shutdown,
    async (place) => {
      const started = await startDevices({ ...place, ...parts, shutdown });
      connections = started.connections;
      return started.devices;
    },
    L2_AGENTS,
  );
  const storage = await openStorage({ url: `sqlite://${paths.database}`, ...parts });
  shutdown.add('database', () => storage.close());
  await storage.migrate();
  const broker = createMemoryBroker();
  const transport = () => {
    const made = createMemoryTransport({ broker, ...parts });
    shutdown.add('transport', () => made.close());
    return made;
  };
  const server = await startServer({
    ...{ storage, transport: transport(), ...parts },
    listen: { host: LAB_ADDRESS, port: Number(new URL(description.load_balancer_url).port) },
    keystone: {
      authUrl: description.auth_url,
      username: SERVICE_USER.name,
      password: servicePassword,
      projectName: SERVICE_USER.project,
      userDomainName: 'Default',
      projectDomainName: 'Default',
    },
    neutron: { endpoint: description.network_url },
    driver: { ...LAB_DRIVER, resendInitialMs: 1_000, resendMaxMs: 2_000 },
  });
  shutdown.add('server', () => server.stop());
  const agent = await startAgent({
    options: {
      host: 'net-1',
      environmentPrefix: 'Project',
      deviceHosts: connections.map(({ host }) => host),
      networks,
      manager: LAB_MANAGER,
    },
    transport: transport(),
    createDriver: (context) =>
      createIControlDriver({
        ...context,
        devices: connections,
        haType: 'pair',
        syncMode: 'replication',
        networks: { settings: networks, ports: context.ports, peers: context.peers },
      }),
    ...parts,
  });
  shutdown.add('agent', () => agent.stop());
  return {
    prefix: 'Project_',
    queueDepth: () => agent.state().queueDepth,
    api: (cloud) => new LabApi(dataDir, cloud),
    devices: () => description.devices.map((_, index) => new DeviceDoor(description, index)),
    stop: async () => {
      await shutdown.stop('test is over');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
