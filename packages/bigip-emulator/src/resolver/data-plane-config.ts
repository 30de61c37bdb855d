// The configuration of one device resolved for its data plane: defaults, references and inheritance followed.
import type {
  DataGroup,
  DataPlaneConfig,
  LtmPolicy,
  MemberConfig,
  NodeConfig,
  PersistenceConfig,
  PoolConfig,
  VirtualServer,
} from '../data-plane/contract.ts';
import {
  asString,
  isJsonObject,
  isStringArray,
  type Json,
  type JsonObject,
  scalarText,
} from '../json.ts';
import { routeDomainOf, splitPort, withoutRouteDomain } from '../schema/address.ts';
import { nameKey } from '../schema/schema.ts';
import type { ReadContext } from '../schema/types.ts';
import type { ConfigRecord } from '../store/record.ts';
import { nodePathOf } from '../tables/ltm/member-state.ts';
import { parseDestination } from '../tables/ltm/virtual-destination.ts';
import { trafficGroupOf } from '../tables/ltm/virtual-address.ts';
import {
  attachedProfiles,
  clientSsl,
  httpProfile,
  oneConnect,
  seconds,
  serverSsl,
  type AttachedProfile,
} from './profiles.ts';
import { resolveMonitors } from './monitors.ts';

/** Is a traffic group served by this device now? */
export type IsActive = (trafficGroup: string) => boolean;

export function resolveDataPlane(context: ReadContext, isActive: IsActive): DataPlaneConfig {
  const dataGroups = allDataGroups(context);
  return {
    virtuals: context.store.list('ltm/virtual').map((virtual) => ({
      ...resolveVirtual(virtual, dataGroups, context),
      isServed: isServed(virtual, context, isActive),
    })),
    pools: context.store.list('ltm/pool').map((pool) => resolvePool(pool, context)),
    nodes: context.store.list('ltm/node').flatMap((node) => resolveNode(node, context) ?? []),
  };
}

function allDataGroups({ store }: ReadContext): Record<string, DataGroup> {
  const groups: Record<string, DataGroup> = {};
  for (const { fullPath, fields } of store.list('ltm/data-group/internal')) {
    const type =
      fields['type'] === 'ip' || fields['type'] === 'integer' ? fields['type'] : 'string';
    const records = Array.isArray(fields['records']) ? fields['records'] : [];
    groups[fullPath] = {
      type,
      records: records.filter(isJsonObject).map(({ name, data }) => ({
        name: scalarText(name),
        data: asString(data) ?? '',
      })),
    };
  }
  return groups;
}

function virtualType(
  fields: Readonly<JsonObject>,
  profiles: readonly AttachedProfile[],
): VirtualServer['type'] {
  if (fields['reject'] === true) return 'reject';
  if (fields['ipForward'] === true || fields['l2Forward'] === true) return 'forwarding';
  return profiles.some(({ kind }) => kind === 'fastl4') ? 'fastl4' : 'standard';
}

function protocol(value: Json | undefined): VirtualServer['ipProtocol'] {
  return value === 'tcp' || value === 'udp' || value === 'sctp' ? value : 'any';
}

function idleTimeout(
  profiles: readonly AttachedProfile[],
  kinds: readonly string[],
): number | null {
  const values = profiles.find(({ kind }) => kinds.includes(kind))?.values;
  return values === undefined ? null : seconds(values['idleTimeout']);
}

/** Its address is enabled and lives on this device now. */
function isServed({ fields }: ConfigRecord, context: ReadContext, isActive: IsActive): boolean {
  const { addressPath } = parseDestination(asString(fields['destination']) ?? '');
  const address = context.store.find(nameKey('ltm/virtual-address', addressPath));
  if (address === undefined || address.fields['enabled'] === 'no') return false;
  return isActive(trafficGroupOf(address, context));
}

