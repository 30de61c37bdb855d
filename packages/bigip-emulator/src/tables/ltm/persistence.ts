// ltm/persistence/*: how clients stay with a member (iControl REST 6.13).
import { inUse } from '../../errors.ts';
import { appService } from '../../schema/app-service.ts';
import { defineType } from '../../schema/define-type.ts';
import {
  choice,
  enabledDisabled,
  integer,
  numericText,
  text,
  verbatim,
} from '../../schema/fields.ts';
import { reference } from '../../schema/reference-fields.ts';
import type { Field, ObjectType } from '../../schema/types.ts';

const FOREVER = ['indefinite', 'immediate'];

const common = (): Record<string, Field> => ({
  appService: appService({ default: 'none' }),
  matchAcrossPools: enabledDisabled('disabled'),
  matchAcrossServices: enabledDisabled('disabled'),
  matchAcrossVirtuals: enabledDisabled('disabled'),
  mirror: enabledDisabled('disabled'),
  overrideConnectionLimit: enabledDisabled('disabled'),
  timeout: numericText(FOREVER, { default: '180' }),
});

const addressTable = (): Record<string, Field> => ({
  ...common(),
  hashAlgorithm: choice(['default', 'carp'], { default: 'default' }),
  mask: text({ default: 'none' }),
});

const rule = (): Field => reference('ltm/rule', { default: 'none' });

const KINDS: Record<string, { system: string; fields: Record<string, Field> }> = {
  cookie: {
    system: 'cookie',
    fields: {
      ...common(),
      alwaysSend: enabledDisabled('disabled'),
      cookieEncryption: choice(['disabled', 'preferred', 'required'], { default: 'disabled' }),
      cookieEncryptionPassphrase: text({ access: 'write-only' }),
      cookieName: text({ default: 'none' }),
      encryptCookiePoolname: enabledDisabled('disabled'),
      expiration: verbatim({ default: '0' }),
      hashLength: integer(0, 65535, { default: 0 }),
      hashOffset: integer(0, 65535, { default: 0 }),
      httponly: enabledDisabled('enabled'),
      method: choice(['insert', 'rewrite', 'passive', 'hash'], { default: 'insert' }),
      secure: enabledDisabled('enabled'),
    },
  },
  'dest-addr': { system: 'dest_addr', fields: addressTable() },
  hash: {
    system: 'hash',
    fields: {
      ...common(),
      hashAlgorithm: choice(['default', 'carp'], { default: 'default' }),
      hashBufferLimit: integer(0, 65535, { default: 0 }),
      hashEndPattern: text({ default: 'none' }),
      hashLength: integer(0, 65535, { default: 0 }),
      hashOffset: integer(0, 65535, { default: 0 }),
      hashStartPattern: text({ default: 'none' }),
      rule: rule(),
    },
  },
  host: { system: 'host', fields: { ...common() } },
  msrdp: {
    system: 'msrdp',
    fields: { ...common(), hasSessionDir: choice(['yes', 'no'], { default: 'no' }) },
  },
  sip: { system: 'sip_info', fields: { ...common(), sipInfo: text({ default: 'Call-ID' }) } },
  'source-addr': {
    system: 'source_addr',
    fields: {
      ...addressTable(),
      mapProxies: enabledDisabled('enabled'),
      mapProxyAddress: text({ default: 'none' }),
      mapProxyClass: text({ default: 'none' }),
    },
  },
  ssl: { system: 'ssl', fields: common() },
  universal: { system: 'universal', fields: { ...common(), rule: rule() } },
};

export const persistenceTypes: ObjectType[] = Object.entries(KINDS).map(
  ([kind, { system, fields }]) =>
    defineType({
      path: `ltm/persistence/${kind}`,
      className: 'persistence profile',
      family: 'persistence',
      keepsSeeds: true,
      inherits: 'defaultsFrom',
      description: false,
      usedError: (record, by) =>
        inUse('persistence profile', record.fullPath, 'Virtual Server', by.fullPath),
      fields: {
        ...fields,
        description: text({ default: 'none' }),
        defaultsFrom: reference('persistence', { default: 'none' }),
      },
      seeds: [{ name: system }],
      rules: { prepare: (body) => ({ defaultsFrom: `/Common/${system}`, ...body }) },
    }),
);
