// ltm/monitor/*: health monitors with the defaults of their types (iControl REST 6.12).
import { configurationError, mcpError } from '../../errors.ts';
import { asString, scalarText } from '../../json.ts';
import { appService } from '../../schema/app-service.ts';
import { defineType } from '../../schema/define-type.ts';
import { choice, enabledDisabled, integer, text, verbatim, yesNo } from '../../schema/fields.ts';
import { reference } from '../../schema/reference-fields.ts';
import type { Field, ObjectType } from '../../schema/types.ts';

const SECONDS_MAX = 86_400;

function timing(interval = 5, timeout = 16): Record<string, Field> {
  return {
    interval: integer(1, SECONDS_MAX, { default: interval }),
    manualResume: enabledDisabled('disabled'),
    timeUntilUp: integer(0, SECONDS_MAX, { default: 0 }),
    timeout: integer(1, SECONDS_MAX, { default: timeout }),
    upInterval: integer(0, SECONDS_MAX, { default: 0 }),
  };
}

const adaptive = (): Record<string, Field> => ({
  adaptive: enabledDisabled('disabled'),
  adaptiveDivergenceType: choice(['relative', 'absolute'], { default: 'relative' }),
  adaptiveDivergenceValue: integer(0, 500, { default: 25 }),
  adaptiveLimit: integer(0, 86_400_000, { default: 200 }),
  adaptiveSamplingTimespan: integer(1, 86_400, { default: 300 }),
});

const destination = (initial: string): Field => verbatim({ default: initial });

const exchange = (send?: string): Record<string, Field> => ({
  recv: text(),
  recvDisable: text(),
  reverse: enabledDisabled('disabled'),
  send: text(send === undefined ? {} : { default: send }),
});

/** Stored as typed; GET shows the device's encrypted form. */
const password = (): Field =>
  text({
    show: (value) => `$M$${scalarText(value).length.toString(16).padStart(2, '0')}$emulated`,
  });

const credentials = (): Record<string, Field> => ({ password: password(), username: text() });

const transparent = (): Record<string, Field> => ({ transparent: enabledDisabled('disabled') });

interface MonitorKind {
  kind: string;
  /** Name of the system monitor, when it differs from `kind` with `_`. */
  system?: string;
  fields: Record<string, Field>;
}

const http = (): Record<string, Field> => ({
  ...timing(),
  ...adaptive(),
  ...exchange('GET /\\r\\n'),
  ...transparent(),
  ...credentials(),
  destination: destination('*:*'),
  ipDscp: integer(0, 63, { default: 0 }),
});

const KINDS: MonitorKind[] = [
  { kind: 'http', fields: http() },
  {
    kind: 'https',
    fields: {
      ...http(),
      cert: reference('sys/file/ssl-cert'),
      cipherlist: verbatim({ default: 'DEFAULT:+SHA:+3DES:+kEDH' }),
      key: reference('sys/file/ssl-key'),
      sslProfile: reference('profile', { default: 'none', companion: 'none' }),
    },
  },
  {
    kind: 'tcp',
    fields: {
      ...timing(),
      ...adaptive(),
      ...exchange(),
      ...transparent(),
      destination: destination('*:*'),
      ipDscp: integer(0, 63, { default: 0 }),
    },
  },
  {
    kind: 'tcp-half-open',
    fields: { ...timing(), ...transparent(), destination: destination('*:*') },
  },
  {
    kind: 'udp',
    fields: {
      ...timing(),
      ...adaptive(),
      ...exchange('default send string'),
      ...transparent(),
      debug: yesNo('no'),
      destination: destination('*:*'),
    },
  },
  {
    kind: 'icmp',
    fields: { ...timing(), ...adaptive(), ...transparent(), destination: destination('*') },
  },
  {
    kind: 'gateway-icmp',
    fields: { ...timing(), ...adaptive(), ...transparent(), destination: destination('*:*') },
  },
];

const database = (): Record<string, Field> => ({
  ...credentials(),
  count: integer(0, 2 ** 31, { default: 0 }),
  database: text(),
  debug: yesNo('no'),
  recv: text(),
  recvColumn: text(),
  recvRow: text(),
  send: text(),
});

