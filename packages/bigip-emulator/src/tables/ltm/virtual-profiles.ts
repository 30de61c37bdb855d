// Profiles of a virtual server: contexts, the protocol profile it needs, combinations that do not go together
// (iControl REST 6.9 and 4.3).
import { mcpError, configurationError } from '../../errors.ts';
import { asString, isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { nameKey } from '../../schema/schema.ts';
import type { ReadContext, RuleContext } from '../../schema/types.ts';
import type { ConfigStore } from '../../store/config-store.ts';
import type { ConfigRecord } from '../../store/record.ts';
import { resolveName } from '../../engine/resolve-name.ts';

const PROTOCOLS = ['tcp', 'udp', 'sctp', 'fastl4', 'fasthttp', 'ipother'];

/** `client-ssl` for `/Common/clientssl`; undefined when there is no such profile. */
export function profileKind(store: ConfigStore, path: string): string | undefined {
  return store.find(nameKey('profile', path))?.type.slice('ltm/profile/'.length);
}

export function contextOf(kind: string | undefined): string {
  if (kind === 'client-ssl') return 'clientside';
  return kind === 'server-ssl' ? 'serverside' : 'all';
}

/** @param home folder of the virtual server */
function elementPath(store: ConfigStore, element: Json, home: string): string {
  const body = isJsonObject(element) ? element : { name: element };
  const name = asString(body['name']) ?? '';
  const partition = asString(body['partition']);
  return partition !== undefined && !name.startsWith('/')
    ? `/${partition}/${name}`
    : resolveName(store, 'profile', name, home);
}

function withProtocol(
  elements: Json[],
  kinds: (string | undefined)[],
  ipProtocol?: string,
): Json[] {
  if (kinds.some((kind) => kind !== undefined && PROTOCOLS.includes(kind))) return elements;
  if (elements.length === 0) return [{ name: '/Common/fastL4' }];
  const protocol = ipProtocol === 'udp' || ipProtocol === 'sctp' ? ipProtocol : 'tcp';
  return [...elements, { name: `/Common/${protocol}` }];
}

function protocolOf(kinds: (string | undefined)[]): string {
  const found = ['tcp', 'udp', 'sctp'].find((protocol) => kinds.includes(protocol));
  if (found !== undefined) return found;
  return kinds.includes('fasthttp') ? 'tcp' : 'any';
}

/** Adds the protocol profile and the protocol that a POST left out. */
export function completeProfiles(body: JsonObject, context: RuleContext): JsonObject {
  const name = asString(body['name']) ?? '';
  const home = name.startsWith('/')
    ? name.slice(0, name.lastIndexOf('/'))
    : `/${asString(body['partition']) ?? 'Common'}`;
  const sent = body['profiles'];
  const elements = Array.isArray(sent)
    ? sent
    : typeof sent === 'string' && sent !== 'none'
      ? [sent]
      : [];
  const kindOf = (element: Json): string | undefined =>
    profileKind(context.store, elementPath(context.store, element, home));
  const given = asString(body['ipProtocol']);
  const profiles = withProtocol(elements, elements.map(kindOf), given);
  return { ...body, profiles, ipProtocol: given ?? protocolOf(profiles.map(kindOf)) };
}

/** Kinds of the profiles attached now. */
export function attachedKinds(virtual: ConfigRecord, context: ReadContext): string[] {
  return context.store
    .list('ltm/virtual/profiles', virtual.keys)
    .flatMap(({ fullPath }) => profileKind(context.store, fullPath) ?? []);
}

const NEEDS_STANDARD = ['http', 'one-connect', 'client-ssl', 'server-ssl', 'http2'];

function incompatible(kinds: readonly string[]): boolean {
  if (kinds.includes('fastl4')) return NEEDS_STANDARD.some((kind) => kinds.includes(kind));
  return kinds.includes('udp') && !kinds.includes('tcp') && kinds.includes('http');
}

/** @throws DeviceError for a set of profiles that no device accepts */
export function checkProfiles(virtual: ConfigRecord, context: RuleContext): void {
  const kinds = attachedKinds(virtual, context.read);
  const path = virtual.fullPath;
  if (incompatible(kinds)) {
    throw mcpError('01070095:3', `Virtual server ${path} lists incompatible profiles.`);
  }
  for (const kind of ['http', 'tcp', 'udp', 'one-connect', 'fastl4']) {
    if (
      kinds.filter((other) => other === kind).length > (kind === 'tcp' || kind === 'udp' ? 2 : 1)
    ) {
      throw mcpError('01070097:3', `Virtual server ${path} lists duplicate profiles.`);
    }
  }
  if (!kinds.some((kind) => PROTOCOLS.includes(kind))) throw noProtocol(path);
  checkHttp2(virtual, kinds, context);
  checkSni(virtual, context);
}

function noProtocol(path: string): Error {
  return configurationError(
    `Less than the required minimum number of profiles found on ${path}: Exactly 1 of ` +
      '(UDP Profile (clientside), TCP Profile (clientside), SCTP Profile (clientside))',
  );
}

function checkHttp2(virtual: ConfigRecord, kinds: readonly string[], context: RuleContext): void {
  if (!kinds.includes('http2')) return;
  if (!kinds.includes('http'))
    throw configurationError('Required profile profile_http not present');
  const http2 = profilesOfKind(virtual, 'http2', context)[0];
  const modes = http2 === undefined ? [] : context.read.values(http2)['activationModes'];
  const always = Array.isArray(modes) && modes.includes('always');
  if (!always && !kinds.includes('client-ssl')) {
    throw configurationError(
      `In Virtual Server (${virtual.fullPath}) http2 specified activation mode requires a client ssl profile`,
    );
  }
}

/** Profile objects of one kind attached to a virtual server. */
function profilesOfKind(
  virtual: ConfigRecord,
  kind: string,
  context: Pick<ReadContext, 'store'>,
): ConfigRecord[] {
  return context.store
    .list('ltm/virtual/profiles', virtual.keys)
    .flatMap(({ fullPath }) => context.store.find(nameKey('profile', fullPath)) ?? [])
    .filter(({ type }) => type === `ltm/profile/${kind}`);
}

function checkSni(virtual: ConfigRecord, context: RuleContext): void {
  for (const kind of ['client-ssl', 'server-ssl']) {
    const profiles = profilesOfKind(virtual, kind, context);
    if (profiles.length < 2) continue;
    const label = kind.replace('-', '');
    const defaults = profiles.filter((p) => context.read.values(p)['sniDefault'] === 'true').length;
    if (defaults > 1) {
      throw mcpError(
        '01071809:3',
        `Virtual Server ${virtual.fullPath} has more than one clientssl/serverssl profile that is default for SNI.`,
      );
    }
    if (defaults === 0) {
      throw mcpError(
        '0107149c:3',
        `Virtual server ${virtual.fullPath} has more than one ${label} profile but none of them is default for SNI.`,
      );
    }
  }
}
