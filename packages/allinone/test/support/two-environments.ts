// A server with two providers, and for each an agent with a BIG-IP of its own: started from configuration files, over
// RabbitMQ, all in the test's process. Keystone, Neutron and the devices are the lab's.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAgent } from '@f5-lbaas/agent';
import { startEmulator } from '@f5-lbaas/bigip-emulator';
import { createShutdown, type Shutdown, systemRandom } from '@f5-lbaas/platform';
import { startServerProcess } from '../../src/index.ts';
import { type LabDescription, type LabDevice } from '../../src/lab/lab-description.ts';
import { LAB_ADDRESS } from '../../src/lab/port-map.ts';
import {
  agentConfiguration,
  messagingConfiguration,
  serverConfiguration,
} from './configurations.ts';
import { DeviceDoor } from './device-door.ts';
import { LabApi } from './lab-api.ts';
import { type DevicePlace, parts, startSurroundings } from './surroundings.ts';

const BROKER_PORT = 5672;

export type Provider = 'silver' | 'gold';
const PROVIDERS = ['silver', 'gold'] as const;

interface Stoppable {
  stop(): Promise<void>;
}

export class TwoEnvironments {
  /** Of each provider's agent and topics; no other run has them. */
  readonly environments: Record<Provider, string>;
  readonly #dataDir: string;
  readonly #shutdown: Shutdown;
  readonly #description: LabDescription;
  readonly #agents = new Map<Provider, Stoppable>();
  #server: Stoppable | undefined;

  private constructor(
    environments: Record<Provider, string>,
    dataDir: string,
    description: LabDescription,
    shutdown: Shutdown,
  ) {
    this.environments = environments;
    this.#dataDir = dataDir;
    this.#description = description;
    this.#shutdown = shutdown;
  }

  /** Everything but server and agents. */
  static async create(): Promise<TwoEnvironments> {
    const dataDir = mkdtempSync(join(tmpdir(), 'f5-lbaas-environments-'));
    const shutdown = createShutdown(parts);
    const run = systemRandom.uuid().slice(0, 8);
    // One begins with the other: neither may take the other's objects for its own.
    const environments = { silver: `Env_${run}`, gold: `Env_${run}_Gold` };
    const description = await surroundings(dataDir, environments, shutdown);
    return new TwoEnvironments(environments, dataDir, description, shutdown);
  }

  /** @param providers that it is configured for; the first is the default */
  async startServer(providers: readonly Provider[] = PROVIDERS): Promise<void> {
    const lines = providers.map(
      (name, index) =>
        `service_provider = ${name}:${this.environments[name]}:Made of ${name}` +
        (index === 0 ? ':default' : ''),
    );
    const file = join(this.#dataDir, 'providers.conf');
    writeFileSync(file, ['[service_providers]', ...lines].join('\n'));
    this.#server = await startServerProcess([join(this.#dataDir, 'server.conf'), file]);
  }

  async stopServer(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }

  async startAgent(provider: Provider): Promise<void> {
    const agent = await runAgent([{ file: join(this.#dataDir, `${provider}.conf`) }]);
    this.#agents.set(provider, agent);
  }

  async stopAgent(provider: Provider): Promise<void> {
    await this.#agents.get(provider)?.stop();
    this.#agents.delete(provider);
  }

  api(): LabApi {
    return new LabApi(this.#dataDir);
  }

  device(provider: Provider): DeviceDoor {
    return new DeviceDoor(this.#description, PROVIDERS.indexOf(provider));
  }

  async remove(): Promise<void> {
    await Promise.all(PROVIDERS.map((provider) => this.stopAgent(provider)));
    await this.stopServer();
    await this.#shutdown.stop('test is over');
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

/** Keystone, Neutron, two devices that know nothing of each other, and the files that describe them. */
async function surroundings(
  dataDir: string,
  environments: Record<Provider, string>,
  shutdown: Shutdown,
): Promise<LabDescription> {
  const { description, paths, servicePassword } = await startSurroundings(
    dataDir,
    shutdown,
    (place) => startDevices(place, shutdown),
  );
  const { devices } = description;
  const messaging = messagingConfiguration(BROKER_PORT, environments.silver);
  const log = (name: string) => ['[DEFAULT]', `log_file = ${join(dataDir, `${name}.log`)}`];
  const write = (name: string, lines: readonly string[]): void =>
    writeFileSync(join(dataDir, `${name}.conf`), [...messaging, ...lines, ...log(name)].join('\n'));
  write('server', serverConfiguration(description, paths.database, servicePassword));
  for (const [index, name] of PROVIDERS.entries()) {
    const own = devices.slice(index, index + 1);
    write(name, agentConfiguration(own, environments[name], paths.deviceCa));
  }
  return description;
}

async function startDevices(
  { paths, password }: DevicePlace,
  shutdown: Shutdown,
): Promise<LabDevice[]> {
  const devices: LabDevice[] = [];
  for (const name of PROVIDERS) {
    const emulator = await startEmulator({
      devices: [
        {
          name: `${name}.lab`,
          listen: { host: LAB_ADDRESS, port: 0 },
          ...{ username: 'admin', password },
        },
      ],
      dataDir: paths.devices,
      ...parts,
    });
    shutdown.add(`device ${name}`, () => emulator.stop());
    for (const { url, controlUrl, username } of emulator.devices) {
      devices.push({ name: `${name}.lab`, url, control_url: controlUrl, username, password });
    }
  }
  return devices;
}
