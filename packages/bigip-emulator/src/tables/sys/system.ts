// sys singletons and lists that clients read or change in passing (iControl REST 6.22).
import { defineType } from '../../schema/define-type.ts';
import {
  choice,
  enabledDisabled,
  integer,
  internal,
  text,
  textList,
  verbatim,
} from '../../schema/fields.ts';
import { mcpError } from '../../errors.ts';
import type { Field, ObjectType, RuleContext } from '../../schema/types.ts';
import type { JsonObject } from '../../json.ts';

interface DbVariable {
  name: string;
  value: string;
  range?: string;
}

const DB_VARIABLES: DbVariable[] = [
  { name: 'config.allow.rfc3927', value: 'disable', range: 'disable enable' },
  { name: 'configsync.allow', value: 'true', range: 'false true' },
  { name: 'connection.vlankeyed', value: 'enable', range: 'disable enable' },
  { name: 'dns.cache', value: 'disable', range: 'disable enable' },
  { name: 'dhclient.mgmt', value: 'disable', range: 'disable enable' },
  { name: 'failover.nettimeoutsec', value: '3' },
  { name: 'failover.state', value: 'active' },
  { name: 'hostagent.control', value: 'disable', range: 'disable enable' },
  { name: 'iptunnel.configsync', value: 'disable', range: 'disable enable' },
  { name: 'iptunnel.vxlan.udpport', value: '4789' },
  { name: 'license.operational', value: 'true', range: 'false true' },
  { name: 'provision.1nic', value: 'disable', range: 'disable enable forced_enable' },
  { name: 'provision.extramb', value: '0' },
  { name: 'setup.run', value: 'false', range: 'false true' },
  {
    name: 'statemirror.clustermirroring',
    value: 'between',
    range: 'between within',
  },
  { name: 'systemauth.disablerootlogin', value: 'false', range: 'false true' },
  { name: 'tm.rstcause.log', value: 'disable', range: 'disable enable' },
  { name: 'tm.rstcause.pkt', value: 'disable', range: 'disable enable' },
  { name: 'ui.advisory.enabled', value: 'false', range: 'false true' },
  { name: 'ui.system.preferences.recordsperscreen', value: '10' },
  { name: 'vlangroup.forwarding.override', value: 'disable' },
];

const dbType: ObjectType = defineType({
  path: 'sys/db',
  className: 'BIGdb variable',
  naming: 'plain',
  syncs: 'never',
  description: false,
  refuses: ['POST', 'DELETE'],
  fields: {
    defaultValue: internal(),
    scfConfig: internal({ default: 'true' }),
    value: verbatim({
      parse: (input) =>
        typeof input === 'boolean' || typeof input === 'number' ? String(input) : input,
      read: (record, { runtime }) =>
        record.name === 'failover.state' ? runtime.failoverState() : (record.fields['value'] ?? ''),
    }),
    valueRange: internal(),
  },
  seeds: DB_VARIABLES.map(({ name, value, range }) => ({
    name,
    fields: { value, defaultValue: value, ...(range === undefined ? {} : { valueRange: range }) },
  })),
});

const MODULES = [
  'afm',
  'am',
  'apm',
  'asm',
  'avr',
  'fps',
  'gtm',
  'ilx',
  'lc',
  'ltm',
  'pem',
  'swg',
  'urldb',
  'vcmp',
  'cgnat',
  'sslo',
];

/** Time in which the daemons restart after a change of what is provisioned. */
const PROVISIONING_MS = 2000;

function refuseWhileProvisioning(body: JsonObject, { store, runtime }: RuleContext): JsonObject {
  const now = runtime.clock.nowMs();
  const isBusy = store.list('sys/provision').some(({ fields }) => {
    const since = fields['changedAtMs'];
    return typeof since === 'number' && now - since < PROVISIONING_MS;
  });
  if (isBusy) {
    throw mcpError(
      '01071003:3',
      'A previous provisioning operation is in progress. Try again when the BIGIP is active.',
    );
  }
  return body;
}

