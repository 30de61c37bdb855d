// ltm/policy: rules with conditions and actions; drafts, published and legacy policies (iControl REST 6.15).
import { configurationError, mcpError, validationError } from '../../errors.ts';
import { asString, isStringArray, type Json, type JsonObject } from '../../json.ts';
import { appService } from '../../schema/app-service.ts';
import { defineType, type SubcollectionEntry } from '../../schema/define-type.ts';
import { flag, integer, internal, textList, verbatim } from '../../schema/fields.ts';
import { reference } from '../../schema/reference-fields.ts';
import { nameKey } from '../../schema/schema.ts';
import type { Field, ObjectType, ReadContext, RuleContext } from '../../schema/types.ts';
import type { ConfigRecord } from '../../store/record.ts';

const CONDITION_FLAGS = [
  'address',
  'all',
  'browserType',
  'browserVersion',
  'caseSensitive',
  'city',
  'clientAccepted',
  'clientsslClienthello',
  'clientsslServerhello',
  'code',
  'commonName',
  'contains',
  'continent',
  'countryCode',
  'countryName',
  'datagroupMatch',
  'deviceMake',
  'deviceModel',
  'domain',
  'endsWith',
  'equals',
  'exists',
  'extension',
  'geoip',
  'greater',
  'greaterOrEqual',
  'host',
  'httpBasicAuth',
  'httpCookie',
  'httpHeader',
  'httpHost',
  'httpMethod',
  'httpReferer',
  'httpSetCookie',
  'httpStatus',
  'httpUri',
  'httpUserAgent',
  'httpVersion',
  'internal',
  'isp',
  'less',
  'lessOrEqual',
  'local',
  'major',
  'matches',
  'minor',
  'missing',
  'mss',
  'not',
  'org',
  'password',
  'path',
  'pathSegment',
  'port',
  'proxyConnect',
  'proxyRequest',
  'proxyResponse',
  'queryParameter',
  'queryString',
  'regionCode',
  'regionName',
  'response',
  'routeDomain',
  'rtt',
  'scheme',
  'serverName',
  'sslCert',
  'sslExtension',
  'sslClientHello',
  'sslServerHandshake',
  'sslServerHello',
  'startsWith',
  'tcp',
  'text',
  'unnamedQueryParameter',
  'userAgentToken',
  'username',
  'value',
  'version',
  'vlan',
  'vlanId',
  'wsRequest',
  'wsResponse',
];

const ACTION_FLAGS = [
  'asm',
  'avr',
  'cache',
  'carp',
  'classify',
  'clientAccepted',
  'compress',
  'connection',
  'cookieHash',
  'cookieInsert',
  'cookiePassive',
  'cookieRewrite',
  'decompress',
  'destinationAddress',
  'disable',
  'enable',
  'forward',
  'hash',
  'http',
  'httpBasicAuth',
  'httpCookie',
  'httpHeader',
  'httpHost',
  'httpReferer',
  'httpReply',
  'httpSetCookie',
  'httpUri',
  'insert',
  'l7dos',
  'log',
  'ltmPolicy',
  'persist',
  'pin',
  'redirect',
  'remove',
  'replace',
  'reset',
  'requestAdapt',
  'response',
  'responseAdapt',
  'select',
  'serverSsl',
  'setVariable',
  'shutdown',
  'sourceAddress',
  'sslClientHello',
  'sslServerHandshake',
  'sslServerHello',
  'sslSessionId',
  'tcl',
  'tcpNagle',
  'universal',
  'wam',
  'write',
  'ssl',
];

const ACTION_TEXTS = [
  'application',
  'category',
  'clonePool',
  'content',
  'cookieDomain',
  'cookieExpiry',
  'cookieName',
  'cookiePath',
  'domain',
  'expiry',
  'expression',
  'extension',
  'facility',
  'fromProfile',
  'host',
  'httpHostname',
  'internalVirtual',
  'ip',
  'key',
  'location',
  'member',
  'message',
  'node',
  'nexthop',
  'path',
  'policy',
  'priority',
  'profile',
  'queryString',
  'rateclass',
  'scheme',
  'script',
  'snat',
  'snatpool',
  'status',
  'template',
  'text',
  'tmName',
  'value',
  'virtual',
  'vlan',
];

