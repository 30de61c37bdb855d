// ltm/profile/client-ssl and server-ssl: certificates and keys, TLS options (iControl REST 6.14, 3.1).
import { mcpError, type DeviceError } from '../../errors.ts';
import { asString, isJsonObject, type Json, type JsonObject, scalarText } from '../../json.ts';
import {
  choice,
  invalidValue,
  numericText,
  text,
  textList,
  trueFalse,
} from '../../schema/fields.ts';
import { pathOf, reference } from '../../schema/reference-fields.ts';
import type {
  Field,
  InputContext,
  ObjectType,
  ReferenceTo,
  RuleContext,
} from '../../schema/types.ts';
import type { ConfigRecord } from '../../store/record.ts';
import { nameKey } from '../../schema/schema.ts';
import { profileType, switches, values } from './profile-kind.ts';
import { certificateMatchesKey } from '../sys/tls-material.ts';

const FOREVER = ['indefinite', 'immediate'];
const CERT = 'sys/file/ssl-cert';
const KEY = 'sys/file/ssl-key';
const CRL = 'sys/file/ssl-crl';

const fileMissing = (path: string): DeviceError =>
  mcpError('01070277:3', `The requested Certificate/Key file (${path}) was not found.`);

const certificate = (initial: string): Field =>
  reference(CERT, { default: initial, missing: fileMissing });

const key = (initial: string): Field => reference(KEY, { default: initial, missing: fileMissing });

function chainEntry(item: Json, context: InputContext): JsonObject {
  if (!isJsonObject(item)) throw invalidValue(context.property, item);
  const part = (name: 'cert' | 'key' | 'chain'): string => {
    const value = item[name];
    const isUnset = value === undefined || value === 'none' || value === '';
    return isUnset ? 'none' : pathOf(name === 'key' ? KEY : CERT, value, context);
  };
  const passphrase = item['passphrase'];
  return {
    name: asString(item['name']) ?? 'default',
    cert: part('cert'),
    chain: part('chain'),
    key: part('key'),
    ...(typeof passphrase === 'string' && passphrase !== 'none' ? { passphrase } : {}),
  };
}

function entryReferences(entry: Json): ReferenceTo[] {
  if (!isJsonObject(entry)) return [];
  return (['cert', 'chain', 'key'] as const).flatMap((name) => {
    const path = asString(entry[name]);
    const family = name === 'key' ? KEY : CERT;
    return path === undefined || path === 'none' ? [] : [{ family, path }];
  });
}

/** `[{name, cert, key, chain, passphrase}]`, shown with links and without passphrases. */
function certKeyChain(initial: Json[]): Field {
  return {
    default: initial,
    parse: (input, context) => {
      const items = Array.isArray(input) ? input : input === 'none' ? [] : [input];
      return items.length === 0 ? undefined : items.map((item) => chainEntry(item, context));
    },
    references: (value) => (Array.isArray(value) ? value.flatMap(entryReferences) : []),
    missing: fileMissing,
    show: (value, _record, context) =>
      Array.isArray(value)
        ? value.filter(isJsonObject).map((entry) => {
            const rest = { ...entry };
            delete rest['passphrase'];
            const links = entryReferences(entry).map((ref): [string, Json] => [
              `${partOf(entry, ref.path)}Reference`,
              { link: context.linkTo(ref) },
            ]);
            return { ...rest, ...Object.fromEntries(links) };
          })
        : value,
  };
}

function partOf(entry: JsonObject, path: string): string {
  return ['cert', 'chain', 'key'].find((name) => entry[name] === path) ?? 'cert';
}

const chainOf = (cert: string, keyFile: string, chain: string): JsonObject[] => [
  { name: 'default', cert, chain, key: keyFile },
];

/** `cert`, `key`, `chain` and `certKeyChain` say the same thing; the one sent leads (iControl REST 3.1). */
function alignChain(body: JsonObject, current: JsonObject): JsonObject {
  const sent = body['certKeyChain'];
  const first = Array.isArray(sent) ? sent[0] : sent;
  if (sent !== undefined) {
    if (!isJsonObject(first)) return body;
    const { cert = 'none', key: keyFile = 'none', chain = 'none' } = first;
    return { cert, key: keyFile, chain, inheritCertkeychain: 'false', ...body };
  }
  if (!['cert', 'key', 'chain'].some((name) => body[name] !== undefined)) return body;
  return { ...body, inheritCertkeychain: 'false', certKeyChain: [singleEntry(body, current)] };
}

function singleEntry(body: JsonObject, current: JsonObject): JsonObject {
  const part = (name: string): string => asString(body[name]) ?? asString(current[name]) ?? 'none';
  const passphrase = asString(body['passphrase']);
  const entry = { name: 'default', cert: part('cert'), chain: part('chain'), key: part('key') };
  return passphrase === undefined ? entry : { ...entry, passphrase };
}

