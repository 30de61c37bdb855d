// What server and agent as processes of their own live among, started in the test: Keystone, Neutron, Barbican, devices,
// and the files that describe them as the lab does.
import { type Shutdown, silentLogger, systemClock, systemRandom } from '@f5-lbaas/platform';
import { findNamed, SERVICE_USER } from '../../src/keystone/directory.ts';
import { type LabPaths, openDataDirectory } from '../../src/lab/data-directory.ts';
import { loadDirectory } from '../../src/lab/identity-file.ts';
import {
  type LabDescription,
  type LabDevice,
  writeCloudsYaml,
  writeLabJson,
} from '../../src/lab/lab-description.ts';
import { LAB_ADDRESS, type PortMap, portMap, vipOctetOf } from '../../src/lab/port-map.ts';
import { startStandIns } from '../../src/lab/stand-ins.ts';
import type { L2Agent } from '../../src/neutron/side-routes.ts';
import { freePortBase } from './free-ports.ts';

export const parts = { clock: systemClock, random: systemRandom, logger: silentLogger };

/** What starts devices gets this. */
export interface DevicePlace {
  paths: LabPaths;
  ports: PortMap;
  /** Of their administrator. */
  password: string;
}

export interface Surroundings {
  description: LabDescription;
  paths: LabPaths;
  /** Of the server's account. */
  servicePassword: string;
}

/** All of it stops with `shutdown`. */
export async function startSurroundings(
  dataDir: string,
  shutdown: Shutdown,
  startDevices: (place: DevicePlace) => Promise<LabDevice[]>,
  l2Agents: readonly L2Agent[] = [],
): Promise<Surroundings> {
  const opened = await openDataDirectory(dataDir);
  shutdown.add('data directory', () => opened.release());
  const { paths } = opened;
  const portBase = await freePortBase();
  const ports = portMap(portBase);
  const directory = loadDirectory(paths.identity);
  const loadBalancerUrl = `http://${LAB_ADDRESS}:${ports.loadBalancer}`;
  const standIns = await startStandIns({
    ...{ directory, ...parts, loadBalancerUrl },
    keystoneJournal: paths.keystoneJournal,
    neutronJournal: paths.neutronJournal,
    barbicanJournal: paths.barbicanJournal,
    identityPort: ports.identity,
    networkPort: ports.network,
    keyManagerPort: ports.keyManager,
    vipOctet: vipOctetOf(portBase),
    l2Agents,
  });
  shutdown.add('stand-ins', () => standIns.stop());
  const devices = await startDevices({ paths, ports, password: directory.device_password });
  const description = {
    auth_url: standIns.identityUrl,
    load_balancer_url: loadBalancerUrl,
    network_url: standIns.networkUrl,
    key_manager_url: standIns.keyManagerUrl,
    subnets: standIns.subnets,
    cacert: paths.deviceCa,
    devices,
  };
  writeLabJson(paths.labJson, description);
  writeCloudsYaml(paths.cloudsYaml, standIns.identityUrl, directory);
  const servicePassword = findNamed(directory.users, { name: SERVICE_USER.name })?.password ?? '';
  return { description, paths, servicePassword };
}