function flags(names: readonly string[]): Record<string, Field> {
  return Object.fromEntries(names.map((name) => [name, flag()]));
}

function texts(names: readonly string[]): Record<string, Field> {
  return Object.fromEntries(names.map((name) => [name, verbatim()]));
}

const shownTrue = (): Field =>
  flag({ default: true, parse: (input) => input === true || input === 'true' });

const conditions: SubcollectionEntry = {
  path: 'conditions',
  naming: 'plain',
  className: 'policy condition',
  usageName: 'policy condition',
  description: false,
  fields: {
    ...flags(CONDITION_FLAGS),
    caseInsensitive: shownTrue(),
    datagroup: reference('ltm/data-group/internal', { companion: 'one' }),
    external: shownTrue(),
    index: integer(0, 2 ** 31, { default: 0 }),
    present: shownTrue(),
    remote: shownTrue(),
    request: shownTrue(),
    tmName: verbatim(),
    // Sent by f5networks.f5_modules for header conditions; devices take it without keeping it.
    type: { parse: () => undefined, access: 'write-only' },
    values: textList(),
  },
};

const actions: SubcollectionEntry = {
  path: 'actions',
  naming: 'plain',
  className: 'policy action',
  usageName: 'policy action',
  description: false,
  fields: {
    ...flags(ACTION_FLAGS),
    ...texts(ACTION_TEXTS),
    code: integer(0, 599, { default: 0 }),
    expirySecs: integer(0, 2 ** 31, { default: 0 }),
    length: integer(0, 65535, { default: 0 }),
    offset: integer(0, 65535, { default: 0 }),
    pool: reference('ltm/pool'),
    port: integer(0, 65535, { default: 0 }),
    request: shownTrue(),
    status: integer(0, 599, { default: 0 }),
    statusCode: integer(0, 599),
    timeout: integer(0, 2 ** 31, { default: 0 }),
    vlanId: integer(0, 4095, { default: 0 }),
  },
  rules: {
    check: ({ fields, keys }) => {
      if (fields['redirect'] === true && fields['location'] === undefined) {
        throw mcpError(
          '01071610:3',
          `Policy '${keys[0] ?? ''}', rule '${keys[1] ?? ''}'; missing required parameter 'location'.`,
        );
      }
    },
  },
};

const rules: SubcollectionEntry = {
  path: 'rules',
  naming: 'plain',
  className: 'policy rule',
  usageName: 'policy rule',
  fields: { appService: appService(), ordinal: integer(0, 2 ** 31, { default: 0 }) },
  subcollections: [actions, conditions],
};

/** Profiles and parts that the policy's conditions and actions touch, computed (iControl REST 6.15). */
function used(policy: ConfigRecord, { store }: Pick<ReadContext, 'store'>): Set<string> {
  const found = new Set<string>();
  for (const rule of store.list('ltm/policy/rules', policy.keys)) {
    for (const part of ['conditions', 'actions']) {
      for (const item of store.list(`ltm/policy/rules/${part}`, rule.keys)) {
        for (const key of Object.keys(item.fields)) found.add(key);
      }
    }
  }
  return found;
}

export function policyRequires(
  policy: ConfigRecord,
  context: Pick<ReadContext, 'store'>,
): string[] {
  const declared = policy.fields['requires'];
  const keys = [...used(policy, context)];
  const needs = new Set(isStringArray(declared) ? declared : []);
  if (keys.some((key) => key.startsWith('http') || key === 'redirect')) needs.add('http');
  if (keys.some((key) => key === 'tcp' || key === 'shutdown')) needs.add('tcp');
  if (keys.some((key) => key === 'sslExtension')) needs.add('ssl-persistence');
  if (keys.some((key) => key === 'sslCert')) needs.add('client-ssl');
  return [...needs].sort();
}

