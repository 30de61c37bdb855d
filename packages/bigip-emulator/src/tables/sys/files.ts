// sys/file/*: file objects made from uploads (iControl REST 6.19).
import { inUse, mcpError } from '../../errors.ts';
import { asString, type JsonObject } from '../../json.ts';
import { defineType } from '../../schema/define-type.ts';
import { choice, constant, internal, text } from '../../schema/fields.ts';
import type { Field, ObjectType, RuleContext } from '../../schema/types.ts';
import type { ConfigRecord } from '../../store/record.ts';
import { certificateFacts, checksum, keyFacts, revocationListFacts } from './tls-material.ts';

const internalFields = (...names: string[]): Record<string, Field> =>
  Object.fromEntries(names.map((name) => [name, internal()]));

function timestamp({ runtime }: RuleContext): string {
  return `${new Date(runtime.clock.nowMs()).toISOString().slice(0, 19)}Z`;
}

/** Content of `sourcePath`: an upload. */
function contentOf({ fields }: ConfigRecord, context: RuleContext): string | undefined {
  const source = asString(fields['sourcePath']);
  if (source === undefined) return undefined;
  const path = source.replace(/^file:(\/\/)?/, '');
  const content = context.runtime.uploadedFile(path);
  if (content === undefined) {
    throw mcpError('01071040:3', `Failed! exit_code (37). Couldn't open file ${path}`);
  }
  return content;
}

type Facts = (content: string, passphrase: string | undefined) => JsonObject;

function revisionOf({ fields }: ConfigRecord): number | undefined {
  return typeof fields['revision'] === 'number' ? fields['revision'] : undefined;
}

function settle(facts: Facts, record: ConfigRecord, context: RuleContext): void {
  const content = contentOf(record, context);
  if (content === undefined) return;
  const now = timestamp(context);
  const revision = (revisionOf(record) ?? 0) + 1;
  const passphrase = asString(record.fields['passphrase']);
  context.update(record, {
    ...facts(content, passphrase),
    content,
    checksum: checksum(content),
    createTime: record.fields['createTime'] ?? now,
    createdBy: 'admin',
    lastUpdateTime: now,
    revision,
    size: Buffer.byteLength(content),
    updatedBy: 'admin',
  });
}

interface FileKind {
  path: string;
  className: string;
  mode: number;
  facts: Facts;
  fields: Record<string, Field>;
  seeds: readonly string[];
}

function fileType({ path, className, mode, facts, fields, seeds }: FileKind): ObjectType {
  return defineType({
    path,
    className,
    keepsSeeds: true,
    usedError: (record, by) =>
      inUse(
        className,
        record.fullPath,
        by.type.endsWith('client-ssl') ? 'clientssl profile' : 'profile',
        by.fullPath,
      ),
    fields: {
      ...internalFields(
        'checksum',
        'createTime',
        'createdBy',
        'lastUpdateTime',
        'revision',
        'size',
        'updatedBy',
      ),
      ...fields,
      // The PEM itself: never shown.
      content: internal({ show: () => undefined }),
      mode: constant(mode),
      // Says that the source was named again: the file is read again, even from the same place.
      sourceRead: internal({ access: 'write-only' }),
      sourcePath: text({ required: true }),
    },
    seeds: seeds.map((name) => ({ name, fields: { sourcePath: `/config/ssl/${name}` } })),
    rules: {
      prepareChange: (body, record) =>
        body['sourcePath'] === undefined
          ? body
          : { ...body, sourceRead: (revisionOf(record) ?? 0) + 1 },
      created: (record, context) => settle(facts, record, context),
      changed: (record, before, context) => {
        if (record.fields['sourceRead'] !== before.fields['sourceRead'])
          settle(facts, record, context);
      },
    },
  });
}

export const sslCertType = fileType({
  path: 'sys/file/ssl-cert',
  className: 'Certificate File',
  mode: 33188,
  facts: certificateFacts,
  fields: internalFields(
    'certificateKeyCurveName',
    'certificateKeySize',
    'expirationDate',
    'expirationString',
    'fingerprint',
    'isBundle',
    'issuer',
    'keyType',
    'serialNumber',
    'subject',
    'subjectAlternativeName',
    'version',
  ),
  seeds: ['default.crt', 'ca-bundle.crt', 'f5-irule.crt', 'f5-ca-bundle.crt'],
});

export const sslCrlType = fileType({
  path: 'sys/file/ssl-crl',
  className: 'Certificate Revocation List File',
  mode: 33188,
  facts: revocationListFacts,
  fields: {},
  seeds: [],
});

export const sslKeyType = fileType({
  path: 'sys/file/ssl-key',
  className: 'Certificate Key File',
  mode: 33184,
  facts: keyFacts,
  fields: {
    ...internalFields('curveName', 'keySize', 'keyType', 'securityType'),
    passphrase: text({ access: 'write-only' }),
  },
  seeds: ['default.key'],
});

/** Records of an external data group; the text is kept as it came. */
export const dataGroupFileType = fileType({
  path: 'sys/file/data-group',
  className: 'Data Group File',
  mode: 33188,
  facts: () => ({}),
  fields: {
    dataGroupDescription: text(),
    dataGroupName: text(),
    separator: text({ default: ':=' }),
    type: choice(['string', 'ip', 'integer'], { default: 'string' }),
  },
  seeds: [],
});

/** Program of an external monitor. */
export const externalMonitorFileType = fileType({
  path: 'sys/file/external-monitor',
  className: 'External Monitor File',
  mode: 33261,
  facts: () => ({}),
  fields: {},
  seeds: ['arg_example', 'sample_monitor'],
});
