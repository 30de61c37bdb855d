// A real OpenStack for the suite beside this file, and our server and agent as processes in it. The devices are emulated.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createShutdown, type Shutdown, systemRandom } from '@f5-lbaas/platform';
import { openDataDirectory } from '../../src/lab/data-directory.ts';
import { startDevices } from '../../src/lab/devices.ts';
import { type LabDescription, writeLabJson } from '../../src/lab/lab-description.ts';
import { LAB_ADDRESS, portMap } from '../../src/lab/port-map.ts';
import { agentConfiguration } from '../support/configurations.ts';
import { DeviceDoor } from '../support/device-door.ts';
import { freePortBase } from '../support/free-ports.ts';
import { fetchText, LabApi } from '../support/lab-api.ts';
import { COMMAND, runNode, type RunningCommand, signalGroup } from '../support/lab-process.ts';
import { parts } from '../support/surroundings.ts';
import { waitUntil } from '../support/wait-until.ts';

interface Account {
  username: string;
  password: string;
  project: string;
}

/** What the file that OPENSTACK_TEST names holds. Accounts are of the domain `default`. */
interface CloudFile {
  /** Ends in `/v3`. */
  auth_url: string;
  neutron_url: string;
  barbican_url: string;
  /** rabbit://... */
  transport_url: string;
  /** Of the server and the agent. */
  service: Account;
  /** May use load balancers and Barbican. */
  tenant: Account;
  admin: Account;
  /** Ids; both on VLAN networks that the tenant may use. */
  subnets: { vip: string; members: string };
}

/** Undefined: there is no such cloud here, so the suite is skipped. */
export function cloudFile(): CloudFile | undefined {
  const path = process.env['OPENSTACK_TEST'];
  return path === undefined ? undefined : (JSON.parse(readFileSync(path, 'utf8')) as CloudFile);
}

export class RealCloud {
  readonly file: CloudFile;
  readonly #description: LabDescription;
  readonly #dataDir: string;
  readonly #shutdown: Shutdown;
  readonly #running: RunningCommand[] = [];

  private constructor(
    file: CloudFile,
    description: LabDescription,
    dataDir: string,
    shutdown: Shutdown,
  ) {
    this.file = file;
    this.#description = description;
    this.#dataDir = dataDir;
    this.#shutdown = shutdown;
  }

  /** Server, agent and devices; resolves when the server answers. */
  static async start(file: CloudFile): Promise<RealCloud> {
    const dataDir = mkdtempSync(join(tmpdir(), 'f5-lbaas-openstack-'));
    const shutdown = createShutdown(parts);
    const { description, configurations } = await prepare(file, dataDir, shutdown);
    const cloud = new RealCloud(file, description, dataDir, shutdown);
    for (const [name, lines] of Object.entries(configurations)) {
      const path = join(dataDir, `${name}.conf`);
      writeFileSync(path, lines.join('\n'), { mode: 0o600 });
      cloud.#running.push(runNode([...COMMAND, name, '--config-file', path]));
    }
    await waitUntil(
      'the server answers',
      async () => (await fetchText(description.load_balancer_url)).status === 200,
      { timeoutMs: 60_000 },
    ).catch((cause: unknown) => {
      throw new Error(cloud.log(), { cause });
    });
    return cloud;
  }

  /** The tenant's view; its network endpoint is ours, in front of the real one. */
  get tenant(): LabApi {
    return new LabApi(this.#dataDir);
  }

  get admin(): LabApi {
    return new LabApi(this.#dataDir, 'lab-admin');
  }

  get devices(): DeviceDoor[] {
    return [0, 1].map((index) => new DeviceDoor(this.#description, index));
  }

  /** What server and agent have logged. */
  log(): string {
    return this.#running.map((command) => Object.values(command.output()).join('')).join('\n');
  }

  async stop(): Promise<void> {
    for (const { child } of this.#running) signalGroup(child, 'SIGTERM');
    await Promise.all(this.#running.map(({ finished }) => finished));
    await this.#shutdown.stop('test is over');
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

async function prepare(file: CloudFile, dataDir: string, shutdown: Shutdown) {
  const opened = await openDataDirectory(dataDir);
  shutdown.add('data directory', () => opened.release());
  const { paths } = opened;
  const ports = portMap(await freePortBase());
  const password = systemRandom.uuid();
  const { devices } = await startDevices({ paths, ports, password, ...parts, shutdown });
  const description = {
    auth_url: file.auth_url,
    load_balancer_url: `http://${LAB_ADDRESS}:${ports.loadBalancer}`,
    network_url: `http://${LAB_ADDRESS}:${ports.networkEndpoint}`,
    key_manager_url: file.barbican_url,
    subnets: file.subnets,
    cacert: paths.deviceCa,
    devices,
  };
  writeLabJson(paths.labJson, description);
  writeFileSync(paths.cloudsYaml, cloudsYaml(file), { mode: 0o600 });
  const environment = `Test_${systemRandom.uuid().slice(0, 8)}`;
  const agent = [
    ...agentConfiguration(devices, environment, paths.deviceCa).filter(
      (line) => !line.startsWith('f5_global_routed_mode'),
    ),
    ...['[DEFAULT]', `transport_url = ${file.transport_url}`, 'f5_global_routed_mode = False'],
    'f5_external_physical_mappings = default:1.1:True',
    ...[`os_auth_url = ${file.auth_url}`, `os_username = ${file.service.username}`],
    ...[`os_password = ${file.service.password}`, `os_project_name = ${file.service.project}`],
    ...['os_user_domain_name = Default', 'os_project_domain_name = Default'],
  ];
  const server = serverLines(file, { environment, ports, database: paths.database });
  return { description, configurations: { server, agent } };
}

function serverLines(
  file: CloudFile,
  own: { environment: string; ports: ReturnType<typeof portMap>; database: string },
): string[] {
  return [
    ...['[DEFAULT]', `transport_url = ${file.transport_url}`],
    ...['[api_settings]', `bind_port = ${own.ports.loadBalancer}`],
    ...['[database]', `connection = sqlite:///${own.database}`],
    ...['[keystone_authtoken]', `auth_url = ${file.auth_url}`],
    ...[`username = ${file.service.username}`, `password = ${file.service.password}`],
    `project_name = ${file.service.project}`,
    ...['[neutron]', `endpoint_override = ${file.neutron_url}`],
    ...['[certificates]', `endpoint = ${file.barbican_url}`],
    ...['[network]', 'enabled = True', `bind_port = ${own.ports.networkEndpoint}`],
    `proxy_url = ${file.neutron_url}`,
    ...['[f5_lbaas]', `environment_prefix = ${own.environment}`],
    ...['sweep_interval = 1', 'resend_initial = 2', 'resend_max = 5'],
  ];
}

/** In the form that `readCloud` reads. */
function cloudsYaml({ tenant, admin }: CloudFile): string {
  const entry = (name: string, { username, password, project }: Account): string[] => [
    `  ${name}:`,
    `      username: ${username}`,
    `      password: ${JSON.stringify(password)}`,
    `      project_name: ${project}`,
  ];
  return ['clouds:', ...entry('lab', tenant), ...entry('lab-admin', admin), ''].join('\n');
}