function policyControls(policy: ConfigRecord, context: ReadContext): string[] {
  const declared = policy.fields['controls'];
  const keys = used(policy, context);
  const controls = new Set(isStringArray(declared) ? declared : []);
  if (keys.has('forward') || keys.has('redirect')) controls.add('forwarding');
  if (keys.has('persist')) controls.add('persistence');
  if (keys.has('asm')) controls.add('asm');
  return [...controls].sort();
}

/** Where a new policy goes and what it is (iControl REST 6.15). */
function prepare(body: JsonObject, context: RuleContext): JsonObject {
  const { legacy, ...rest } = body;
  const name = asString(body['name']) ?? '';
  const isDraft = asString(body['subPath']) === 'Drafts' || /\/Drafts\/[^/]+$/.test(name);
  if (!context.runtime.version.atLeast('12.1')) return { ...rest, policyStatus: 'legacy' };
  if (isDraft) ensureDrafts(name, body, context);
  else if (legacy !== true && legacy !== 'true' && body['policyStatus'] === undefined) {
    throw validationError('A policy must be created as a draft, in the subPath "Drafts".');
  }
  return rest;
}

/** The device makes the Drafts folder of a partition with its first draft. */
function ensureDrafts(name: string, body: JsonObject, context: RuleContext): void {
  const partition = name.startsWith('/') ? name.split('/')[1] : asString(body['partition']);
  const folder = `/${partition ?? 'Common'}/Drafts`;
  const home = nameKey('sys/folder', `/${partition ?? 'Common'}`);
  if (context.store.hasName(nameKey('sys/folder', folder)) || !context.store.hasName(home)) return;
  context.create('sys/folder', [], { name: folder });
}

function refuseIfPublished(body: JsonObject, record: ConfigRecord): JsonObject {
  const rest = { ...body };
  delete rest['legacy'];
  if (policyStatus(record) === 'published') {
    throw mcpError(
      '01071aaf:3',
      `Policy '${record.fullPath}' is published and cannot be modified.`,
    );
  }
  return rest;
}

export function policyStatus(record: ConfigRecord): string {
  if (record.subPath === 'Drafts' || record.subPath?.endsWith('/Drafts') === true) return 'draft';
  return record.fields['policyStatus'] === 'published' ? 'published' : 'legacy';
}

export const policyType: ObjectType = defineType({
  path: 'ltm/policy',
  className: 'policy',
  usedError: (record, by) =>
    mcpError(
      '01071726:3',
      `Cannot deactivate/delete policy '${record.fullPath}'. It is in use by Virtual Server '${by.keys[0] ?? ''}'.`,
    ),
  fields: {
    appService: appService(),
    controls: { ...textList(), read: (record, context): Json => policyControls(record, context) },
    lastModified: internal(),
    policyStatus: internal({ show: () => undefined }),
    requires: { ...textList(), read: (record, context): Json => policyRequires(record, context) },
    references: { parse: () => undefined, access: 'read-only', default: {} },
    status: { parse: () => undefined, access: 'read-only', read: policyStatus },
    strategy: reference('ltm/policy-strategy', {
      default: '/Common/first-match',
      missing: (path) => configurationError(`Policy strategy (${path}) does not exist.`),
    }),
  },
  subcollections: [rules],
  rules: {
    prepare,
    prepareChange: refuseIfPublished,
    created: (record, context) => touch(record, context),
    changed: (record, _before, context) => touch(record, context),
  },
});

function touch(record: ConfigRecord, context: RuleContext): void {
  const lastModified = `${new Date(context.runtime.clock.nowMs()).toISOString().slice(0, 19)}Z`;
  context.update(record, { lastModified });
}

export const policyStrategyType: ObjectType = defineType({
  path: 'ltm/policy-strategy',
  className: 'policy strategy',
  keepsSeeds: true,
  fields: { operands: { parse: (input) => input } },
  seeds: ['all-match', 'best-match', 'first-match'].map((name) => ({ name })),
});
