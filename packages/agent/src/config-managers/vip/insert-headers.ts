// Headers that a listener adds to requests -> iRule.
import type { ServiceListener } from '@f5-lbaas/model';
import {
  CERTIFICATE_SUBJECT,
  HAS_CERTIFICATE,
  subjectField,
} from '../../adapters/client-certificate.ts';
import { listenerPartPath } from '../../adapters/names.ts';
import { whenEvent } from '../../adapters/tcl.ts';
import type { ServiceView } from '../../compile/service-view.ts';
import type { DeviceObject } from '../../object-types/device-object.ts';

const PLAIN: Readonly<Record<string, string>> = {
  'X-Forwarded-For': '[IP::client_addr]',
  'X-Forwarded-Port': '[TCP::local_port]',
};

/** Values about the client's certificate; only valid where there is one. */
const OF_CERTIFICATE: Readonly<Record<string, string>> = {
  'X-SSL-Client-DN': CERTIFICATE_SUBJECT,
  'X-SSL-Client-CN': subjectField('CN'),
  'X-SSL-Issuer': '[X509::issuer [SSL::cert 0]]',
  'X-SSL-Client-SHA1': '[X509::hash [SSL::cert 0]]',
  'X-SSL-Client-Not-Before': '[X509::not_valid_before [SSL::cert 0]]',
  'X-SSL-Client-Not-After': '[X509::not_valid_after [SSL::cert 0]]',
};

const set = (header: string, value: string): string => `HTTP::header replace "${header}" ${value}`;

/** What is true of every request. */
function plainLines(wanted: readonly string[], scheme: string): string[] {
  const values = { ...PLAIN, 'X-Forwarded-Proto': `"${scheme}"` };
  return Object.entries(values)
    .filter(([header]) => wanted.includes(header))
    .map(([header, value]) => set(header, value));
}

/** Without a certificate the headers go: what a client claims about itself does not count. */
function certificateLines(wanted: readonly string[]): string[] {
  const given = Object.entries(OF_CERTIFICATE).filter(([header]) => wanted.includes(header));
  const hasCert = wanted.includes('X-SSL-Client-Has-Cert');
  const verify = wanted.includes('X-SSL-Client-Verify');
  const always = verify ? [set('X-SSL-Client-Verify', '[SSL::verify_result]')] : [];
  if (given.length === 0 && !hasCert) return always;
  return [
    ...always,
    `if { ${HAS_CERTIFICATE} } {`,
    ...(hasCert ? [`  ${set('X-SSL-Client-Has-Cert', '"1"')}`] : []),
    ...given.map(([header, value]) => `  ${set(header, value)}`),
    '} else {',
    ...(hasCert ? [`  ${set('X-SSL-Client-Has-Cert', '"0"')}`] : []),
    ...given.map(([header]) => `  HTTP::header remove "${header}"`),
    '}',
  ];
}

/** Undefined when the listener adds none. Set, not added, in a fixed order. */
export function compileInsertHeaders(
  view: ServiceView,
  listener: ServiceListener,
): DeviceObject | undefined {
  const isTls = listener.protocol === 'TERMINATED_HTTPS';
  if (!isTls && listener.protocol !== 'HTTP') return undefined;
  const wanted = Object.entries(listener.insert_headers)
    .filter(([, value]) => value.toLowerCase() === 'true')
    .map(([header]) => header);
  const lines = [
    ...plainLines(wanted, isTls ? 'https' : 'http'),
    ...(isTls ? certificateLines(wanted) : []),
  ];
  if (lines.length === 0) return undefined;
  return {
    type: 'rule',
    path: listenerPartPath(view.partition, view.context.prefix, 'insert_headers', listener.id),
    properties: { apiAnonymous: whenEvent('HTTP_REQUEST', lines) },
  };
}