/** Certificate and key must belong together (iControl REST 6.14). */
function checkPairs(record: ConfigRecord, context: RuleContext): void {
  const chains = context.read.values(record)['certKeyChain'];
  if (!Array.isArray(chains)) return;
  for (const entry of chains.filter(isJsonObject)) {
    const pem = (family: string, path: Json | undefined): string | undefined =>
      asString(context.store.find(nameKey(family, scalarText(path)))?.fields['content']);
    const cert = pem(CERT, entry['cert']);
    const keyPem = pem(KEY, entry['key']);
    if (cert === undefined || keyPem === undefined) continue;
    if (!certificateMatchesKey(cert, keyPem, asString(entry['passphrase']))) {
      throw mcpError(
        '01070313:3',
        `Error reading key PEM file ${scalarText(entry['key'])} for profile ${record.fullPath}: ` +
          'error:0B080074:x509 certificate routines:X509_check_private_key:key values mismatch.',
      );
    }
  }
}

const TM_OPTIONS = ['dont-insert-empty-fragments', 'no-tlsv1.3'];

const shared = (): Record<string, Field> => ({
  ...switches({
    allowNonSsl: 'disabled',
    cacheTicket: 'enabled',
    genericAlert: 'enabled',
    modSslMethods: 'disabled',
    mode: 'enabled',
    proxySsl: 'disabled',
    proxySslPassthrough: 'disabled',
    renegotiation: 'enabled',
    sessionMirroring: 'disabled',
    sessionTicket: 'disabled',
    sslForwardProxy: 'disabled',
    sslForwardProxyBypass: 'disabled',
    sslSignHash: 'enabled',
    strictResume: 'disabled',
    uncleanShutdown: 'enabled',
  }),
  ...values({
    authenticateDepth: 9,
    cacheSize: 262144,
    cacheTimeout: 3600,
    ciphers: 'DEFAULT',
    cipherGroup: 'none',
  }),
  alertTimeout: numericText(FOREVER, { default: 'indefinite' }),
  authenticate: choice(['once', 'always'], { default: 'once' }),
  caFile: reference(CERT, { default: 'none', missing: fileMissing }),
  crlFile: reference(CRL, { default: 'none', missing: fileMissing }),
  handshakeTimeout: numericText(FOREVER, { default: '10' }),
  passphrase: text({ access: 'write-only' }),
  renegotiatePeriod: numericText(FOREVER, { default: 'indefinite' }),
  renegotiateSize: numericText(FOREVER, { default: 'indefinite' }),
  serverName: text({ default: 'none' }),
  sniDefault: trueFalse('false'),
  sniRequire: trueFalse('false'),
  tmOptions: options(),
});

/** List, or the `{ a b }` text that old versions and some clients use. */
function options(): Field {
  return textList({
    default: TM_OPTIONS,
    parse: (input, { property }) => {
      if (Array.isArray(input)) return input.filter((item) => typeof item === 'string');
      if (typeof input !== 'string') throw invalidValue(property, input);
      return input
        .replace(/[{}]/g, ' ')
        .split(/\s+/)
        .filter((word) => word !== '' && word !== 'none');
    },
  });
}

const clientSsl = profileType({
  kind: 'client-ssl',
  className: 'ClientSSL Profile',
  system: [
    'clientssl',
    'clientssl-insecure-compatible',
    'clientssl-secure',
    'crypto-server-default-clientssl',
    'splitsession-default-clientssl',
    'wom-default-clientssl',
  ],
  fields: {
    ...shared(),
    cert: certificate('/Common/default.crt'),
    certKeyChain: certKeyChain(chainOf('/Common/default.crt', '/Common/default.key', 'none')),
    chain: certificate('none'),
    clientCertCa: reference(CERT, { default: 'none', missing: fileMissing }),
    inheritCertkeychain: trueFalse('true'),
    key: key('/Common/default.key'),
    ...values({ maxRenegotiationsPerMinute: 5 }),
    peerCertMode: choice(['ignore', 'request', 'require', 'auto'], { default: 'ignore' }),
    secureRenegotiation: choice(['request', 'require', 'require-strict'], { default: 'require' }),
  },
  rules: {
    prepare: (body) => alignChain(body, {}),
    prepareChange: (body, record, context) => alignChain(body, context.read.values(record)),
    check: checkPairs,
  },
});

const serverSsl = profileType({
  kind: 'server-ssl',
  className: 'ServerSSL Profile',
  system: [
    'serverssl',
    'serverssl-insecure-compatible',
    'apm-default-serverssl',
    'crypto-client-default-serverssl',
    'pcoip-default-serverssl',
    'splitsession-default-serverssl',
    'wom-default-serverssl',
  ],
  fields: {
    ...shared(),
    authenticateName: text({ default: 'none' }),
    cert: certificate('none'),
    chain: certificate('none'),
    expireCertResponseControl: choice(['drop', 'ignore', 'mask'], { default: 'drop' }),
    key: key('none'),
    peerCertMode: choice(['ignore', 'require'], { default: 'ignore' }),
    retainCertificate: trueFalse('true'),
    secureRenegotiation: choice(['request', 'require', 'require-strict'], {
      default: 'require-strict',
    }),
    untrustedCertResponseControl: choice(['drop', 'ignore', 'mask'], { default: 'drop' }),
  },
});

export const sslProfileTypes: ObjectType[] = [clientSsl, serverSsl];