function resolveVirtual(
  virtual: ConfigRecord,
  dataGroups: Record<string, DataGroup>,
  context: ReadContext,
): Omit<VirtualServer, 'isServed'> {
  const { fields } = virtual;
  const { port, addressPath } = parseDestination(asString(fields['destination']) ?? '');
  const address = asString(fields['resolvedAddress']) ?? '0.0.0.0';
  const profiles = attachedProfiles(virtual, context);
  const hasHttp2 = profiles.some(({ kind }) => kind === 'http2');
  const persist = isStringArray(fields['persist']) ? fields['persist'][0] : undefined;
  const rules = isStringArray(fields['rules']) ? fields['rules'] : [];
  return {
    path: virtual.fullPath,
    address: withoutRouteDomain(address),
    routeDomain: routeDomainOf(address),
    virtualAddress: { path: addressPath, connectionLimit: addressLimit(addressPath, context) },
    port,
    ipProtocol: protocol(fields['ipProtocol']),
    enabled: fields['disabled'] !== true,
    connectionLimit: Number(fields['connectionLimit'] ?? 0),
    translatesPort: fields['translatePort'] !== 'disabled',
    pool: asString(fields['pool']) ?? null,
    type: virtualType(fields, profiles),
    source: withoutRouteDomain(asString(fields['source']) ?? '0.0.0.0/0'),
    tcp: { idleTimeoutSeconds: idleTimeout(profiles, ['tcp', 'fastl4', 'fasthttp']) },
    udp: { idleTimeoutSeconds: idleTimeout(profiles, ['udp', 'fastl4']) },
    http: httpProfile(profiles),
    http2: hasHttp2,
    oneConnect: oneConnect(profiles),
    clientSsl: clientSsl(profiles, hasHttp2, context),
    serverSsl: serverSsl(profiles, context),
    persistence: resolvePersistence(persist, context),
    fallbackPersistence: resolvePersistence(asString(fields['fallbackPersistence']), context),
    policies: context.store
      .list('ltm/virtual/policies', virtual.keys)
      .flatMap((attached) => resolvePolicy(attached.fullPath, context) ?? []),
    rules: rules.map((path) => resolveRule(path, context)),
    dataGroups:
      rules.length === 0 && context.store.count('ltm/virtual/policies', virtual.keys) === 0
        ? {}
        : dataGroups,
  };
}

function addressLimit(path: string, { store }: ReadContext): number {
  return Number(store.find(nameKey('ltm/virtual-address', path))?.fields['connectionLimit'] ?? 0);
}

function resolveRule(path: string, { store }: ReadContext): { path: string; definition: string } {
  const record = store.find(nameKey('ltm/rule', path));
  return { path, definition: asString(record?.fields['apiAnonymous']) ?? '' };
}

function resolvePersistence(
  path: string | undefined,
  context: ReadContext,
): PersistenceConfig | null {
  const record = path === undefined ? undefined : context.store.find(nameKey('persistence', path));
  if (record === undefined) return null;
  const values = context.values(record);
  const timeoutSeconds = seconds(values['timeout']) ?? Number.MAX_SAFE_INTEGER;
  const mask = given(values['mask']);
  switch (record.type) {
    case 'ltm/persistence/source-addr':
      return { type: 'source-addr', timeoutSeconds, mask };
    case 'ltm/persistence/dest-addr':
      return { type: 'dest-addr', timeoutSeconds, mask };
    case 'ltm/persistence/cookie':
      return {
        type: 'cookie',
        cookieName: given(values['cookieName']),
        method: cookieMethod(values['method']),
        timeoutSeconds: cookieSeconds(values['expiration']),
      };
    case 'ltm/persistence/universal': {
      const rule = given(values['rule']);
      return {
        type: 'universal',
        rule: rule === null ? null : resolveRule(rule, context),
        timeoutSeconds,
      };
    }
    default:
      return { type: 'other', name: record.type.slice('ltm/persistence/'.length) };
  }
}

function given(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== 'none' && value !== '' ? value : null;
}

function cookieMethod(value: Json | undefined): 'insert' | 'passive' | 'rewrite' | 'hash' {
  return value === 'passive' || value === 'rewrite' || value === 'hash' ? value : 'insert';
}

/** `0` = session cookie; `d:h:m:s`, shorter from the right. */
function cookieSeconds(value: Json | undefined): number {
  const parts = (asString(value) ?? '0').split(':').map(Number).reverse();
  const [secs = 0, minutes = 0, hours = 0, days = 0] = parts;
  return ((days * 24 + hours) * 60 + minutes) * 60 + secs;
}

