// Server, agent and one device in the test's own process, with the agent's looks at orphans a moment apart. Tests see, and
// may break, what the server is asked about ids. Keystone and Neutron are the lab's, the database is SQLite.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIControlDriver, startAgent } from '@f5-lbaas/agent';
import { createShutdown, silentLogger, systemClock, systemRandom } from '@f5-lbaas/platform';
import {
  createMemoryBroker,
  createMemoryTransport,
  type RpcEndpoint,
  type RpcTransport,
} from '@f5-lbaas/rpc';
import { startServer } from '@f5-lbaas/server';
import { openStorage } from '@f5-lbaas/storage';
import { openDataDirectory } from '../../src/lab/data-directory.ts';
import { startDevices } from '../../src/lab/devices.ts';
import { loadDirectory } from '../../src/lab/identity-file.ts';
import { writeCloudsYaml, writeLabJson } from '../../src/lab/lab-description.ts';
import { LAB_DRIVER, LAB_ENVIRONMENT } from '../../src/lab/lab-options.ts';
import { LAB_ADDRESS, portMap, vipOctetOf } from '../../src/lab/port-map.ts';
import { startStandIns } from '../../src/lab/stand-ins.ts';
import { findNamed, SERVICE_USER } from '../../src/keystone/directory.ts';
import { DeviceDoor } from './device-door.ts';
import { freePortBase } from './free-ports.ts';
import { LabApi } from './lab-api.ts';
import { waitUntil } from './wait-until.ts';

const parts = { clock: systemClock, random: systemRandom, logger: silentLogger };

/** What the server answers about ids; a test may watch or change it. */
interface LookUps {
  /** Called with each answer before the agent gets it. */
  onAnswer: (states: Record<string, string>) => Promise<void>;
  /** Look-ups fail, as when the database is away. */
  areFailing: boolean;
  failed: number;
}

export interface OrphanStack {
  api: LabApi;
  device: DeviceDoor;
  lookUps: LookUps;
  projectOf(name: string): string;
  stop(): Promise<void>;
}

function watched(endpoint: RpcEndpoint, lookUps: LookUps): RpcEndpoint {
  const validating = Object.entries(endpoint).filter(([method]) => method.startsWith('validate_'));
  const wrapped = validating.map(([method, handler]): [string, RpcEndpoint[string]] => [
    method,
    async (args, context) => {
      if (lookUps.areFailing) {
        lookUps.failed += 1;
        throw new Error('The database is down.');
      }
      const states = await handler(args, context);
      await lookUps.onAnswer(states as Record<string, string>);
      return states;
    },
  ]);
  return { ...endpoint, ...Object.fromEntries(wrapped) };
}

export async function startOrphanStack(confirmMs: number): Promise<OrphanStack> {
  const dataDir = mkdtempSync(join(tmpdir(), 'f5-lbaas-orphans-'));
  const shutdown = createShutdown(parts);
  const opened = await openDataDirectory(dataDir);
  shutdown.add('data directory', () => opened.release());
  const { paths } = opened;
  const portBase = await freePortBase();
  const ports = portMap(portBase);
  const directory = loadDirectory(paths.identity);
  const standIns = await startStandIns({
    ...{ ...paths, ...parts, directory },
    identityPort: ports.identity,
    networkPort: ports.network,
    keyManagerPort: ports.keyManager,
    loadBalancerUrl: `http://${LAB_ADDRESS}:${ports.loadBalancer}`,
    vipOctet: vipOctetOf(portBase),
  });
  shutdown.add('stand-ins', () => standIns.stop());
  const password = directory.device_password;
  const { devices, connections } = await startDevices({
    ...{ paths, ports, password, shutdown },
    ...parts,
  });

  const storage = await openStorage({ url: 'sqlite://', ...parts });
  shutdown.add('database', () => storage.close());
  await storage.migrate();
  const broker = createMemoryBroker();
  const lookUps: LookUps = { onAnswer: () => Promise.resolve(), areFailing: false, failed: 0 };
  const plain = createMemoryTransport({ broker, ...parts });
  const transport: RpcTransport = {
    cast: (...args) => plain.cast(...args),
    fanout: (...args) => plain.fanout(...args),
    call: (...args) => plain.call(...args),
    serve: (topic, endpoint, options) => plain.serve(topic, watched(endpoint, lookUps), options),
    close: () => plain.close(),
  };
  shutdown.add('server transport', () => transport.close());
  const server = await startServer({
    ...{ storage, transport, ...parts },
    listen: { host: LAB_ADDRESS, port: ports.loadBalancer },
    keystone: {
      authUrl: standIns.identityUrl,
      username: SERVICE_USER.name,
      password: findNamed(directory.users, { name: SERVICE_USER.name })?.password ?? '',
      projectName: SERVICE_USER.project,
      userDomainName: 'Default',
      projectDomainName: 'Default',
    },
    neutron: { endpoint: standIns.networkUrl },
    driver: LAB_DRIVER,
  });
  shutdown.add('server', () => server.stop());
  const agentTransport = createMemoryTransport({ broker, ...parts });
  shutdown.add('agent transport', () => agentTransport.close());
  const agent = await startAgent({
    options: {
      host: 'test',
      environmentPrefix: LAB_ENVIRONMENT,
      deviceHosts: connections.map(({ host }) => host),
      manager: {
        ...{ reportIntervalMs: 1_000, resyncIntervalMs: 100, orphanConfirmMs: confirmMs },
        ...{ healthIntervalMs: 0, statisticsIntervalMs: 0 },
      },
    },
    transport: agentTransport,
    createDriver: (context) =>
      createIControlDriver({
        ...context,
        ...{ devices: connections, haType: 'pair', syncMode: 'replication' },
        timeouts: { reconnectMs: 100 },
      }),
    ...parts,
  });
  shutdown.add('agent', () => agent.stop());
  await waitUntil('the agent has a device and is known', async () => {
    return agent.isOperational() && (await storage.read.agents.list()).length > 0;
  });
  const description = {
    auth_url: standIns.identityUrl,
    load_balancer_url: server.url,
    network_url: standIns.networkUrl,
    key_manager_url: standIns.keyManagerUrl,
    subnets: standIns.subnets,
    cacert: paths.deviceCa,
    devices,
  };
  writeLabJson(paths.labJson, description);
  writeCloudsYaml(paths.cloudsYaml, standIns.identityUrl, directory);
  return {
    api: new LabApi(dataDir),
    device: new DeviceDoor(description, 0),
    lookUps,
    projectOf: (name) => findNamed(directory.projects, { name })?.id ?? '',
    stop: async () => {
      await shutdown.stop('test is over');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