/** Kinds that are kept as configuration and never probed here: probing them needs their own protocols. */
const KEPT_ONLY: Record<string, Record<string, Field>> = {
  diameter: {},
  dns: {
    ...timing(),
    ...adaptive(),
    ...transparent(),
    acceptRcode: choice(['no-error', 'anything'], { default: 'no-error' }),
    answerContains: choice(['any-type', 'anything', 'query-type'], { default: 'query-type' }),
    qname: text({ required: true }),
    qtype: choice(['a', 'aaaa'], { default: 'a' }),
    recv: text(),
    reverse: enabledDisabled('disabled'),
  },
  external: {
    ...timing(),
    // Variables of the program, as `userDefined NAME`; tmsh sets them.
    apiRawValues: { parse: (input) => input },
    args: text(),
    run: reference('sys/file/external-monitor', { companion: 'none' }),
  },
  firepass: credentials(),
  ftp: {
    ...credentials(),
    filename: text(),
    mode: text({ default: 'passive' }),
    debug: yesNo('no'),
  },
  imap: { ...credentials(), folder: text({ default: 'INBOX' }), debug: yesNo('no') },
  inband: {},
  ldap: {
    ...credentials(),
    base: text(),
    chaseReferrals: yesNo('yes'),
    debug: yesNo('no'),
    filter: text(),
    mandatoryAttributes: yesNo('no'),
    // Clients clear it with an empty text; devices then show `none`.
    security: {
      ...choice(['', 'none', 'ssl', 'tls'], { default: 'none' }),
      show: (value) => value || 'none',
    },
  },
  'module-score': { snmpIpAddress: text({ required: true }) },
  mqtt: { ...credentials(), debug: yesNo('no') },
  mssql: database(),
  mysql: database(),
  nntp: { ...credentials(), newsgroup: text(), debug: yesNo('no') },
  oracle: database(),
  pop3: { ...credentials(), debug: yesNo('no') },
  postgresql: database(),
  radius: { ...credentials(), secret: password(), debug: yesNo('no') },
  'radius-accounting': { username: text(), secret: password(), debug: yesNo('no') },
  'real-server': {},
  rpc: { debug: yesNo('no') },
  sasp: { primaryAddress: text({ required: true }), secondaryAddress: text() },
  scripted: { filename: text(), debug: yesNo('no') },
  sip: { mode: text({ default: 'udp' }), request: text(), debug: yesNo('no') },
  smb: { ...credentials(), debug: yesNo('no') },
  smtp: { domain: text(), debug: yesNo('no') },
  'snmp-dca': {
    agentType: text({ default: 'UCD' }),
    community: text({ default: 'public' }),
    cpuCoefficient: text({ default: '1.5' }),
    cpuThreshold: text({ default: '80' }),
    diskCoefficient: text({ default: '2.0' }),
    diskThreshold: text({ default: '90' }),
    memoryCoefficient: text({ default: '1.0' }),
    memoryThreshold: text({ default: '70' }),
    version: text({ default: 'v1' }),
  },
  'snmp-dca-base': { community: text({ default: 'public' }) },
  soap: { ...credentials(), debug: yesNo('no') },
  'tcp-echo': { ...adaptive(), ...transparent(), ...timing(), destination: destination('*') },
  'virtual-location': { pool: text({ required: true }) },
  wap: { send: text(), recv: text(), debug: yesNo('no') },
  wmi: credentials(),
};

/** Kinds whose system monitor does not exist because it would lack what is required. */
const WITHOUT_SYSTEM = new Set(['module-score', 'sasp', 'virtual-location']);

function monitorType({ kind, system, fields }: MonitorKind): ObjectType {
  const base = system ?? kind.replaceAll('-', '_');
  return defineType({
    path: `ltm/monitor/${kind}`,
    className: 'monitor',
    family: 'monitor',
    generationIsZero: true,
    keepsSeeds: true,
    usedCountsCommitted: true,
    inherits: 'defaultsFrom',
    usedError: (record) => mcpError('01070083:3', `Monitor ${record.fullPath} is in use.`),
    fields: {
      appService: appService(),
      ...fields,
      defaultsFrom: reference('monitor', { access: 'create-only', companion: 'none' }),
    },
    seeds: WITHOUT_SYSTEM.has(kind) ? [] : [{ name: base }],
    rules: {
      prepare: (body) =>
        WITHOUT_SYSTEM.has(kind) ? body : { defaultsFrom: `/Common/${base}`, ...body },
      check: (record) => {
        if (asString(record.fields['defaultsFrom']) === record.fullPath) {
          throw configurationError(`A monitor may not default from itself "${record.fullPath}"`);
        }
      },
    },
  });
}

const none = defineType({
  path: 'ltm/monitor/none',
  className: 'monitor',
  family: 'monitor-none',
  refuses: ['POST', 'PATCH', 'DELETE'],
  seeds: [{ name: 'none' }],
});

export const monitorTypes: ObjectType[] = [
  ...KINDS.map(monitorType),
  ...Object.entries(KEPT_ONLY).map(([kind, fields]) =>
    monitorType({
      kind,
      fields: { ...timing(10, 31), destination: destination('*:*'), ...fields },
    }),
  ),
  none,
];
