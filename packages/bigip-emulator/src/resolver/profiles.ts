// Profiles of a virtual server in the data plane's form.
import { isIP } from 'node:net';
import type {
  ClientSslProfile,
  HttpProfile,
  ServerSslProfile,
  VirtualServer,
} from '../data-plane/contract.ts';
import { asString, isJsonObject, isStringArray, type Json, type JsonObject } from '../json.ts';
import { nameKey } from '../schema/schema.ts';
import type { ReadContext } from '../schema/types.ts';
import type { ConfigRecord } from '../store/record.ts';

/** Profile values by kind, `client-ssl` with all attached ones. */
export interface AttachedProfile {
  path: string;
  kind: string;
  values: JsonObject;
}

export function attachedProfiles(virtual: ConfigRecord, context: ReadContext): AttachedProfile[] {
  return context.store.list('ltm/virtual/profiles', virtual.keys).flatMap(({ fullPath }) => {
    const profile = context.store.find(nameKey('profile', fullPath));
    if (profile === undefined) return [];
    const kind = profile.type.slice('ltm/profile/'.length);
    return [{ path: fullPath, kind, values: context.values(profile) }];
  });
}

/** Text, or null for `none`. */
function given(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== 'none' && value !== '' ? value : null;
}

/** Seconds, or null for `indefinite`. */
export function seconds(value: Json | undefined): number | null {
  const number = Number(value);
  return value === undefined || Number.isNaN(number) ? null : number;
}

export function httpProfile(profiles: readonly AttachedProfile[]): HttpProfile | null {
  const http = profiles.find(({ kind }) => kind === 'http')?.values;
  if (http === undefined) return null;
  return {
    insertXForwardedFor: http['insertXforwardedFor'] === 'enabled',
    headerInsert: given(http['headerInsert']),
    headerErase: given(http['headerErase']),
    fallbackHost: given(http['fallbackHost']),
    redirectRewrite: redirectRewrite(http['redirectRewrite']),
    serverAgentName: given(http['serverAgentName']),
    strictTransportSecurity: strictTransportSecurity(http['hsts']),
  };
}

function redirectRewrite(value: Json | undefined): HttpProfile['redirectRewrite'] {
  return value === 'all' || value === 'matching' || value === 'nodes' ? value : 'none';
}

function strictTransportSecurity(hsts: Json | undefined): string | null {
  if (!isJsonObject(hsts) || hsts['mode'] !== 'enabled') return null;
  const words = [`max-age=${Number(hsts['maximumAge'] ?? 0)}`];
  if (hsts['includeSubdomains'] === 'enabled') words.push('includeSubDomains');
  if (hsts['preload'] === 'enabled') words.push('preload');
  return words.join('; ');
}

export function oneConnect(profiles: readonly AttachedProfile[]): VirtualServer['oneConnect'] {
  const values = profiles.find(({ kind }) => kind === 'one-connect')?.values;
  if (values === undefined) return null;
  const sourceMask = asString(values['sourceMask']) ?? 'any';
  return {
    sourceMask: sourceMask === 'any' || isIP(sourceMask) === 0 ? '0.0.0.0' : sourceMask,
    maxReuse: seconds(values['maxReuse']) ?? 1000,
  };
}

function pem(family: string, path: Json | undefined, context: ReadContext): string | null {
  const name = given(path);
  if (name === null) return null;
  return asString(context.store.find(nameKey(family, name))?.fields['content']) ?? null;
}

const CERT = 'sys/file/ssl-cert';
const KEY = 'sys/file/ssl-key';
const CRL = 'sys/file/ssl-crl';

const OPTION_VERSIONS: Readonly<Record<string, string>> = {
  'no-sslv3': 'SSLv3',
  'no-tlsv1': 'TLSv1',
  'no-tlsv1.1': 'TLSv1.1',
  'no-tlsv1.2': 'TLSv1.2',
  'no-tlsv1.3': 'TLSv1.3',
};

function disabledVersions(values: JsonObject): string[] {
  const options = values['tmOptions'];
  return isStringArray(options) ? options.flatMap((option) => OPTION_VERSIONS[option] ?? []) : [];
}

function ciphers(values: JsonObject): string | null {
  const text = given(values['ciphers']);
  return text === 'DEFAULT' ? null : text;
}

function chains(values: JsonObject, context: ReadContext): ClientSslProfile['chains'] {
  const entries = values['certKeyChain'];
  if (!Array.isArray(entries)) return [];
  return entries.filter(isJsonObject).flatMap((entry) => {
    const certPem = pem(CERT, entry['cert'], context);
    const keyPem = pem(KEY, entry['key'], context);
    if (certPem === null || keyPem === null) return [];
    const chainPem = pem(CERT, entry['chain'], context);
    return [{ certPem, keyPem, chainPem, passphrase: given(entry['passphrase']) }];
  });
}

function peerMode(value: Json | undefined): 'ignore' | 'request' | 'require' {
  return value === 'require' || value === 'request' ? value : 'ignore';
}

/** @param hasHttp2 the virtual server also has an http2 profile */
export function clientSsl(
  profiles: readonly AttachedProfile[],
  hasHttp2: boolean,
  context: ReadContext,
): ClientSslProfile[] {
  return profiles
    .filter(({ kind }) => kind === 'client-ssl')
    .map(({ path, values }) => ({
      path,
      serverName: given(values['serverName']),
      sniDefault: values['sniDefault'] === 'true',
      chains: chains(values, context),
      clientCaPem: pem(CERT, values['caFile'], context),
      crlPem: pem(CRL, values['crlFile'], context),
      peerCertMode: peerMode(values['peerCertMode']),
      handshakeTimeoutSeconds: seconds(values['handshakeTimeout']),
      ciphers: ciphers(values),
      disabledVersions: disabledVersions(values),
      alpn: hasHttp2 ? ['h2', 'http/1.1'] : [],
    }));
}

export function serverSsl(
  profiles: readonly AttachedProfile[],
  context: ReadContext,
): ServerSslProfile | null {
  const profile = profiles.find(({ kind }) => kind === 'server-ssl');
  if (profile === undefined) return null;
  const { path, values } = profile;
  return {
    path,
    certPem: pem(CERT, values['cert'], context),
    keyPem: pem(KEY, values['key'], context),
    caPem: pem(CERT, values['caFile'], context),
    peerCertMode: values['peerCertMode'] === 'require' ? 'require' : 'ignore',
    serverName: given(values['serverName']),
    authenticateName: given(values['authenticateName']),
    ciphers: ciphers(values),
    disabledVersions: disabledVersions(values),
    alpn: [],
  };
}
