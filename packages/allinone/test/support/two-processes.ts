// A server and an agent as processes of their own, as operators run them: configuration files, RabbitMQ between
// them. Keystone, Neutron and the devices run in the test. The bus goes through a proxy that tests can cut.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createShutdown, type Shutdown, systemRandom } from '@f5-lbaas/platform';
import { startTcpProxy, type TcpProxy } from '@f5-lbaas/testkit';
import { startDevices } from '../../src/lab/devices.ts';
import { type LabDescription } from '../../src/lab/lab-description.ts';
import type { L2Agent } from '../../src/neutron/side-routes.ts';
import { DeviceDoor } from './device-door.ts';
import {
  agentConfiguration,
  messagingConfiguration,
  serverConfiguration,
} from './configurations.ts';
import { type CloudName, fetchText, LabApi } from './lab-api.ts';
import {
  COMMAND,
  type Finished,
  type RunningCommand,
  runNode,
  signalGroup,
} from './lab-process.ts';
import { parts, startSurroundings } from './surroundings.ts';
import { waitUntil } from './wait-until.ts';

const BROKER_PORT = 5672;

export type ProcessName = 'server' | 'agent';

export class TwoProcesses {
  readonly broker: TcpProxy;
  /** Environment of server and agent: topics and object names carry it, so that runs do not meet. */
  readonly environment: string;
  readonly #dataDir: string;
  readonly #shutdown: Shutdown;
  readonly #description: LabDescription;
  readonly #running = new Map<ProcessName, RunningCommand>();

  private constructor(
    broker: TcpProxy,
    environment: string,
    dataDir: string,
    description: LabDescription,
    shutdown: Shutdown,
  ) {
    this.broker = broker;
    this.environment = environment;
    this.#dataDir = dataDir;
    this.#description = description;
    this.#shutdown = shutdown;
  }

  /**
   * Everything but the two.
   * @param networkLines of the agent's configuration; global routed mode otherwise
   */
  static async create(
    networkLines?: readonly string[],
    l2Agents: readonly L2Agent[] = [],
  ): Promise<TwoProcesses> {
    const dataDir = mkdtempSync(join(tmpdir(), 'f5-lbaas-two-'));
    const shutdown = createShutdown(parts);
    const broker = await startTcpProxy(BROKER_PORT);
    shutdown.add('proxy', () => broker.close());
    const environment = `Project_${systemRandom.uuid().slice(0, 8)}`;
    const agent = { networkLines, l2Agents };
    const description = await surroundings(dataDir, environment, broker.port, shutdown, agent);
    return new TwoProcesses(broker, environment, dataDir, description, shutdown);
  }

  start(name: ProcessName): void {
    const file = join(this.#dataDir, `${name}.conf`);
    this.#running.set(name, runNode([...COMMAND, name, '--config-file', file]));
  }

  /** Runs a command that looks at the devices with the agent's configuration, to its end. */
  inspect(...args: string[]): Promise<Finished> {
    const file = join(this.#dataDir, 'agent.conf');
    return runNode([...COMMAND, ...args, '--config-file', file]).finished;
  }

  /** Until the API answers. */
  async ready(): Promise<void> {
    await waitUntil(
      'the server answers',
      async () => (await fetchText(this.#description.load_balancer_url)).status === 200,
      { timeoutMs: 60_000 },
    );
  }

  /** What it has logged since its start. */
  log(name: ProcessName): string {
    const { stdout = '', stderr = '' } = this.#running.get(name)?.output() ?? {};
    return `${stdout}${stderr}`;
  }

  async end(name: ProcessName, signal: 'SIGKILL' | 'SIGTERM'): Promise<Finished | undefined> {
    const command = this.#running.get(name);
    if (command === undefined) return undefined;
    signalGroup(command.child, signal);
    return command.finished;
  }

  api(cloud?: CloudName): LabApi {
    return new LabApi(this.#dataDir, cloud);
  }

  devices(): DeviceDoor[] {
    return this.#description.devices.map((_, index) => new DeviceDoor(this.#description, index));
  }

  async remove(): Promise<void> {
    await Promise.all([this.end('agent', 'SIGKILL'), this.end('server', 'SIGKILL')]);
    await this.#shutdown.stop('test is over');
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

/** Keystone, Neutron, devices, and the files that describe them. */
async function surroundings(
  dataDir: string,
  environment: string,
  brokerPort: number,
  shutdown: Shutdown,
  {
    networkLines,
    l2Agents,
  }: { networkLines: readonly string[] | undefined; l2Agents: readonly L2Agent[] },
): Promise<LabDescription> {
  const { description, paths, servicePassword } = await startSurroundings(
    dataDir,
    shutdown,
    async (place) => (await startDevices({ ...place, ...parts, shutdown })).devices,
    l2Agents,
  );
  const server = serverConfiguration(description, paths.database, servicePassword);
  const own = ['[f5_lbaas]', `environment_prefix = ${environment}`];
  const agent = agentConfiguration(description.devices, environment, paths.deviceCa, networkLines);
  const messaging = messagingConfiguration(brokerPort, environment);
  writeFileSync(join(dataDir, 'server.conf'), [...messaging, ...server, ...own].join('\n'));
  writeFileSync(join(dataDir, 'agent.conf'), [...messaging, ...agent].join('\n'));
  return description;
}
