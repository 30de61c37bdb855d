// Rules across the attributes of one listener, in the order in which Octavia applies them.
import type { Listener } from '@f5-lbaas/model';
import ipaddr from 'ipaddr.js';

import { refuse } from '../refusals.ts';
import type { LbaasSettings } from '../settings.ts';
import { checkCiphers, checkVersionsAndAlpn, type TlsAttributes } from './tls-rules.ts';

type Verb = 'create' | 'update';

/** @see Octavia insert_headers */
const PLAIN_HEADERS = ['X-Forwarded-For', 'X-Forwarded-Port', 'X-Forwarded-Proto'];
const TLS_HEADERS = [
  'X-SSL-Client-Verify',
  'X-SSL-Client-Has-Cert',
  'X-SSL-Client-DN',
  'X-SSL-Client-CN',
  'X-SSL-Issuer',
  'X-SSL-Client-SHA1',
  'X-SSL-Client-Not-Before',
  'X-SSL-Client-Not-After',
];

/**
 * @param listener as it would be after the change
 * @param given the TLS attributes that the request itself carries; on update they are judged whatever the protocol
 */
export function checkListener(
  listener: Listener,
  given: TlsAttributes,
  settings: LbaasSettings,
  verb: Verb,
): void {
  checkInsertHeaders(listener, verb);
  checkProtocolAllowed(listener, settings, verb);
  checkCertificates(listener);
  const judged = verb === 'create' ? isTlsOffload(listener) : true;
  const attributes = verb === 'create' ? listener : given;
  if (judged) checkCiphers(attributes.tls_ciphers, settings.tls);
}

/** The checks that Octavia makes after the port conflict. */
export function checkListenerLate(
  listener: Listener,
  given: TlsAttributes,
  settings: LbaasSettings,
  verb: Verb,
): void {
  const judged = verb === 'create' ? isTlsOffload(listener) : true;
  if (judged) checkVersionsAndAlpn(verb === 'create' ? listener : given, settings.tls);
  checkHsts(listener, verb);
}

function hasServerCertificate(listener: Listener): boolean {
  return listener.default_tls_container_ref !== null || listener.sni_container_refs.length > 0;
}

function hasAnyReference(listener: Listener): boolean {
  return (
    hasServerCertificate(listener) ||
    listener.client_ca_tls_container_ref !== null ||
    listener.client_crl_container_ref !== null
  );
}

function isTlsOffload(listener: Listener): boolean {
  return (
    listener.protocol === 'TERMINATED_HTTPS' ||
    (listener.protocol === 'PROMETHEUS' && hasAnyReference(listener))
  );
}

function checkInsertHeaders(listener: Listener, verb: Verb): void {
  const names = Object.keys(listener.insert_headers);
  const { protocol } = listener;
  if (names.length === 0) return;
  if (protocol !== 'HTTP' && protocol !== 'TERMINATED_HTTPS') {
    throw refuse('ERR_INSERT_HEADERS_PROTOCOL', { protocol });
  }
  const unknown = names.filter((n) => !PLAIN_HEADERS.includes(n) && !TLS_HEADERS.includes(n));
  if (unknown.length > 0) throw refuse('ERR_INSERT_HEADER', { names: unknown, verb });
  const tlsOnly = names.filter((name) => TLS_HEADERS.includes(name));
  if (tlsOnly.length > 0 && protocol === 'HTTP') {
    throw refuse('ERR_INSERT_HEADER_NEEDS_TLS', { names: tlsOnly, protocol });
  }
}

function checkProtocolAllowed(listener: Listener, settings: LbaasSettings, verb: Verb): void {
  const { protocol } = listener;
  if ((protocol === 'UDP' || protocol === 'SCTP') && hasAnyReference(listener)) {
    throw refuse('ERR_LISTENER_NO_TLS', { protocol, verb });
  }
  const disabled =
    (protocol === 'TERMINATED_HTTPS' && !settings.allowTlsTerminatedListeners) ||
    (protocol === 'PROMETHEUS' && !settings.allowPrometheusListeners);
  if (disabled) throw refuse('ERR_OPTION_DISABLED', { option: 'protocol', value: protocol });
}

function checkCertificates(listener: Listener): void {
  const { protocol } = listener;
  if (hasAnyReference(listener) && !isTlsOffload(listener)) {
    throw refuse('ERR_REFS_ON_PLAIN_LISTENER', { protocol });
  }
  const clientCa = listener.client_ca_tls_container_ref !== null;
  if (clientCa && !hasServerCertificate(listener)) {
    throw refuse('ERR_CLIENT_CA_WITHOUT_CERTIFICATE', {});
  }
  if (protocol === 'TERMINATED_HTTPS' && !hasServerCertificate(listener)) {
    throw refuse('ERR_TLS_WITHOUT_CERTIFICATE', { protocol });
  }
  if (listener.client_authentication !== 'NONE' && !clientCa) {
    throw refuse('ERR_CLIENT_AUTHENTICATION_WITHOUT_CA', {
      setting: listener.client_authentication,
    });
  }
  if (listener.client_crl_container_ref !== null && !clientCa) {
    throw refuse('ERR_CRL_WITHOUT_CLIENT_CA', {});
  }
}

function checkHsts(listener: Listener, verb: Verb): void {
  const options = listener.hsts_include_subdomains || listener.hsts_preload;
  if (listener.hsts_max_age === null && !options) return;
  if (listener.protocol !== 'TERMINATED_HTTPS') throw refuse('ERR_HSTS_PROTOCOL', {});
  if (listener.hsts_max_age === null) throw refuse('ERR_HSTS_WITHOUT_AGE', { verb });
}

/** Each CIDR must be of the IP version of some VIP. No VIP known yet: nothing to judge. */
export function checkAllowedCidrs(cidrs: readonly string[], vips: readonly string[]): void {
  if (vips.length === 0) return;
  const kinds = new Set(vips.map((vip) => ipaddr.parse(vip).kind()));
  for (const cidr of cidrs) {
    if (!kinds.has(ipaddr.parseCIDR(cidr)[0].kind())) {
      throw refuse('ERR_CIDR_FAMILY', { cidr, vips: [...vips] });
    }
  }
}
