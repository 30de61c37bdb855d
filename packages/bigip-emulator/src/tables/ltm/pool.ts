// ltm/pool and its members; members bring their nodes with them (iControl REST 6.11).
import { inUse, validationError } from '../../errors.ts';
import { asString, type JsonObject } from '../../json.ts';
import { splitPort, tryParseAddress } from '../../schema/address.ts';
import { appService } from '../../schema/app-service.ts';
import { defineType, type SubcollectionEntry } from '../../schema/define-type.ts';
import {
  choice,
  constant,
  enabledDisabled,
  integer,
  numericText,
  text,
  yesNo,
} from '../../schema/fields.ts';
import { address } from '../../schema/reference-fields.ts';
import { nameKey } from '../../schema/schema.ts';
import type { Field, ObjectType, ReadContext, RuleContext } from '../../schema/types.ts';
import type { ConfigRecord } from '../../store/record.ts';
import { showAddress } from '../../schema/address.ts';
import { fqdnField, metadata } from './common-fields.ts';
import { memberSession, memberState, nodePathOf } from './member-state.ts';
import { checkMemberPort, checkPoolMonitor } from './monitor-ports.ts';
import { monitorExpression } from './monitor-expression.ts';

const LOAD_BALANCING_MODES = [
  'round-robin',
  'ratio-member',
  'ratio-node',
  'ratio-session',
  'ratio-least-connections-member',
  'ratio-least-connections-node',
  'least-connections-member',
  'least-connections-node',
  'weighted-least-connections-member',
  'weighted-least-connections-node',
  'dynamic-ratio-member',
  'dynamic-ratio-node',
  'fastest-app-response',
  'fastest-node',
  'least-sessions',
  'observed-member',
  'observed-node',
  'predictive-member',
  'predictive-node',
];

const qos = (): Field => numericText(['pass-through', 'mimic'], { default: 'pass-through' });

/** Address of the node; members do not keep one of their own. */
function nodeAddress(member: ConfigRecord, context: ReadContext): string | undefined {
  const node = context.store.find(nameKey('ltm/node', nodePathOf(member)));
  const stored = node?.fields['address'];
  return typeof stored === 'string'
    ? showAddress(stored, context.defaultRouteDomain(member))
    : undefined;
}

/** `<node>:<port>` or the refusal a device gives for other names (iControl REST 1.2). */
function memberHost(name: string): string {
  const host = splitPort(name)?.host;
  if (host === undefined) throw validationError('HTML Tag-like Content in the Request URL/Body');
  return host;
}

/** The member's node: the existing one of that name, or a new one (iControl REST 6.11). */
function ensureNode(member: ConfigRecord, context: RuleContext): void {
  const path = nodePathOf(member);
  if (context.store.hasName(nameKey('ltm/node', path))) return;
  const host = memberHost(member.name);
  const given = asString(member.fields['address']) ?? host;
  const fqdn = member.fields['fqdn'];
  const routeDomain = context.read.defaultRouteDomain(member);
  if (fqdn === undefined && tryParseAddress(given, routeDomain) === undefined) {
    throw validationError(`"${given}" invalid address`);
  }
  const target: JsonObject = fqdn === undefined ? { address: given } : { fqdn };
  context.create('ltm/node', [], { name: path, ...target });
}

const members: SubcollectionEntry = {
  path: 'members',
  naming: 'folder',
  className: 'Pool Member',
  usageName: 'Pool Member',
  attaches: (record) => ({ family: 'ltm/node', path: nodePathOf(record) }),
  fields: {
    // Only names the node on create; the node's address is shown.
    address: address('address', { access: 'create-ignored', words: ['any6'], read: nodeAddress }),
    appService: appService(),
    connectionLimit: integer(0, 2 ** 32 - 1, { default: 0 }),
    dynamicRatio: integer(0, 65535, { default: 1 }),
    ephemeral: constant('false'),
    fqdn: fqdnField({ autopopulate: 'disabled' }),
    inheritProfile: enabledDisabled('enabled'),
    logging: enabledDisabled('disabled'),
    metadata: metadata(),
    monitor: monitorExpression({ default: 'default' }),
    priorityGroup: integer(0, 65535, { default: 0 }),
    rateLimit: text({ default: 'disabled' }),
    ratio: integer(1, 65535, { default: 1 }),
    session: choice(['user-enabled', 'user-disabled'], { read: memberSession }),
    state: choice(['user-up', 'user-down'], { read: memberState }),
  },
  rules: {
    prepare: (body) => {
      const name = asString(body['name']) ?? '';
      memberHost(name.slice(name.lastIndexOf('/') + 1));
      const port = splitPort(name);
      const numeric = port === undefined ? name : name.replace(/[^.:]+$/, String(port.port));
      return { ...body, name: numeric };
    },
    created: ensureNode,
    check: checkMemberPort,
  },
};

export const poolType: ObjectType = defineType({
  path: 'ltm/pool',
  className: 'Pool',
  referenceName: 'Pool',
  usedError: (record, by) =>
    by.type === 'ltm/virtual'
      ? inUse('Pool', record.fullPath, 'Virtual Server', by.fullPath)
      : inUse('Pool', record.fullPath, by.type.split('/').at(-1) ?? '', by.keys.join(' ')),
  fields: {
    allowNat: yesNo('yes'),
    allowSnat: yesNo('yes'),
    appService: appService(),
    gatewayFailsafeDevice: text(),
    ignorePersistedWeight: enabledDisabled('disabled'),
    ipTosToClient: qos(),
    ipTosToServer: qos(),
    linkQosToClient: qos(),
    linkQosToServer: qos(),
    loadBalancingMode: choice(LOAD_BALANCING_MODES, { default: 'round-robin' }),
    metadata: metadata(),
    minActiveMembers: integer(0, 65535, { default: 0 }),
    minUpMembers: integer(0, 65535, { default: 0 }),
    minUpMembersAction: choice(['failover', 'reboot', 'restart-all'], { default: 'failover' }),
    minUpMembersChecking: enabledDisabled('disabled'),
    monitor: monitorExpression(),
    queueDepthLimit: integer(0, 2 ** 32 - 1, { default: 0 }),
    queueOnConnectionLimit: enabledDisabled('disabled'),
    queueTimeLimit: integer(0, 2 ** 32 - 1, { default: 0 }),
    reselectTries: integer(0, 65535, { default: 0 }),
    serviceDownAction: choice(['none', 'reset', 'drop', 'reselect'], { default: 'none' }),
    slowRampTime: integer(0, 2 ** 32 - 1, { default: 10 }),
  },
  subcollections: [members],
  rules: { check: checkPoolMonitor },
});
