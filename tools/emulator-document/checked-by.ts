// Who checks a collection of the emulator: modules of f5networks.f5_modules that the playbooks use, the agent, tests.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = new URL('../../', import.meta.url).pathname;
const PLAYBOOKS = join(ROOT, 'packages/bigip-emulator/test/ansible');
const TESTS = join(ROOT, 'packages/bigip-emulator/test');
const AGENT = join(ROOT, 'packages/agent/src');

/** Collections that a module creates, changes and removes; monitors and profiles follow from their names. */
const COLLECTIONS: Readonly<Record<string, readonly string[]>> = {
  data_group: ['ltm/data-group/internal', 'ltm/data-group/external', 'sys/file/data-group'],
  device_connectivity: ['cm/device'],
  device_dns: ['sys/dns'],
  device_group: ['cm/device-group'],
  device_group_member: ['cm/device-group/devices'],
  device_httpd: ['sys/httpd'],
  device_ntp: ['sys/ntp'],
  device_sshd: ['sys/sshd'],
  device_traffic_group: ['cm/traffic-group'],
  iapp_template: ['sys/application/template', 'sys/application/template/actions'],
  interface: ['net/interface'],
  irule: ['ltm/rule'],
  management_route: ['sys/management-route'],
  node: ['ltm/node'],
  partition: ['auth/partition'],
  policy: ['ltm/policy'],
  policy_rule: ['ltm/policy/rules', 'ltm/policy/rules/actions', 'ltm/policy/rules/conditions'],
  pool: ['ltm/pool'],
  pool_member: ['ltm/pool/members'],
  profile_oneconnect: ['ltm/profile/one-connect'],
  profile_persistence_cookie: ['ltm/persistence/cookie'],
  profile_persistence_src_addr: ['ltm/persistence/source-addr'],
  profile_persistence_universal: ['ltm/persistence/universal'],
  remote_syslog: ['sys/syslog'],
  routedomain: ['net/route-domain'],
  selfip: ['net/self'],
  snat_pool: ['ltm/snatpool'],
  snat_translation: ['ltm/snat-translation'],
  snmp: ['sys/snmp'],
  ssl_certificate: ['sys/file/ssl-cert'],
  ssl_key: ['sys/file/ssl-key'],
  static_route: ['net/route'],
  sys_db: ['sys/db'],
  sys_global: ['sys/global-settings'],
  trunk: ['net/trunk'],
  tunnel: ['net/tunnels/tunnel'],
  user: ['auth/user'],
  virtual_address: ['ltm/virtual-address'],
  virtual_server: ['ltm/virtual', 'ltm/virtual/profiles', 'ltm/virtual/policies'],
  vlan: ['net/vlan', 'net/vlan/interfaces'],
};

function collectionsOf(module: string): readonly string[] {
  const match = /^(monitor|profile)_(.+)$/.exec(module);
  const byName =
    match === null ? [] : [`ltm/${match[1] ?? ''}/${(match[2] ?? '').replaceAll('_', '-')}`];
  return COLLECTIONS[module] ?? byName;
}

/** Text of all files below a directory whose names end so. */
function textOf(directory: string, ending: string): string {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(directory, name), 'utf8'))
    .join('\n');
}

/** @returns for a collection its checkers, as the table names them */
export function checkers(): (collection: string) => string[] {
  const playbooks = textOf(PLAYBOOKS, '.yml');
  const tests = textOf(TESTS, '.test.ts');
  const agent = textOf(AGENT, '.ts');
  const modules = new Map<string, string[]>();
  for (const [, module = ''] of playbooks.matchAll(/f5_modules\.bigip_(\w+)/g)) {
    for (const collection of collectionsOf(module)) {
      const known = modules.get(collection) ?? [];
      if (!known.includes(`bigip_${module}`))
        modules.set(collection, [...known, `bigip_${module}`]);
    }
  }
  return (collection) => [
    ...(modules.get(collection) ?? []).map((module) => `\`${module}\``),
    ...(agent.includes(`'/${collection}'`) ? ['agent'] : []),
    ...(tests.includes(`'${collection}'`) || tests.includes(`'${collection}/`) ? ['tests'] : []),
  ];
}
