// The lab: everything in one process. Starts the parts in the order in which they need each other and, when one
// of them cannot start, stops the others again.
// Invariants: nothing is touched in the data directory before its lock is held; what the parts keep there is
// enough to go on after a kill at any moment.
import {
  createShutdown,
  type Logger,
  type Shutdown,
  systemClock,
  systemRandom,
} from '@f5-lbaas/platform';
import { findNamed, SERVICE_USER } from '../keystone/directory.ts';
import { startControlPlane } from './control-plane.ts';
import { type LabPaths, openDataDirectory } from './data-directory.ts';
import { startDevices } from './devices.ts';
import { loadDirectory } from './identity-file.ts';
import { type LabDescription, writeCloudsYaml, writeLabJson } from './lab-description.ts';
import type { LabOptions } from './lab-options.ts';
import { openLogFile } from './log-file.ts';
import {
  checkPortsAreFree,
  DEFAULT_PORT_BASE,
  LAB_ADDRESS,
  portMap,
  vipOctetOf,
} from './port-map.ts';
import { startStandIns } from './stand-ins.ts';

export interface RunningLab {
  description: LabDescription;
  /** Absolute. */
  dataDir: string;
  cloudsYaml: string;
  log: string;
  /** Safe to repeat. */
  stop(): Promise<void>;
}

/** @throws LbaasError with a sentence for the user: flags, ports, data directory */
export async function startLab(options: LabOptions): Promise<RunningLab> {
  const portBase = options.portBase ?? DEFAULT_PORT_BASE;
  const directory = await openDataDirectory(options.dataDir);
  try {
    await checkPortsAreFree(portMap(portBase));
    if (options.reset === true) directory.empty();
    const log = openLogFile(directory.paths.log, 'lab', options.logLevel ?? 'info');
    const shutdown = createShutdown({ clock: systemClock, logger: log.logger });
    try {
      const description = await startParts(directory.paths, portBase, log.logger, shutdown);
      const { root: dataDir, cloudsYaml, log: logPath } = directory.paths;
      let stopping: Promise<void> | undefined;
      const stop = async (): Promise<void> => {
        await shutdown.stop('stop requested');
        log.close();
        await directory.release();
      };
      return { description, dataDir, cloudsYaml, log: logPath, stop: () => (stopping ??= stop()) };
    } catch (error) {
      await shutdown.stop('start failed');
      log.close();
      throw error;
    }
  } catch (error) {
    await directory.release();
    throw error;
  }
}

async function startParts(
  paths: LabPaths,
  portBase: number,
  logger: Logger,
  shutdown: Shutdown,
): Promise<LabDescription> {
  const [clock, random] = [systemClock, systemRandom];
  const ports = portMap(portBase);
  const directory = loadDirectory(paths.identity);
  const standIns = await startStandIns({
    ...{ directory, clock, random, logger },
    keystoneJournal: paths.keystoneJournal,
    neutronJournal: paths.neutronJournal,
    barbicanJournal: paths.barbicanJournal,
    identityPort: ports.identity,
    networkPort: ports.network,
    keyManagerPort: ports.keyManager,
    loadBalancerUrl: `http://${LAB_ADDRESS}:${ports.loadBalancer}`,
    networkEndpointUrl: `http://${LAB_ADDRESS}:${ports.networkEndpoint}`,
    vipOctet: vipOctetOf(portBase),
  });
  shutdown.add('Keystone, Neutron and Barbican', () => standIns.stop());

  const { devices, connections } = await startDevices({
    ...{ paths, ports, clock, random, logger, shutdown },
    password: directory.device_password,
  });

  const { url, networkUrl } = await startControlPlane({
    ...{ clock, random, logger, shutdown },
    database: paths.database,
    port: ports.loadBalancer,
    networkPort: ports.networkEndpoint,
    neutronUrl: standIns.networkUrl,
    keystone: {
      authUrl: standIns.identityUrl,
      username: SERVICE_USER.name,
      password: findNamed(directory.users, { name: SERVICE_USER.name })?.password ?? '',
      projectName: SERVICE_USER.project,
      userDomainName: 'Default',
      projectDomainName: 'Default',
    },
    keyManagerUrl: standIns.keyManagerUrl,
    devices: connections,
  });
  const description = {
    auth_url: standIns.identityUrl,
    load_balancer_url: url,
    network_url: networkUrl,
    key_manager_url: standIns.keyManagerUrl,
    subnets: standIns.subnets,
    cacert: paths.deviceCa,
    devices,
  };
  writeCloudsYaml(paths.cloudsYaml, standIns.identityUrl, directory);
  writeLabJson(paths.labJson, description);
  return description;
}
