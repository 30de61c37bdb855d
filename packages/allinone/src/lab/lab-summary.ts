// What the lab says when it is ready.
import type { RunningLab } from './lab.ts';
import { relative } from 'node:path';

/** @param from directory that paths are shown relative to, where that is shorter */
export function describeLab(lab: RunningLab, from: string): string {
  const { description } = lab;
  const path = (absolute: string): string => {
    const short = relative(from, absolute);
    return short.startsWith('..') || short === '' ? absolute : short;
  };
  const isDefault = path(lab.dataDir) === '.lab';
  const flag = isDefault ? '' : ` -- --data-dir ${path(lab.dataDir)}`;
  const devices = description.devices.map(
    ({ name, url, control_url: control }) =>
      `  ${name.padEnd(19)} ${url} (control door ${control})`,
  );
  return [
    '',
    'The lab is ready.',
    '',
    `  Load balancing      ${description.load_balancer_url}`,
    `  Keystone            ${description.auth_url}`,
    `  Neutron, LBaaS v1+2 ${description.network_url}`,
    `  Barbican            ${description.key_manager_url}`,
    ...devices,
    `  Log                 ${path(lab.log)}`,
    '',
    'See it work, in a second terminal:',
    '',
    `  npm run demo${flag}`,
    '',
    "Or use it with OpenStack's own client:",
    '',
    `  export OS_CLIENT_CONFIG_FILE=${lab.cloudsYaml}`,
    '  openstack --os-cloud lab loadbalancer create --name web --vip-subnet-id vip --wait',
    '  openstack --os-cloud lab loadbalancer list',
    '',
    'Clouds: lab, lab-other (two tenants), lab-reader, lab-admin. Ctrl-C stops the lab; its state is kept.',
  ].join('\n');
}