function resolvePolicy(path: string, context: ReadContext): LtmPolicy | undefined {
  const record = context.store.find(nameKey('ltm/policy', path));
  if (record === undefined) return undefined;
  const strategy = (asString(record.fields['strategy']) ?? 'first-match').split('/').at(-1);
  const rules = context.store.list('ltm/policy/rules', record.keys).map((rule) => ({
    name: rule.name,
    ordinal: Number(rule.fields['ordinal'] ?? 0),
    conditions: parts('conditions', rule, context),
    actions: parts('actions', rule, context),
  }));
  return {
    path,
    strategy: strategy === 'all-match' || strategy === 'best-match' ? strategy : 'first-match',
    rules: rules.sort((a, b) => a.ordinal - b.ordinal),
  };
}

function parts(kind: string, rule: ConfigRecord, context: ReadContext): JsonObject[] {
  return context.store
    .list(`ltm/policy/rules/${kind}`, rule.keys)
    .sort((a, b) => Number(a.name) - Number(b.name))
    .map((record) => ({ name: record.name, ...context.values(record) }));
}

function resolvePool(pool: ConfigRecord, context: ReadContext): PoolConfig {
  const values = context.values(pool);
  const { monitors, min } = resolveMonitors(values['monitor'], context);
  const action = values['serviceDownAction'];
  return {
    path: pool.fullPath,
    loadBalancingMode: asString(values['loadBalancingMode']) ?? 'round-robin',
    monitors,
    minMonitors: min,
    members: context.store
      .list('ltm/pool/members', pool.keys)
      .flatMap((member) => resolveMember(member, context) ?? []),
    minActiveMembers: Number(values['minActiveMembers'] ?? 0),
    slowRampTimeSeconds: Number(values['slowRampTime'] ?? 10),
    serviceDownAction:
      action === 'reset' || action === 'drop' || action === 'reselect' ? action : 'none',
  };
}

function resolveNode(
  { fullPath, fields }: ConfigRecord,
  context: ReadContext,
): NodeConfig | undefined {
  const { monitors, min } = resolveMonitors(fields['monitor'], context);
  const address = asString(fields['address']);
  if (monitors.length === 0 || address === undefined || address === 'any6') return undefined;
  return { path: fullPath, address, monitors, minMonitors: min };
}

function adminState(member: ConfigRecord, node: ConfigRecord): MemberConfig['adminState'] {
  const both = [member.fields, node.fields];
  if (both.some((fields) => fields['state'] === 'user-down')) return 'forced-offline';
  return both.some((fields) => fields['session'] === 'user-disabled') ? 'disabled' : 'enabled';
}

function numberOr(value: Json | undefined, absent: number): number {
  return value === undefined ? absent : Number(value);
}

function memberPort({ name }: ConfigRecord): number {
  return splitPort(name)?.port ?? 0;
}

function resolveMember(member: ConfigRecord, context: ReadContext): MemberConfig | undefined {
  const node = context.store.find(nameKey('ltm/node', nodePathOf(member)));
  const address = asString(node?.fields['address']);
  if (node === undefined || address === undefined || address === 'any6') return undefined;
  const ownRule = member.fields['monitor'];
  const own = ownRule === undefined ? undefined : resolveMonitors(ownRule, context);
  const ofNode = resolveMonitors(node.fields['monitor'], context);
  return {
    name: member.name,
    address,
    port: memberPort(member),
    ratio: numberOr(member.fields['ratio'], 1),
    priorityGroup: numberOr(member.fields['priorityGroup'], 0),
    connectionLimit: numberOr(member.fields['connectionLimit'], 0),
    nodeRatio: numberOr(node.fields['ratio'], 1),
    nodeConnectionLimit: numberOr(node.fields['connectionLimit'], 0),
    adminState: adminState(member, node),
    monitors: own?.monitors ?? null,
    minMonitors: own?.min ?? 'all',
    nodeMonitors: ofNode.monitors,
    minNodeMonitors: ofNode.min,
  };
}