const provisionType: ObjectType = defineType({
  path: 'sys/provision',
  className: 'provision',
  naming: 'plain',
  syncs: 'never',
  description: false,
  refuses: ['POST', 'DELETE'],
  fields: {
    changedAtMs: internal({ show: () => undefined }),
    cpuRatio: integer(0, 255, { default: 0 }),
    diskRatio: integer(0, 255, { default: 0 }),
    level: choice(['none', 'minimum', 'nominal', 'dedicated', 'custom'], { default: 'none' }),
    memoryRatio: integer(0, 255, { default: 0 }),
  },
  seeds: MODULES.map((name) => ({
    name,
    ...(name === 'ltm' ? { fields: { level: 'nominal' } } : {}),
  })),
  rules: {
    prepareChange: (body, _record, context) => refuseWhileProvisioning(body, context),
    changed: (record, before, context) => {
      if (record.fields['level'] === before.fields['level']) return;
      context.update(record, { changedAtMs: context.runtime.clock.nowMs() });
    },
  },
});

function singleton(path: string, fields: Record<string, Field>, seed: JsonObject = {}): ObjectType {
  return defineType({
    path,
    className: path.split('/').at(-1) ?? path,
    naming: 'singleton',
    syncs: 'never',
    refuses: ['POST', 'DELETE'],
    fields,
    seeds: [{ name: '', fields: seed }],
  });
}

const globalSettings = singleton('sys/global-settings', {
  awsApiMaxConcurrency: integer(1, 65535, { default: 1 }),
  consoleInactivityTimeout: integer(0, 2 ** 31, { default: 0 }),
  customAddr: text({ default: 'none' }),
  failsafeAction: text({ default: 'go-offline-restart-tm' }),
  fileBlacklistPathPrefix: verbatim({ default: '{/shared/3dns/} {/shared/bin/}' }),
  fileWhitelistPathPrefix: verbatim({
    default: '{/var/local/scf} {/tmp/} {/shared/} {/config/} {/usr/share/aws/}',
  }),
  guiAudit: enabledDisabled('disabled'),
  guiExpiredCertAlert: enabledDisabled('disabled'),
  guiSecurityBanner: enabledDisabled('enabled'),
  guiSecurityBannerText: verbatim({
    default:
      'Welcome to the BIG-IP Configuration Utility.\n\nLog in with your username and password using the fields on the left.',
  }),
  guiSetup: enabledDisabled('disabled'),
  hostAddrMode: text({ default: 'management' }),
  hostname: verbatim({
    read: (record, { runtime }) => record.fields['hostname'] ?? runtime.hostname,
  }),
  lcdDisplay: enabledDisabled('enabled'),
  ledLocator: enabledDisabled('disabled'),
  mgmtDhcp: enabledDisabled('disabled'),
  netReboot: enabledDisabled('disabled'),
  passwordPrompt: verbatim({ default: 'Password' }),
  quietBoot: enabledDisabled('enabled'),
  usernamePrompt: verbatim({ default: 'Username' }),
});

const dns = singleton('sys/dns', {
  nameServers: textList(),
  numberOfDots: integer(0, 100),
  search: textList(),
});

const ntp = singleton('sys/ntp', { servers: textList(), timezone: text({ default: 'UTC' }) });

const httpd = singleton('sys/httpd', {
  allow: textList({ default: ['All'] }),
  authPamIdleTimeout: integer(0, 2 ** 31, { default: 1200 }),
  maxClients: integer(1, 256, { default: 10 }),
  sslPort: integer(1, 65535, { default: 443 }),
});

const sshd = singleton('sys/sshd', {
  allow: textList({ default: ['ALL'] }),
  banner: enabledDisabled('disabled'),
  inactivityTimeout: integer(0, 2 ** 31, { default: 0 }),
  login: enabledDisabled('enabled'),
  port: integer(1, 65535, { default: 22 }),
});

const snmp = singleton('sys/snmp', {
  agentTrap: enabledDisabled('enabled'),
  allowedAddresses: textList({ default: ['127.0.0.0/8'] }),
  authTrap: enabledDisabled('disabled'),
  sysContact: verbatim({ default: 'Customer Name <admin@customer.com>' }),
  sysLocation: verbatim({ default: 'Network Closet 1' }),
});

const syslog = singleton('sys/syslog', {
  authPrivFrom: text({ default: 'notice' }),
  consoleLog: enabledDisabled('enabled'),
  include: text(),
  remoteServers: { parse: (input) => input },
});

export const systemTypes: ObjectType[] = [
  dbType,
  provisionType,
  globalSettings,
  dns,
  ntp,
  httpd,
  sshd,
  snmp,
  syslog,
];
